/** Over the page while files are dragged over it. The pointer goes through: what is below gets the events. */
import './dropHint.css';
import { overlays } from '../../state/overlays';
import { Icon } from '../parts/icon';

export function DropHint() {
  if (!overlays.dropping) return null;
  return (
    <div class="drop" role="status">
      <div>
        <Icon name="folder-opened" />
        Drop a trace to open it
        <span>.nettrace.json, .har, .eve.json</span>
      </div>
    </div>
  );
}
