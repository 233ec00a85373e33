/** The page's own menu: opened at a point, walked with the arrow keys, closed by Esc or a click elsewhere. */
import './menu.css';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { hideMenu, type MenuItem, overlays } from '../../state/overlays';
import { Icon } from './icon';

/** Marks the ends at which there is more to see than fits. */
function showEnds(element: HTMLElement): void {
  const { scrollTop, clientHeight, scrollHeight } = element;
  element.classList.toggle('above', scrollTop > 1);
  element.classList.toggle('further', scrollTop + clientHeight < scrollHeight - 1);
}

export function Menu() {
  const { menu } = overlays;
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (!menu || !element) return;
    const { offsetWidth: width, offsetHeight: height } = element;
    const { x, y, above } = menu.at;
    element.style.left = `${Math.max(4, Math.min(x, innerWidth - width - 4))}px`;
    element.style.top = `${Math.max(4, Math.min(above ? y - height : y, innerHeight - height - 4))}px`;
    element.querySelector<HTMLElement>('[role^=menuitem]')?.focus();
    showEnds(element);
    const away = (event: PointerEvent): void => {
      if (!element.contains(event.target as Node)) hideMenu();
    };
    document.addEventListener('pointerdown', away, true);
    window.addEventListener('blur', hideMenu);
    return () => {
      document.removeEventListener('pointerdown', away, true);
      window.removeEventListener('blur', hideMenu);
    };
  }, [menu]);
  if (!menu) return null;
  const choose = (item: MenuItem): void => {
    if (item.disabled) return;
    hideMenu();
    item.run?.();
  };
  const onKey = (event: KeyboardEvent): void => {
    const all = [...(box.current?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === 'Tab') hideMenu();
    else if (to !== undefined) all[(to + all.length) % all.length]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      class="menu"
      role="menu"
      aria-label={menu.label}
      ref={box}
      onKeyDown={onKey}
      onScroll={(e) => showEnds(e.currentTarget)}
      tabIndex={-1}
    >
      <div class="end up" aria-hidden="true">
        <Icon name="chevron-up" />
      </div>
      {menu.items.map((item, i) =>
        item.separator ? (
          <hr key={`line${i}`} />
        ) : (
          <button
            type="button"
            key={item.label}
            role={item.checked === undefined ? 'menuitem' : 'menuitemcheckbox'}
            aria-checked={item.checked}
            aria-disabled={item.disabled === true}
            title={item.title}
            tabIndex={-1}
            onClick={() => choose(item)}
          >
            <span class="ck">{item.checked && <Icon name="check" />}</span>
            {item.label}
            {item.key && <span class="ky">{item.key}</span>}
          </button>
        ),
      )}
      <div class="end down" aria-hidden="true">
        <Icon name="chevron-down" />
      </div>
    </div>
  );
}
