/** The kernel's round trip over a request's time: a step at each sample, as nothing is known between two. */
import { timeText } from '../../../src/model/base/text';
import type { Details } from '../../view/types';

/** Round trips may be far below what is worth a digit elsewhere. */
export const tripText = (us: number): string => (us < 1000 ? `${us} µs` : timeText(us));

const width = 240;
const height = 36;

export function RoundTrips({ points }: { points: NonNullable<Details['roundTrips']> }) {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || last.at <= first.at) return null;
  const all = points.map(({ rtt }) => rtt);
  const [min, max] = [Math.min(...all), Math.max(...all)];
  const x = (at: number): number => ((at - first.at) / (last.at - first.at)) * width;
  // From zero: half the height is half the time.
  const y = (rtt: number): number => height - 2 - (max === 0 ? 0 : rtt / max) * (height - 6);
  const steps = points.map(
    ({ at, rtt }, i) => `${i === 0 ? 'M0' : `H${x(at).toFixed(1)}`}${i === 0 ? ',' : 'V'}${y(rtt).toFixed(1)}`,
  );
  const range = min === max ? `${tripText(min)} throughout` : `${tripText(min)} to ${tripText(max)}`;
  const text = `${range}, in ${points.length} samples over ${timeText(last.at - first.at)}`;
  return (
    <div class="trips">
      <svg
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`Round trip: ${text}`}
      >
        <path class="base" d={`M0,${height - 1.5}H${width}`} />
        <path d={steps.join('')} />
        {points.map(({ at, rtt }) => (
          <circle key={at} cx={x(at)} cy={y(rtt)} r="1.5" />
        ))}
      </svg>
      <div class="dim">{text}</div>
    </div>
  );
}
