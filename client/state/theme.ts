import { computed, effect, signal } from '@preact/signals';

export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const storageKey = 'vigie.theme';
const systemIsDark = signal(false);

/** What the reader chose. */
export const theme = signal<Theme>('auto');

/** The theme in effect. */
export const shownTheme = computed((): 'light' | 'dark' => {
  if (theme.value !== 'auto') return theme.value;
  return systemIsDark.value ? 'dark' : 'light';
});

/** Applies the choice of the last visit, and follows the system where there is none. */
export function startTheme(): void {
  const query = matchMedia('(prefers-color-scheme: dark)');
  systemIsDark.value = query.matches;
  query.addEventListener('change', () => {
    systemIsDark.value = query.matches;
  });
  try {
    const stored = localStorage.getItem(storageKey);
    theme.value = themes.find((name) => name === stored) ?? 'auto';
  } catch {
    // Without storage the system decides.
  }
  effect(() => {
    const shown = shownTheme.value;
    if (theme.value === 'auto') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = shown;
    // The bar that the phone draws around the page follows.
    const ground = getComputedStyle(document.documentElement).backgroundColor;
    for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
      meta.content = ground;
    }
  });
}

/** The reader chose a theme; it is remembered on this device. */
export function chooseTheme(next: Theme): void {
  theme.value = next;
  try {
    localStorage.setItem(storageKey, next);
  } catch {
    // Without storage the choice holds for this visit.
  }
}
