/** View switch, filter box and the chips. */
import './bar.css';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { numberText } from '../../../src/model/base/text';
import { toggleChip } from '../../input/actions';
import type { Derived } from '../../state/derived';
import { showMenu } from '../../state/overlays';
import { setUi, state, store } from '../../state/state';
import { type Mode, modes } from '../../state/uiState';
import { chips } from '../../view/list/chips';
import { Icon } from '../parts/icon';
import { FilterBox } from './box';

const labels: Record<Mode, string> = { requests: 'Requests', connections: 'Connections', findings: 'Findings' };

function ModeSwitch() {
  const { mode } = state.ui;
  const onKey = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const to = (modes.indexOf(mode) + by + modes.length) % modes.length;
    setUi({ mode: modes[to] as Mode });
    (event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[role=radio]')[to]?.focus();
  };
  return (
    <div class="seg" role="radiogroup" aria-label="View" onKeyDown={onKey}>
      {modes.map((m) => (
        <button
          type="button"
          key={m}
          role="radio"
          aria-checked={mode === m}
          tabIndex={mode === m ? 0 : -1}
          onClick={() => setUi({ mode: m })}
        >
          {labels[m]}
          {m === 'findings' && state.findings.length > 0 && <span class="n">{state.findings.length}</span>}
        </button>
      ))}
    </div>
  );
}

/**
 * The chips. Those that do not fit in one line wrap out of sight; they leave the tab order and are listed under More.
 */
function Chips({ derived }: { derived: Derived }) {
  const box = useRef<HTMLDivElement>(null);
  const more = useRef<HTMLButtonElement>(null);
  const { ui, runs } = state;
  const on = new Set(ui.chips);
  const ended = runs.length > 0 && runs.every((run) => run.state !== 'running');
  const shown = chips.map((chip) => {
    const interrupted = chip.name === 'running' && ended && derived.interrupted > 0;
    return interrupted
      ? { ...chip, icon: 'debug-disconnect', label: 'Interrupted', count: derived.interrupted }
      : { ...chip, count: derived.counts[chip.name] };
  });
  const key = `${shown.map((c) => `${c.label}${c.count}`)} ${box.current?.clientWidth} ${ended}`;
  useLayoutEffect(() => {
    const all = [...(box.current?.children ?? [])] as HTMLElement[];
    const top = all.find((chip) => chip.offsetHeight > 0)?.offsetTop ?? 0;
    let hidden = 0;
    for (const chip of all) {
      // A chip wider than the whole bar is on the first line, truncated.
      const out = chip.offsetTop > top + 4 || chip.offsetWidth > (box.current?.clientWidth ?? 0);
      chip.inert = out;
      if (out) hidden++;
    }
    if (more.current) more.current.hidden = hidden === 0;
  }, [key]);
  const showMore = (): void => {
    const out = [...(box.current?.children ?? [])].map((chip) => (chip as HTMLElement).inert);
    const at = more.current?.getBoundingClientRect();
    const items = shown.flatMap((chip, i) =>
      out[i + 1]
        ? [
            {
              label: `${chip.label} (${numberText(chip.count)})`,
              checked: on.has(chip.name),
              run: () => toggleChip(chip.name),
            },
          ]
        : [],
    );
    if (at) showMenu('More filters', { x: at.left, y: at.bottom }, items);
  };
  return (
    <>
      <div class="chips" role="group" aria-label="Ready filters" ref={box}>
        <button
          type="button"
          class={`chip ${on.size === 0 ? 'on' : ''}`}
          aria-pressed={on.size === 0}
          onClick={() => setUi({ chips: [] })}
        >
          All<span class="n">{numberText(store.rows.length)}</span>
        </button>
        {shown.map((chip) => (
          <button
            type="button"
            key={chip.name}
            class={`chip ${on.has(chip.name) ? 'on' : ''}`}
            aria-pressed={on.has(chip.name)}
            onClick={() => toggleChip(chip.name)}
          >
            <Icon name={chip.icon} />
            {chip.label}
            <span class="n">{numberText(chip.count)}</span>
          </button>
        ))}
      </div>
      <button
        type="button"
        class="ib"
        ref={more}
        hidden
        aria-label="More filters"
        aria-haspopup="menu"
        title="More filters"
        onClick={showMore}
      >
        <Icon name="ellipsis" />
      </button>
    </>
  );
}

export function FilterBar({ derived, empty }: { derived: Derived; empty: boolean }) {
  return (
    <div class="bar">
      <ModeSwitch />
      <FilterBox derived={derived} />
      {/* Ready filters of requests; the box sifts findings too. */}
      {!empty && state.ui.mode !== 'findings' && <Chips derived={derived} />}
    </div>
  );
}
