import type { Locale } from '../../shared/text.ts';
import type { en } from './en.ts';

/** A text, or a text for each plural category that the language tells apart. */
export type Message = string | ({ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);

export type Key = keyof typeof en;
/** The same keys as English, each of the same form. */
export type Dictionary = {
  readonly [K in Key]: (typeof en)[K] extends string ? string : Exclude<Message, string>;
};

type Placeholders<Text> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;
type Names<K extends Key> = (typeof en)[K] extends string
  ? Placeholders<(typeof en)[K]>
  : 'count' | Placeholders<(typeof en)[K][keyof (typeof en)[K]]>;

/** What a key wants filled in: `count` is a number, everything else is text. */
export type Values<K extends Key> = { [N in Names<K>]: N extends 'count' ? number : string };

/** A key that wants nothing filled in takes no second argument. */
export type Filling<K extends Key> = Names<K> extends never ? [] : [Values<K>];
export type Translate = <K extends Key>(key: K, ...values: Filling<K>) => string;

/** Looks up and fills in; numbers are written as the language writes them. */
export function createTranslate(locale: Locale, dictionary: Dictionary): Translate {
  const plural = new Intl.PluralRules(locale);
  const number = new Intl.NumberFormat(locale);
  return (key, ...[values]) => {
    const filling: Partial<Record<string, string | number>> = values ?? {};
    const message: Message = dictionary[key];
    const text =
      typeof message === 'string'
        ? message
        : (message[plural.select(Number(filling['count']))] ?? message.other);
    return text.replaceAll(/\{(\w+)\}/gu, (_, name: string) => {
      const value = filling[name] ?? '';
      return typeof value === 'number' ? number.format(value) : value;
    });
  };
}
