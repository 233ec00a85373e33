/** Runs of many requests. */
import type { PanelState, Row } from '../../../webview/view/types';
import type { Panel } from './panel';
import { live, rows, run } from './sample';

/** The state of a run that has ended, without its rows. */
export const endedAt = (endAt: number): PanelState => ({
  ...live,
  rows: [],
  runs: [{ ...run, state: 'ended', endAt }],
  now: endAt,
});

/** Shows a finished run of so many requests, like those of the sample; made in the page, as sending them takes longer. */
export const showMany = (panel: Panel, count: number): Promise<void> =>
  panel.page.evaluate(
    ({ samples, state, count }) => {
      const many = Array.from({ length: count }, (_, i) => {
        const like = samples[i % samples.length] as Row;
        const { redirectOf: _r, operation: _o, ...rest } = like;
        const shift = i * 1000 - (like.createdAt ?? 0);
        return {
          ...rest,
          id: `r1/4711-0-${i}`,
          url: `${like.url}?n=${i}`,
          query: `?n=${i}`,
          createdAt: i * 1000,
          phases: like.phases.map((p) => ({ ...p, beginAt: p.beginAt + shift })),
          ...(like.endAt === undefined ? {} : { endAt: like.endAt + shift }),
        };
      });
      window.postMessage({ type: 'state', state: { ...state, rows: many } }, '*');
    },
    { samples: rows.filter((r) => r.endAt !== undefined), state: endedAt(count * 1000), count },
  );
