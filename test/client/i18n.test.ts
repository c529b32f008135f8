import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { en } from '../../client/i18n/en.ts';
import { fr } from '../../client/i18n/fr.ts';
import { preferredLocale } from '../../client/i18n/i18n.ts';
import { createTimes } from '../../client/i18n/times.ts';
import { createTranslate, type Key, type Message } from '../../client/i18n/translate.ts';

const keys = Object.keys(en) as Key[];
const textsOf = (message: Message): string[] =>
  typeof message === 'string' ? [message] : Object.values(message);
const placeholdersOf = (message: Message) =>
  [...new Set(textsOf(message).flatMap((text) => text.match(/\{\w+\}/gu) ?? []))].toSorted();

describe('words', () => {
  it('[UI4] every text exists in English and French with the same places to fill in', () => {
    expect(Object.keys(fr).toSorted()).toEqual(keys.toSorted());
    for (const key of keys) expect(placeholdersOf(fr[key]), key).toEqual(placeholdersOf(en[key]));
  });

  it('[UI4] no text shouts, and French has its no-break spaces', () => {
    for (const key of keys) {
      for (const text of [...textsOf(en[key]), ...textsOf(fr[key])])
        expect(text, key).not.toMatch(/!|\.\.\./u);
      for (const text of textsOf(fr[key])) {
        expect(text, key).not.toMatch(/[^\u00a0\u202f][?;»]|« (?!\u00a0)|[^\u00a0] :/u);
        expect(text, key).not.toMatch(/(?<!\p{L})(?:tu|toi|ton|ta|tes)(?!\p{L})/u);
      }
    }
  });

  it('[UI4] no text is left that no screen uses', () => {
    const sourceOf = (folder: string) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((path) => /\.tsx?$/u.test(path) && !/(?:i18n\/(?:en|fr)|notification-words)\.ts$/u.test(path))
        .map((path) => readFileSync(join(folder, path), 'utf8'));
    const source = ['../../client/', '../../shared/']
      .flatMap((folder) => sourceOf(fileURLToPath(new URL(folder, import.meta.url))))
      .join('\n');
    const used = (key: string) => {
      // `t(`category.${name}`)` uses all of a family; a suffix may follow, as in `severity.${name}Hint`.
      const family = key.slice(0, key.indexOf('.'));
      return source.includes(`'${key}'`) || source.includes(`\`${family}.\${`);
    };
    expect(keys.filter((key) => !used(key))).toEqual([]);
  });

  it('[UI5] a count chooses the form that the language wants', () => {
    const english = createTranslate('en', en);
    const french = createTranslate('fr', fr);
    expect([0, 1, 2].map((count) => english('delivery.maps', { count }))).toEqual([
      'on 0 maps',
      'on 1 map',
      'on 2 maps',
    ]);
    expect([0, 1, 2].map((count) => french('delivery.maps', { count }))).toEqual([
      'sur 0 carte',
      'sur 1 carte',
      'sur 2 cartes',
    ]);
    expect(english('delivery.phones', { count: 12_000 })).toBe('12,000 phones');
  });

  it('[UI6] the language is the last choice, else the first that the browser wants and Vigie speaks', () => {
    expect(preferredLocale(null, ['de-DE', 'fr-CH', 'en'])).toBe('fr');
    expect(preferredLocale('en', ['fr-FR'])).toBe('en');
    expect(preferredLocale('xx', ['pt-BR'])).toBe('en');
  });

  it('[UI7] an age is told in one unit, and a clock that runs ahead is “just now”', () => {
    const t = createTranslate('en', en);
    const english = createTimes('en-GB', t);
    const ago = (at: number, from: number) => english.ago(at, from);
    const now = Date.UTC(2026, 5, 1, 12);
    const minute = 60_000;
    expect(ago(now + minute, now)).toBe('just now');
    expect(ago(now - 59_000, now)).toBe('just now');
    expect(ago(now - 3 * minute, now)).toBe('3 min ago');
    expect(ago(now - 61 * minute, now)).toBe('1 hr ago');
    expect(ago(now - 60 * 24 * 60 * minute, now)).toBe('8 wk ago');
    const french = createTimes('fr', createTranslate('fr', fr));
    expect(french.ago(now - 3 * minute, now)).toBe('il y a 3\u00a0min');
    expect(french.ago(now - 3 * 366 * 24 * 60 * minute, now)).toBe('il y a 3 ans');
  });

  it('[UI7] “since” is a time today and a date before', () => {
    const english = createTimes('en-GB', createTranslate('en', en));
    const now = new Date(2026, 5, 1, 22).getTime();
    expect(english.since(new Date(2026, 5, 1, 21, 4).getTime(), now)).toMatch(/^at .*4/u);
    expect(english.since(new Date(2026, 4, 30, 21, 4).getTime(), now)).toMatch(/^on 30 May 2026/u);
  });
});
