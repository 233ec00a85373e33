/** The breakdown of a row under the pointer. Above or below its row, never over it. */
import './popUp.css';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { hideSoon, stay } from '../../input/breakdownPopUp';
import { overlays } from '../../state/overlays';
import { state, store } from '../../state/state';
import { BreakdownTable } from '../details/breakdown';

const gap = 4;
/** Room of its table in a page that is wide enough, as in popUp.css, px. */
const widest = 418;

export function PopUp() {
  const { popUp } = overlays;
  const box = useRef<HTMLDivElement>(null);
  const row = popUp ? store.get(popUp.id) : undefined;
  useLayoutEffect(() => {
    const element = box.current;
    if (!popUp || !element) return;
    const { offsetWidth: width, offsetHeight: height } = element;
    const below = popUp.box.bottom + gap;
    const above = popUp.box.top - gap - height;
    const fits = below + height <= innerHeight;
    const roomier = innerHeight - below >= popUp.box.top;
    element.style.left = `${Math.max(gap, Math.min(popUp.left, innerWidth - width - 8))}px`;
    element.style.top = `${fits || (above < 0 && roomier) ? below : Math.max(0, above)}px`;
    element.style.maxHeight = fits || above >= 0 ? '' : `${roomier ? innerHeight - below : popUp.box.top - gap}px`;
    element.style.overflowY = element.style.maxHeight ? 'auto' : '';
  });
  if (!popUp || !row) return null;
  const details = state.details?.row.id === row.id ? state.details : undefined;
  return (
    <div class="pop" role="tooltip" ref={box} onPointerEnter={stay} onPointerLeave={hideSoon}>
      <div class="ph">
        <b>
          {row.method} {row.path}
          {row.query}
        </b>
        <span>{row.stateText}</span>
      </div>
      {row.phases.length > 0 ? (
        <BreakdownTable row={row} details={details} room={Math.min(widest, innerWidth - 34)} />
      ) : null}
      {row.connection?.reused && !details && (
        <div class="pf">No DNS, TCP, TLS: connection #{row.connection.number} was reused.</div>
      )}
      {row.error?.message && <div class="pf">{row.error.message}</div>}
    </div>
  );
}
