import { computed, effect, signal } from '@preact/signals';
import { Locale } from '../../shared/text.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';
import { createTimes, type Times } from './times.ts';
import { createTranslate, type Filling, type Key } from './translate.ts';

const dictionaries = { en, fr };
const storageKey = 'vigie.locale';

/** The first language that the reader prefers and Vigie speaks; English otherwise. */
export function preferredLocale(stored: string | null, wanted: readonly string[]): Locale {
  const spoken = [stored ?? '', ...wanted].map((tag) => tag.slice(0, 2).toLowerCase());
  return (
    Locale.options.find((locale) => locale === spoken.find((tag) => tag === 'en' || tag === 'fr')) ?? 'en'
  );
}

/** The language in use. */
export const locale = signal<Locale>('en');

const regions: Record<Locale, string> = { en: 'en-GB', fr: 'fr-FR' };

const words = computed(() => {
  const t = createTranslate(locale.value, dictionaries[locale.value]);
  const own = navigator.languages.find((tag) => tag.startsWith(`${locale.value}-`));
  const tag = own ?? regions[locale.value];
  return { t, tag, times: createTimes(tag, t) };
});

/** Text for a key in the language in use; what reads it is drawn again when the language changes. */
export function t<K extends Key>(key: K, ...values: Filling<K>): string {
  return words.value.t(key, ...values);
}

/** Times in the language in use. */
export const times = (): Times => words.value.times;

/** The reader's language and region as a BCP 47 tag, for what `Intl` writes. */
export const localeTag = (): string => words.value.tag;

/** Chooses the language from the last visit or the browser, and keeps `<html lang>` and the choice in step. */
export function startLocale(): void {
  locale.value = preferredLocale(readSetting(), navigator.languages);
  effect(() => {
    document.documentElement.lang = locale.value;
  });
}

/** The reader chose a language; it is remembered on this device. */
export function chooseLocale(next: Locale): void {
  locale.value = next;
  try {
    localStorage.setItem(storageKey, next);
  } catch {
    // Without storage the choice holds for this visit.
  }
}

function readSetting(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}
