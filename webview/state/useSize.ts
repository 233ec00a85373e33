import { useLayoutEffect, useRef } from 'preact/hooks';
import { invalidate } from './state';

interface Size {
  width: number;
  height: number;
}

/** An element's inner size in pixels, kept up to date; 0 before the first layout. */
export function useSize<T extends HTMLElement>(): [{ current: T | null }, Size] {
  const element = useRef<T>(null);
  const size = useRef<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const target = element.current;
    if (!target) return;
    const take = (): void => {
      const { clientWidth: width, clientHeight: height } = target;
      if (width === size.current.width && height === size.current.height) return;
      size.current = { width, height };
      invalidate();
    };
    const observer = new ResizeObserver(take);
    observer.observe(target);
    take();
    return () => observer.disconnect();
  }, []);
  return [element, size.current];
}
