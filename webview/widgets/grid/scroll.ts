/** The list's scroll position: restored, following the newest row, and holding the rows in sight where they are. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import * as actions from '../../input/actions';
import type { Derived } from '../../state/derived';
import { invalidate, isLive, setUi, state } from '../../state/state';
import { isByStart } from '../../view/list/sort';

export const rowHeight = 22;

/** Scrolling by hand turns following off and, at the end, on again. */
function onScrolled(element: HTMLElement, before: number): void {
  const atEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - 2;
  if (element.scrollTop < before - 1 && !atEnd) actions.follow(false);
  else if (atEnd && element.scrollTop > before && !state.ui.follow) actions.follow(true);
}

function connect(element: HTMLElement): () => void {
  element.scrollTop = state.ui.scrollTop;
  let saved: ReturnType<typeof setTimeout> | undefined;
  let before = element.scrollTop;
  const onScroll = (): void => {
    onScrolled(element, before);
    before = element.scrollTop;
    clearTimeout(saved);
    saved = setTimeout(() => setUi({ scrollTop: element.scrollTop }), 300);
    invalidate();
  };
  element.addEventListener('scroll', onScroll, { passive: true });
  actions.grid.reveal = (index) => {
    if (index < 0) return;
    const y = index * rowHeight;
    const { scrollTop, clientHeight } = element;
    if (y < scrollTop) element.scrollTop = y;
    else if (y + rowHeight > scrollTop + clientHeight)
      element.scrollTop = Math.ceil((y + rowHeight - clientHeight) / rowHeight) * rowHeight;
  };
  actions.grid.toEnd = () => {
    element.scrollTop = element.scrollHeight;
  };
  actions.grid.focus = () => {
    const focus = (): void => element.querySelector<HTMLElement>('.row[tabindex="0"]')?.focus({ preventScroll: true });
    // The row may get its node only in the frame that is due.
    requestAnimationFrame(() => requestAnimationFrame(focus));
  };
  return () => {
    clearTimeout(saved);
    element.removeEventListener('scroll', onScroll);
  };
}

/** Height of all rows, and below them as much as lets the topmost row in sight begin at the top when scrolled to the end. */
export const contentHeight = (count: number, height: number): number =>
  count * rowHeight + (count * rowHeight > height ? height % rowHeight : 0);

/** `top` and `height` are the scroller's, as this frame's rows were chosen by. */
export function useScrolling(
  scroller: { current: HTMLElement | null },
  derived: Derived,
  top: number,
  height: number,
): void {
  const { items } = derived;
  const seen = useRef({
    ids: [] as string[],
    first: 0,
    height: 0,
    atEnd: false,
    active: false,
    question: [] as unknown[],
  });
  /** The scroller was brought to its end after `top` was read. */
  const scrolled = useRef(false);
  const { ui } = state;
  const question = [ui.filterText, ui.chips, ui.range, ui.sort, ui.groupBy, ui.folded];
  const following = (): boolean => ui.follow && isByStart(ui.sort) && !state.readOnly;
  useLayoutEffect(() => (scroller.current ? connect(scroller.current) : undefined), []);
  useLayoutEffect(() => {
    const element = scroller.current;
    const old = seen.current;
    if (!element) return;
    const same = question.every((part, i) => part === old.question[i]);
    // The last rows may come together with the end of the program.
    if (following() && (isLive() || (same && old.atEnd))) {
      element.scrollTop = element.scrollHeight;
      scrolled.current = true;
    } else if (!same) {
      if (old.active) actions.grid.reveal(actions.indexOf(items, ui.active));
    } else if (items[old.first]?.id !== old.ids[0]) {
      // Rows came or went above: the first of those in sight that is still there keeps its place.
      const still = old.ids.findIndex((id) => actions.indexOf(items, id) >= 0);
      if (still >= 0) element.scrollTop += (actions.indexOf(items, old.ids[still]) - old.first - still) * rowHeight;
    }
  }, [derived]);
  useLayoutEffect(() => {
    const old = seen.current;
    const active = actions.indexOf(items, ui.active);
    // When the list shrinks (the details open below it), the active row stays in sight.
    if (height < old.height && old.active) actions.grid.reveal(active);
    // And so does the newest one: the line that says how the program ended comes when nothing is live any more. With a
    // new height, such as the first one known, the end is at another place, where the topmost row is whole again.
    else if (height !== old.height && following() && old.atEnd) actions.grid.toEnd();
    // Not read from the element: that would lay the page out once more in every frame.
    const first = Math.floor(top / rowHeight);
    actions.grid.pageRows = Math.max(1, Math.floor(height / rowHeight));
    seen.current = {
      ids: items.slice(first, first + actions.grid.pageRows).map((item) => item.id),
      first,
      height,
      atEnd: scrolled.current || top + height >= items.length * rowHeight,
      active: active >= first && active <= first + actions.grid.pageRows,
      question,
    };
    scrolled.current = false;
  });
}
