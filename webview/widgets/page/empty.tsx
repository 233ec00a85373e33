/** The page before the first request. */
import './empty.css';
import { run } from '../../state/host';
import { state } from '../../state/state';
import { emptyState } from '../../view/words/emptyState';
import { Icon } from '../parts/icon';

/** From then on a recording without requests says so, ms. */
const hintAfterMs = 5000;

export function Empty() {
  const waited = state.waitingSince !== undefined && performance.now() - state.waitingSince > hintAfterMs;
  const { is, title, text, code, note, buttons } = emptyState(
    state.runs.filter((run) => !run.sentByYou),
    state.status,
    waited,
  );
  return (
    <div class="empty" data-is={is}>
      <div>
        <Icon name={is === 'failed' ? 'error' : is === 'off' ? 'circle-slash' : 'pulse'} class={`big ${is}`} />
        <h2>{title}</h2>
        <p role="status">{text}</p>
        {code !== undefined && <p class="mono stderr">{code}</p>}
        {note !== undefined && <p class="dim">{note}</p>}
        {!state.readOnly && buttons.length > 0 && (
          <div class="eb">
            {buttons.map(([command, label], i) => (
              <button
                type="button"
                class={i > 0 ? 'action secondary' : 'action'}
                key={label}
                onClick={() => run(command)}
              >
                {label}
              </button>
            ))}
          </div>
        )}
        {buttons.some(([command]) => command === 'open') && (
          <p class="dim drophint">Or drop a trace here (from VS Code’s explorer while holding Shift).</p>
        )}
      </div>
    </div>
  );
}
