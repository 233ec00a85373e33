/** Counts of the trace, or of the selection; the legend of the phases. */
import './statusLine.css';
import { bytesText, numberText, plural, timeText } from '../../../src/model/base/text';
import { phaseWords } from '../../../src/model/facts/phaseWords';
import { follow, selectedRows } from '../../input/actions';
import { type Derived, lastProgram } from '../../state/derived';
import { run } from '../../state/host';
import { type MenuItem, showMenu } from '../../state/overlays';
import { totalOf } from '../../state/rowTime';
import { isLive, now, state, store } from '../../state/state';
import { beginOf, rowEnd } from '../../view/drawing/geometry';
import { totalQuantile } from '../../view/list/sort';
import type { KernelStatus } from '../../view/types';
import { Icon } from '../parts/icon';
import { messages } from './messageLine';

/** A tunnel has the colour of a TCP connection. */
const legend = Object.entries(phaseWords).filter(([name]) => name !== 'proxy');

/** Sum, median, p95 and span of several selected rows. */
function Selection() {
  const rows = selectedRows();
  const at = now();
  const sum = rows.reduce((s, r) => s + (totalOf(r, at) ?? 0), 0);
  const [p50, p95] = [totalQuantile(rows, 0.5), totalQuantile(rows, 0.95)];
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const row of rows) {
    first = Math.min(first, beginOf(row));
    last = Math.max(last, rowEnd(row, at));
  }
  return (
    <span>
      <b>{numberText(rows.length)}</b> selected: sum {timeText(sum)}
      {p50 === undefined ? '' : `, p50 ${timeText(p50)}`}
      {p95 === undefined ? '' : `, p95 ${timeText(p95)}`}, first to last {timeText(last - first)}
    </span>
  );
}

/** Which kernel statistics are recorded, in a word; the rest is in its menu. */
function Kernel({ kernel }: { kernel: KernelStatus }) {
  const menu = (event: MouseEvent): void => {
    const { left, top } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const lines = kernel.lines.map((label): MenuItem => ({ label, disabled: true }));
    const enable: MenuItem[] = kernel.enable
      ? [
          { label: '', separator: true },
          { label: 'Enable…', run: () => run('enableKernel') },
        ]
      : [];
    showMenu('Kernel statistics', { x: left, y: top, above: true }, [...lines, ...enable]);
  };
  return (
    <button
      type="button"
      class="kernel"
      aria-haspopup="menu"
      title={`Recorded of the kernel:\n${kernel.lines.join('\n')}`}
      onClick={menu}
    >
      kernel: {kernel.state}
      <Icon name="chevron-down" />
    </button>
  );
}

/** The shortest that says it; the whole message is its tooltip. */
function endedText(): string {
  const { exitCode, signal, leftRunning } = lastProgram() ?? {};
  if (leftRunning) return 'tracing stopped';
  return signal ? `ended by ${signal}` : exitCode === undefined ? 'ended' : `ended with exit code ${exitCode}`;
}

/** How the program ended, where the panel is too low for a separate line. */
function Ended() {
  const message = messages().find((m) => m.message.kind === 'ended')?.message;
  if (!message) return null;
  return (
    <span class="end" role="status" title={message.text}>
      <Icon name="debug-disconnect" />
      <span class="what">{endedText()}</span>
    </span>
  );
}

export function StatusLine({ derived, low }: { derived: Derived; low: boolean }) {
  const { status, ui, runs } = state;
  const narrowed = derived.filtered.length !== store.rows.length;
  // What the chips count, as long as all rows are here; the host's exact count when some were dropped.
  const exact = (name: 'failed' | 'serverErrors', shown: number): number =>
    status.evicted > 0 ? Math.max(status[name], shown) : shown;
  const wrong = [
    ['failed', exact('failed', derived.programCounts.failed)],
    ['answered 5xx', exact('serverErrors', derived.programCounts.serverError)],
  ] as const;
  const elapsed = isLive() && status.elapsed !== undefined ? status.elapsed + now() - state.now : status.elapsed;
  return (
    <footer class={`sb ${low ? 'low' : ''}`}>
      {ui.selected.length > 1 ? (
        <Selection />
      ) : (
        <>
          <span>
            <b>
              {narrowed ? `${numberText(derived.programShown)} of ` : ''}
              {numberText(status.requests)}
            </b>{' '}
            {status.requests === 1 ? 'request' : 'requests'}
          </span>
          {wrong.map(([word, n]) =>
            n === 0 ? null : (
              <span key={word}>
                <Icon name="error" class="rx" />
                <b>{numberText(n)}</b> {word}
              </span>
            ),
          )}
          <span class="conns">
            <b>{numberText(status.connections)}</b> {status.connections === 1 ? 'connection' : 'connections'},{' '}
            {plural(status.reuses, 'reuse')}
            {status.pipes !== undefined && `, ${plural(status.pipes, 'pipe')}`}
          </span>
          <span class="tail" title={status.tracer?.join('\n')}>
            ↑ {bytesText(status.bytesSent)} ↓ {bytesText(status.bytesReceived)}
          </span>
          {elapsed !== undefined && <span class="tail">{timeText(elapsed)}</span>}
          {status.evicted > 0 && <span class="tail">{numberText(status.evicted)} oldest dropped</span>}
        </>
      )}
      {!ui.follow && state.unseen > 0 && (
        <button type="button" class="linkish" onClick={() => follow(true)} title="Follow the newest request">
          {numberText(state.unseen)} new ↓
        </button>
      )}
      {low && <Ended />}
      <span class="leg" aria-hidden="true">
        {legend.map(([name, { short }]) => (
          <span key={name}>
            <i class={`sq ${name}`} />
            {short}
          </span>
        ))}
      </span>
      {status.kernel && runs.length > 0 && <Kernel kernel={status.kernel} />}
    </footer>
  );
}
