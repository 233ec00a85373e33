/** All findings of the runs shown, worst first: what was found, whose part it is, what to do, and the requests it is about. */
import './findingsView.css';
import { compileQuery, type Fields } from '../../../src/model/query';
import { select } from '../../input/actions';
import { currentFilter } from '../../state/derived';
import { setUi, state, store } from '../../state/state';
import type { Filter } from '../../view/list/filter';
import type { FindingRow } from '../../view/types';
import { evidenceText } from '../../view/words/copy';
import { Icon } from '../parts/icon';
import { Words } from '../parts/words';

const faultWords: Readonly<Record<string, string>> = {
  yourCode: 'your code',
  node: 'Node',
  dns: 'DNS',
  network: 'the network',
  proxy: 'the proxy',
  server: 'the server',
  machine: 'this machine',
};
const certaintyWords: Readonly<Record<string, string>> = { likely: 'likely', unclear: 'not clear' };

const count = (list: readonly FindingRow[], severity: string, one: string, many: string): string | undefined => {
  const n = list.filter((f) => f.severity === severity).length;
  return n === 0 ? undefined : `${n} ${n === 1 ? one : many}`;
};

/** A finding passes if its text contains the words of the filter box, or if one of its requests passes the filter. */
const texts: Fields<FindingRow> = {
  text: (f) => [f.rule, f.title, f.text, f.advice, ...f.requests.map((r) => r.text)].join('\n').toLowerCase(),
};
function sifted(findings: readonly FindingRow[], filter: Filter): readonly FindingRow[] {
  if (filter.empty) return findings;
  const says = compileQuery(filter.query, texts);
  const passes = (id: string): boolean => {
    const row = store.get(id);
    return row !== undefined && filter.test(row);
  };
  return findings.filter((f) => says(f) === true || f.requests.some((r) => passes(r.id)));
}

/** Its first request that is still there, with details; a connection without one, in the connections view. */
function show(f: FindingRow): void {
  const first = f.requests.find((r) => store.get(r.id));
  if (first) select(first.id, { open: true });
  else if (f.lane) setUi({ mode: 'connections', active: f.lane.id });
}

function Links({ f }: { f: FindingRow }) {
  const more = (f.requestCount ?? f.requests.length) - f.requests.length;
  return (
    <ul class="fl" aria-label="Requests">
      {f.requests.map((r) => (
        <li key={r.id}>
          <button
            type="button"
            class={`code ${state.ui.active === r.id ? 'on' : ''}`}
            title={`Details of ${r.text}`}
            onClick={() => store.get(r.id) && select(r.id, { open: true })}
          >
            {r.text}
          </button>
          <span class="dim">{r.state}</span>
        </li>
      ))}
      {f.lane && (
        <li>
          <button type="button" class="code" onClick={() => show(f)}>
            Connection to {f.lane.text}
          </button>
        </li>
      )}
      {more > 0 && <li class="dim">and {more} more</li>}
    </ul>
  );
}

function Entry({ f, runs }: { f: FindingRow; runs: number }) {
  const side = faultWords[f.fault];
  const sure = certaintyWords[f.certainty];
  return (
    <li class={`fe ${f.severity}`}>
      <Icon name={f.severity} class="fi" />
      <div class="fb">
        <div class="fh">
          <button type="button" class="ft" onClick={() => show(f)}>
            {f.title}
          </button>
          <span class="dim">{[side, side && sure, runs > 1 && `run ${f.run}`].filter(Boolean).join(' · ')}</span>
        </div>
        <p>
          <Words text={f.text} />
        </p>
        {f.advice && (
          <p>
            <Words text={f.advice} />
          </p>
        )}
        <p class="dim fv">
          {f.evidence.map((e, i) => (
            <span key={`${e.what}${i}`}>
              {e.what ?? e.field ?? 'figure'}: {evidenceText(e)}
            </span>
          ))}
        </p>
        <Links f={f} />
      </div>
    </li>
  );
}

export function FindingsView() {
  const all = state.findings;
  const shown = sifted(all, currentFilter());
  const counts = [
    count(shown, 'error', 'error', 'errors'),
    count(shown, 'warning', 'warning', 'warnings'),
    count(shown, 'info', 'hint', 'hints'),
  ].filter(Boolean);
  if (shown.length === 0)
    return (
      <div class="fnone">
        <Icon name="pass" />
        <p>{all.length > 0 ? `0 of ${all.length} findings match the filter.` : 'No findings.'}</p>
      </div>
    );
  return (
    // Scrolls by keys.
    <section class="findings" aria-label={`Findings: ${counts.join(', ')}`} tabIndex={0}>
      <ul>
        {shown.map((f) => (
          <Entry key={f.id} f={f} runs={state.runs.length} />
        ))}
      </ul>
    </section>
  );
}
