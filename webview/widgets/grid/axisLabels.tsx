/** The instants of the axis, in the header above the bars: each label is left of its grid line. */
import { type TimeScale, tickLabel, ticksOf } from '../../view/drawing/timescale';

/** `free`: pixels at the right end without a label, reserved for the sort indicator. */
export function AxisLabels({ scale, free = 0 }: { scale: TimeScale; free?: number }) {
  const { step, ticks } = ticksOf(scale);
  return (
    <>
      {ticks.map((at) => (
        <span key={at} class="tk" aria-hidden="true" style={{ transform: `translateX(calc(${scale.x(at)}px - 100%))` }}>
          {scale.x(at) < scale.width - free ? tickLabel(scale, at, step) : ''}
        </span>
      ))}
    </>
  );
}
