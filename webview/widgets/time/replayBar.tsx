/** Position of the replay, as a slider over the time of the whole trace. */
import './replayBar.css';
import { useRef } from 'preact/hooks';
import { timeText } from '../../../src/model/base/text';
import { seekEvent, seekTime } from '../../state/host';
import { invalidate, state } from '../../state/state';
import { type Axis, timeScale } from '../../view/drawing/timescale';
import type { ReplayMark } from '../../view/types';

/** The replay is moved at most this often while the thumb is dragged, ms: each time the editor follows. */
const step = 100;
/** Events that Page Up and Page Down go over. */
const page = 10;

/** Instant that the thumb is dragged to; the replay may be some milliseconds behind. */
let dragged: number | undefined;

export function ReplayBar({ axis }: { axis: Axis }) {
  const track = useRef<HTMLDivElement>(null);
  const thumb = useRef<HTMLDivElement>(null);
  const mark = state.replay;
  if (!mark) return null;
  // The scale of the overview above it, whose folds it passes over.
  const scale = timeScale(axis, Math.max(1, track.current?.clientWidth ?? 1000));
  const place = Math.min(1, Math.max(0, scale.x(dragged ?? mark.at) / scale.width));
  const at = (event: PointerEvent): number => {
    const box = track.current?.getBoundingClientRect();
    const part = box && box.width > 0 ? (event.clientX - box.left) / box.width : 0;
    return scale.at(Math.min(1, Math.max(0, part)) * scale.width);
  };

  const onDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const element = event.currentTarget as HTMLElement;
    let sent = 0;
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const go = (): void => {
      sent = performance.now();
      if (dragged !== undefined) seekTime(dragged);
    };
    const move = (e: PointerEvent): void => {
      dragged = at(e);
      clearTimeout(waiting);
      const wait = sent + step - performance.now();
      if (wait <= 0) go();
      else waiting = setTimeout(go, wait);
      invalidate();
    };
    element.setPointerCapture(event.pointerId);
    element.onpointermove = move;
    element.onpointerup = element.onpointercancel = () => {
      element.onpointermove = element.onpointerup = element.onpointercancel = null;
      clearTimeout(waiting);
      go();
      dragged = undefined;
    };
    move(event);
    thumb.current?.focus();
    event.preventDefault();
  };

  const { event, events } = mark;
  return (
    <div class="replay">
      <div class="track" ref={track} onPointerDown={onDown}>
        <div class="past" style={{ width: `${place * 100}%` }} />
        <div
          class="thumb"
          ref={thumb}
          role="slider"
          tabIndex={0}
          aria-label="Position in the trace"
          aria-valuemin={1}
          aria-valuemax={events}
          aria-valuenow={event + 1}
          aria-valuetext={wordsOf(mark)}
          style={{ left: `${place * 100}%` }}
          onKeyDown={(e) => onKey(e, mark)}
        />
      </div>
      <div class="where" title={mark.text}>
        <span class="dim">
          event {event + 1} of {events} · {timeText(Math.max(0, mark.at))} ·{' '}
        </span>
        {mark.text}
      </div>
    </div>
  );
}

const wordsOf = (m: ReplayMark): string =>
  `event ${m.event + 1} of ${m.events}, ${timeText(Math.max(0, m.at))}: ${m.text}`;

function onKey(e: KeyboardEvent, { event, events }: ReplayMark): void {
  const to: Record<string, number> = {
    ArrowRight: event + 1,
    ArrowUp: event + 1,
    ArrowLeft: event - 1,
    ArrowDown: event - 1,
    PageUp: event + page,
    PageDown: event - page,
    Home: 0,
    End: events - 1,
  };
  const target = e.ctrlKey || e.altKey || e.metaKey ? undefined : to[e.key];
  if (target === undefined) return;
  e.preventDefault();
  const bounded = Math.min(events - 1, Math.max(0, target));
  if (bounded !== event) seekEvent(bounded);
}
