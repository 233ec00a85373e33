/** Says new failures to a screen reader: politely, counted together, at most one message in three seconds. */
import { useEffect, useRef } from 'preact/hooks';
import { state } from '../state';

const pause = 3000;

export function Announcer() {
  const region = useRef<HTMLDivElement>(null);
  const said = useRef<{ failed: number; at: number; timer?: ReturnType<typeof setTimeout> } | undefined>(undefined);
  const { failed } = state.status;
  useEffect(() => {
    // What had failed before the page was shown is no news.
    if (!state.ready) return;
    said.current ??= { failed, at: Number.NEGATIVE_INFINITY };
    const s = said.current;
    if (failed < s.failed) s.failed = failed;
    if (failed === s.failed || s.timer !== undefined) return;
    s.timer = setTimeout(
      () => {
        delete s.timer;
        const fresh = state.status.failed - s.failed;
        s.failed = state.status.failed;
        s.at = performance.now();
        if (region.current && fresh > 0)
          region.current.textContent = fresh === 1 ? '1 request failed' : `${fresh} requests failed`;
      },
      Math.max(0, s.at + pause - performance.now()),
    );
  }, [failed, state.ready]);
  return <div class="vh" aria-live="polite" ref={region} />;
}
