import { useLayoutEffect } from 'preact/hooks';

/** Single keys, as long as nobody is typing; `Escape` works everywhere but inside a dialog. */
export function useKeys(keys: Readonly<Partial<Record<string, () => void>>>): void {
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest('dialog')) return;
      if (event.key !== 'Escape' && target?.closest('input, textarea, select')) return;
      const run = keys[event.key];
      if (!run) return;
      event.preventDefault();
      run();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  });
}
