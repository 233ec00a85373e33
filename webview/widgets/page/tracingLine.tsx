/** What is traced, as long as that is not every request: nobody shall wonder where the others are. */
import './tracingLine.css';
import { run } from '../../state/host';
import { state, store } from '../../state/state';
import { Icon } from '../parts/icon';

export function TracingLine() {
  const { tracing } = state.status;
  // The empty page says it itself.
  if (!tracing || store.rows.length === 0) return null;
  const { conditions, paused, traced, made } = tracing;
  const isOff = conditions.length === 0;
  const off = paused ? 'Recording is paused' : 'Tracing is off';
  const text = isOff ? off : `Tracing: ${conditions.join(' or ')}`;
  const counts = made === undefined ? '' : `${traced} of ${made} traced`;
  return (
    <div class="trc" role="status">
      <Icon name={isOff ? (paused ? 'debug-pause' : 'circle-slash') : 'filter'} />
      <span class="tx" title={counts === '' ? text : `${text} · ${counts}`}>
        {text}
      </span>
      {counts !== '' && <span class="dim">{counts}</span>}
      <button type="button" class="linkish" onClick={() => run(paused ? 'record' : 'traceAll')}>
        {paused ? 'Record' : 'Trace all requests'}
      </button>
    </div>
  );
}
