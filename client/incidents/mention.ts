import type { Id } from '../../shared/text.ts';

/** Somebody whom a text asks for. */
export type Mention = { id: Id; name: string };

/** As many names as a phone shows above its keyboard. */
const most = 5;

const plain = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** The name that is being typed after an @, up to the caret; null where none is. */
export function mentionAt(
  text: string,
  caret: number,
  chosen: readonly Mention[],
): { from: number; wanted: string } | null {
  const from = text.lastIndexOf('@', caret - 1);
  if (from < 0 || (from > 0 && !/[\s(]/u.test(text[from - 1] ?? ''))) return null;
  const wanted = text.slice(from + 1, caret);
  if (wanted.length > 40 || wanted.includes('\n')) return null;
  // What follows a name that was taken is the next word.
  return chosen.some(({ name }) => wanted.startsWith(`${name} `)) ? null : { from, wanted };
}

/** Those whose name, or a part of it, begins like this: by name. */
export function candidates(people: Iterable<Mention>, wanted: string): Mention[] {
  const start = plain(wanted);
  return [...people]
    .filter(({ name }) => plain(name).startsWith(start) || plain(name).includes(` ${start}`))
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .slice(0, most);
}

/** The text with the name that was typed so far written out, and where the caret is then. */
export function withMention(
  text: string,
  { from, caret, name }: { from: number; caret: number; name: string },
): { text: string; caret: number } {
  const before = `${text.slice(0, from)}@${name} `;
  return { text: before + text.slice(caret).replace(/^ /u, ''), caret: before.length };
}

/** Of those who were chosen, the ones that the text still names. */
export const stillNamed = (text: string, chosen: readonly Mention[]): Mention[] =>
  chosen.filter(({ name }) => text.includes(`@${name}`));
