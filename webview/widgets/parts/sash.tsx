/** The line between list and details: dragged, or moved by the arrow keys; a double click sets it back. */
import './sash.css';
import { setUi, state, unsetUi } from '../../state/state';
import { listWidth } from '../../view/layout';

const min = 120;

/** Size of the details in pixels: beside the list its width, below it its height. */
export function detailsSize(below: boolean, page: { width: number; height: number }): number {
  const { detailsWidth, detailsHeight } = state.ui;
  // What the filter bar, the overview and the status line leave.
  if (below) return clamp(detailsHeight ?? (page.height - 130) * 0.56, page.height - 130 - 66);
  return clamp(detailsWidth ?? Math.min(560, Math.max(420, page.width * 0.36)), page.width - listWidth);
}

const clamp = (size: number, max: number): number => Math.round(Math.max(min, Math.min(size, max)));

export function Sash({ below, page }: { below: boolean; page: { width: number; height: number } }) {
  const size = detailsSize(below, page);
  const set = (to: number): void => setUi(below ? { detailsHeight: to } : { detailsWidth: to });
  const onDown = (event: PointerEvent): void => {
    const sash = event.currentTarget as HTMLElement;
    const begin = size + (below ? event.clientY : event.clientX);
    sash.setPointerCapture(event.pointerId);
    sash.classList.add('on');
    sash.onpointermove = (e) => set(Math.max(min, begin - (below ? e.clientY : e.clientX)));
    sash.onpointerup = sash.onpointercancel = () => {
      sash.onpointermove = null;
      sash.classList.remove('on');
    };
    event.preventDefault();
  };
  const onKey = (event: KeyboardEvent): void => {
    const grow = below ? 'ArrowUp' : 'ArrowLeft';
    const shrink = below ? 'ArrowDown' : 'ArrowRight';
    if (event.key === grow) set(size + 20);
    else if (event.key === shrink) set(size - 20);
    else return;
    event.preventDefault();
  };
  return (
    <div
      class="sash"
      role="separator"
      tabIndex={0}
      aria-label="Size of the details"
      aria-orientation={below ? 'horizontal' : 'vertical'}
      aria-valuenow={size}
      aria-valuemin={min}
      aria-valuemax={below ? page.height : page.width}
      onPointerDown={onDown}
      onKeyDown={onKey}
      onDblClick={() => unsetUi(below ? 'detailsHeight' : 'detailsWidth')}
    />
  );
}
