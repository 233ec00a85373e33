/** What may be typed in the filter box: a list below it. The focus stays in the box. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Completion } from '../../../src/model/query';
import { Icon } from '../parts/icon';

const icons: Record<Completion['kind'], string> = {
  key: 'symbol-field',
  state: 'symbol-boolean',
  comparison: 'symbol-operator',
  value: 'symbol-string',
};

interface Props {
  items: readonly Completion[];
  /** The marked one; -1: none. */
  active: number;
  take: (item: Completion) => void;
}

export function CompletionList({ items, active, take }: Props) {
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [active, items]);
  return (
    <div class="fltlist" id="filter-list" role="listbox" aria-label="Completions" ref={list}>
      {items.map((item, i) => (
        <div
          key={item.insert}
          id={`filter-${i}`}
          role="option"
          aria-selected={i === active}
          // A click would take the focus out of the box.
          onPointerDown={(event) => {
            event.preventDefault();
            take(item);
          }}
        >
          <Icon name={icons[item.kind]} />
          <span class="fi">{item.insert}</span>
          {item.detail !== undefined && <span class="fd">{item.detail.replaceAll('`', '')}</span>}
          {item.count !== undefined && <span class="fn">{item.count}×</span>}
        </div>
      ))}
    </div>
  );
}
