/** Says new failures and 5xx to a screen reader: politely, counted together, at most one message in three seconds. */
import { useEffect, useRef } from 'preact/hooks';
import { plural } from '../../../src/model/base/text';
import { state } from '../../state/state';

const pause = 3000;

interface Said {
  failed: number;
  serverErrors: number;
  at: number;
  timer?: ReturnType<typeof setTimeout>;
}

export function Announcer() {
  const region = useRef<HTMLDivElement>(null);
  const said = useRef<Said | undefined>(undefined);
  const { failed, serverErrors } = state.status;
  useEffect(() => {
    // What had gone wrong before the page was shown is no news.
    if (!state.ready) return;
    said.current ??= { failed, serverErrors, at: Number.NEGATIVE_INFINITY };
    const s = said.current;
    s.failed = Math.min(s.failed, failed);
    s.serverErrors = Math.min(s.serverErrors, serverErrors);
    if ((failed === s.failed && serverErrors === s.serverErrors) || s.timer !== undefined) return;
    s.timer = setTimeout(
      () => {
        delete s.timer;
        const { status } = state;
        const fresh = [
          [status.failed - s.failed, 'failed'],
          [status.serverErrors - s.serverErrors, 'answered 5xx'],
        ] as const;
        Object.assign(s, { failed: status.failed, serverErrors: status.serverErrors, at: performance.now() });
        const text = fresh.flatMap(([n, word]) => (n > 0 ? [`${plural(n, 'request')} ${word}`] : [])).join(', ');
        if (region.current && text !== '') region.current.textContent = text;
      },
      Math.max(0, s.at + pause - performance.now()),
    );
  }, [failed, serverErrors, state.ready]);
  return <div class="vh" aria-live="polite" ref={region} />;
}
