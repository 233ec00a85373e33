/** The filter box: text in the query language, applied shortly after the last key, completed by a list below it. */
import './box.css';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type Completion, completions } from '../../../src/model/query';
import { seenIn } from '../../../src/model/query/help/seen';
import { grid, move } from '../../input/actions';
import type { Derived } from '../../state/derived';
import { setUi, state, store } from '../../state/state';
import { Icon } from '../parts/icon';
import { CompletionList } from './completionList';

const applyAfter = 80;

/** An open list of completions; `active`: the marked one, -1 none yet. */
interface Offer {
  from: number;
  to: number;
  items: readonly Completion[];
  active: number;
}

export function FilterBox({ derived }: { derived: Derived }) {
  const box = useRef<HTMLInputElement>(null);
  const under = useRef<HTMLDivElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const place = useRef(-1);
  const [offer, setOffer] = useState<Offer>();
  const { filterText } = state.ui;
  // The box holds what is typed; the state's text comes back into it only when something else changed it.
  useLayoutEffect(() => {
    if (box.current && timer.current === undefined && box.current.value !== filterText) box.current.value = filterText;
  }, [filterText]);
  const follow = (): void => {
    if (box.current && under.current) under.current.scrollLeft = box.current.scrollLeft;
  };
  useLayoutEffect(follow);
  const apply = (): void => {
    clearTimeout(timer.current);
    timer.current = undefined;
    if (box.current && box.current.value !== state.ui.filterText) setUi({ filterText: box.current.value });
  };
  const close = (): void => setOffer(undefined);
  /** Opens the list of completions at the caret; if not requested by the user, only when something has been typed. */
  const offerHere = (asked: boolean): void => {
    if (!box.current) return;
    const { value, selectionStart } = box.current;
    const { from, to, items } = completions(value, selectionStart ?? value.length, (key) => seenIn(store.rows, key));
    const typed = value.slice(from, to);
    const begun = from > 0 && !/[\s(-]/.test(value[from - 1] as string);
    const [only] = items;
    if (!only || (!asked && typed === '' && !begun) || (items.length === 1 && only.insert === typed)) return close();
    // After a key a value is expected; a word without a key may be meant literally, so no item is preselected.
    setOffer({ from, to, items, active: asked || begun ? 0 : -1 });
  };
  const onInput = (): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(apply, applyAfter);
    offerHere(false);
  };
  const take = ({ from, to }: Offer, { insert, kind }: Completion): void => {
    const input = box.current;
    if (!input) return;
    const rest = input.value.slice(to);
    const gap = kind === 'key' && insert.endsWith(':') ? '' : ' ';
    input.value = `${input.value.slice(0, from)}${insert}${/^[\s,)]/.test(rest) ? '' : gap}${rest}`;
    const caret = from + insert.length + gap.length;
    input.setSelectionRange(caret, caret);
    apply();
    if (gap === '') offerHere(false);
    else close();
  };
  /** Keys of the open list; true if it took the key. */
  const onListKey = (event: KeyboardEvent, open: Offer): boolean => {
    const { items, active } = open;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      const to = active < 0 && step < 0 ? items.length - 1 : (active + step + items.length) % items.length;
      setOffer({ ...open, active: to });
      return true;
    }
    if (event.key === 'Escape') {
      close();
      return true;
    }
    const item = items[event.key === 'Tab' ? Math.max(0, active) : active];
    if ((event.key !== 'Enter' && event.key !== 'Tab') || event.shiftKey || !item) return false;
    take(open, item);
    return true;
  };
  const onKey = (event: KeyboardEvent): void => {
    if (offer && onListKey(event, offer)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.key === ' ' && event.ctrlKey) {
      offerHere(true);
    } else if (event.key === 'Enter') {
      close();
      apply();
      remember();
    } else if (event.key === 'ArrowUp' && box.current) {
      const next = state.ui.history[(place.current + 1) % Math.max(1, state.ui.history.length)];
      if (next === undefined) return;
      place.current = state.ui.history.indexOf(next);
      box.current.value = next;
      apply();
    } else if (event.key === 'ArrowDown') {
      apply();
      if (!state.ui.active) move(1, false);
      grid.focus();
    } else if (event.key === 'Escape' && box.current?.value) {
      box.current.value = '';
      apply();
    } else return;
    event.preventDefault();
  };
  /** The text goes to the head of the history, once. */
  const remember = (): void => {
    const text = box.current?.value.trim();
    place.current = -1;
    if (text) setUi({ history: [text, ...state.ui.history.filter((old) => old !== text)].slice(0, 20) });
  };
  const onBlur = (): void => {
    close();
    remember();
  };
  const { error } = derived.filter;
  const isShown = error !== undefined && !offer;
  return (
    <div class="fltbox">
      <label class={`flt ${isShown ? 'bad' : ''}`}>
        <Icon name="search" />
        <span class="fltin">
          <input
            ref={box}
            spellcheck={false}
            autocomplete="off"
            role="combobox"
            aria-label="Filter"
            aria-autocomplete="list"
            aria-haspopup="listbox"
            aria-expanded={offer !== undefined}
            aria-controls={offer ? 'filter-list' : undefined}
            aria-activedescendant={offer && offer.active >= 0 ? `filter-${offer.active}` : undefined}
            aria-invalid={isShown}
            aria-describedby={isShown ? 'filter-error' : undefined}
            placeholder="Filter, e.g. status:>=500 path:/api/* -health"
            onInput={onInput}
            onKeyDown={onKey}
            onScroll={follow}
            onBlur={onBlur}
          />
          {isShown && (
            <div class="fltbad" aria-hidden="true" ref={under}>
              {filterText.slice(0, error.column - 1)}
              <u>{filterText.slice(error.column - 1, error.column - 1 + error.length)}</u>
              {filterText.slice(error.column - 1 + error.length)}
            </div>
          )}
        </span>
        {filterText ? (
          <button
            type="button"
            class="ib"
            aria-label="Clear filter text"
            title="Clear filter text (Esc)"
            onClick={() => setUi({ filterText: '' })}
          >
            <Icon name="close" />
          </button>
        ) : (
          <kbd aria-hidden="true">/</kbd>
        )}
      </label>
      {offer && <CompletionList items={offer.items} active={offer.active} take={(item) => take(offer, item)} />}
      {isShown && (
        <div class="flterr" id="filter-error" role="alert">
          {error.message}
        </div>
      )}
    </div>
  );
}
