/** The page before the first request. */
import './empty.css';
import { run, state } from '../state';
import { Icon } from './icon';

/** From then on a recording without requests says so, ms. */
const patience = 5000;

export function Empty() {
  const running = state.runs.filter((r) => r.state === 'running');
  const waited = state.waitingSince !== undefined && performance.now() - state.waitingSince > patience;
  if (running.length > 0 && state.status.recording) {
    const processes = running.flatMap((r) => r.processes);
    return (
      <div class="empty">
        <div>
          <Icon name="pulse" class="big" />
          <h2>Recording</h2>
          <p role="status">
            {waited ? 'Recording. The program has made no request yet.' : 'Waiting for the first request.'}
          </p>
          {waited && processes.length > 0 && (
            <p class="dim">Traced: {processes.map((p) => `${p.label} (${p.pid})`).join(', ')}</p>
          )}
        </div>
      </div>
    );
  }
  return (
    <div class="empty">
      <div>
        <Icon name="pulse" class="big" />
        <h2>No requests yet</h2>
        <p>
          Start your program with the <b>Net Trace</b> launch configuration, or debug any Node configuration with it.
        </p>
        {!state.readOnly && (
          <div class="eb">
            <vscode-button onClick={() => run('debug')}>Debug with Net Trace</vscode-button>
            <vscode-button secondary onClick={() => run('open')}>
              Open a saved trace…
            </vscode-button>
          </div>
        )}
      </div>
    </div>
  );
}
