import { useEffect } from 'preact/hooks';

/** Keeps the page dark while it must not shine across a room. */
export function useDark(wanted: boolean): void {
  useEffect(() => {
    if (!wanted) return undefined;
    const { style } = document.documentElement;
    style.colorScheme = 'dark';
    return () => {
      style.colorScheme = '';
    };
  }, [wanted]);
}
