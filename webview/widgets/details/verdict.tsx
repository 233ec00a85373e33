/** What is to be said of the request: one sentence, what to do, and the figures it rests on; nothing for a healthy one. */
import { setUi } from '../../state/state';
import type { Details, Evidence, Finding, Verdict } from '../../view/types';
import { evidenceText } from '../../view/words/copy';
import { Icon } from '../parts/icon';
import { Words } from '../parts/words';

const styles: Readonly<Record<string, [tone: string, icon: string]>> = {
  failed: ['error', 'error'],
  error: ['error', 'error'],
  slow: ['warning', 'watch'],
  warning: ['warning', 'warning'],
  aborted: ['info', 'circle-slash'],
};

/** A figure, as a link to the tab that shows it. */
function Figure({ e, details }: { e: Evidence; details: Details }) {
  const underlying = [details.connection?.id, details.tunnel?.id, details.lookup?.id, details.proxyTunnel?.id];
  const isCertificate = details.certificates.some((c) => c.fingerprint256 === e.ref);
  const tab = e.ref !== undefined && (underlying.includes(e.ref) || isCertificate) ? 'connection' : 'breakdown';
  return (
    <li>
      <button type="button" class="code" onClick={() => setUi({ tab })}>
        {e.what ?? e.field ?? 'figure'}: {evidenceText(e)}
      </button>
    </li>
  );
}

export const isSaid = (v: Verdict | undefined): v is Verdict => v !== undefined && styles[v.level] !== undefined;

export function VerdictBox({ verdict, details }: { verdict: Verdict; details: Details }) {
  const [tone, icon] = styles[verdict.level] as [string, string];
  const sure = verdict.certainty === 'likely' && !/^Probably|^Not clear/.test(verdict.text) ? ' (likely)' : '';
  return (
    <section class={`vd ${tone}`} aria-label="Verdict">
      <Icon name={icon} class="vi" />
      <div>
        <p>
          <Words text={verdict.text} />
          {sure && <span class="dim">{sure}</span>}
        </p>
        {verdict.advice && (
          <p class="nx">
            <Words text={verdict.advice} />
          </p>
        )}
        {verdict.toFindOut && (
          <p class="nx">
            <b>To find out:</b> <Words text={verdict.toFindOut} />
          </p>
        )}
        <ul class="ev figs" aria-label="Evidence">
          {verdict.evidence.map((e, i) => (
            <Figure key={`${e.what}${i}`} e={e} details={details} />
          ))}
        </ul>
      </div>
    </section>
  );
}

const severities: Readonly<Record<string, string>> = { error: 'error', warning: 'warning', info: 'info' };

/** Findings of the whole trace that concern this request. */
export function Findings({ findings }: { findings: readonly Finding[] | undefined }) {
  if (!findings || findings.length === 0) return null;
  return (
    <>
      <h3>Findings in this trace</h3>
      <ul class="fds">
        {findings.map((f) => (
          <li key={f.id} class={f.severity}>
            <Icon name={severities[f.severity] ?? 'info'} class="fi" />
            <div>
              <b>{f.title}</b>
              <div>
                <Words text={f.text} />
              </div>
              {f.advice && (
                <div class="dim">
                  <Words text={f.advice} />
                </div>
              )}
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
