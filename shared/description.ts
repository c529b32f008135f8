import { type DescriptionWords, english, french } from './description-words.ts';

// Behaviour before person. This recognises a description that rests on where somebody seems to come from, on skin or on
// religion, and does not say what was done; whoever writes one is told why it waits and how to say it otherwise.
//
// It is a prompt to think, not a filter: lists of words know neither irony nor new words, and a text that passes may be
// as unjust as one that is held. Where in doubt it lets pass, since holding back a real alarm does harm too. What it
// misses is for neighbours to flag. It reads English and French and judges nobody: only the text at hand.

type Token = { word: string; capital: boolean };

/** The words of one sentence. Commas and hyphens do not part what belongs together. */
type Sentence = readonly Token[];

function sentencesOf(text: string): Sentence[] {
  return text.split(/[.;:!?\n…]+/u).map((sentence) =>
    [
      ...sentence
        .normalize('NFD')
        .replaceAll(/\p{M}/gu, '')
        .matchAll(/[\p{L}\p{N}]+/gu),
    ].map(([found]) => ({
      word: found.toLowerCase(),
      capital: /^\p{Lu}/u.test(found),
    })),
  );
}

const known = (sentence: Sentence, { common }: DescriptionWords) =>
  sentence.filter(({ word }) => common.has(word)).length;

/** The languages that a text may be in: the one with more of its common words, or both where none has. */
function languagesOf(sentences: readonly Sentence[]): DescriptionWords[] {
  const all = sentences.flat();
  const [inEnglish, inFrench] = [known(all, english), known(all, french)];
  if (inEnglish === inFrench) return [english, french];
  return [inEnglish > inFrench ? english : french];
}

const animals = new Set(['dog', 'cat', 'puppy', 'kitten', 'horse', 'labrador', 'spaniel', 'terrier']);
const things = new Set(['hostel', 'club', 'centre', 'center', 'carrier', 'carriers', 'bus']);

/** Places that bear such a word as their name: the word is no person then. */
function isPlaceName(sentence: Sentence, at: number, words: DescriptionWords): boolean {
  if (words === english) return words.places.has(sentence[at + 1]?.word ?? '');
  // "rue des Juifs", "quartier chinois"; but "dans la rue des noirs" goes on after the street.
  let before = at - 1;
  let joined = '';
  while (/^(?:de|du|des|la|le|les|l|d|a|au|aux)$/u.test(sentence[before]?.word ?? '')) {
    joined = sentence[before]?.word ?? '';
    before -= 1;
  }
  if (!words.places.has(sentence[before]?.word ?? '')) return false;
  return joined === '' || joined !== 'des' || (sentence[at]?.capital ?? false);
}

/** Those to whom something is done or given, such as in "against the Jews". */
function isTarget(sentence: Sentence, at: number, { towards }: DescriptionWords): boolean {
  return [1, 2].some((back) => towards.has(sentence[at - back]?.word ?? ''));
}

// What follows "a Romanian" when it is a person and not a lorry.
const goesOn =
  /^(?:who|with|in|at|on|is|was|are|were|and|or|near|by|from|has|have|had|wearing|walking|standing|sitting|hanging|loitering|again|outside|behind|next|around|here|there|lurking|passing|they|that)$/u;

/** Whether an English word of origin or colour describes somebody: "black man", "man is Polish", "two Roma". */
function describesInEnglish(sentence: Sentence, at: number): boolean {
  const words = english;
  const word = sentence[at]?.word ?? '';
  const isColour = words.colours.has(word);
  for (let next = at + 1; next <= at + 4; next += 1) {
    const { word: other = '' } = sentence[next] ?? {};
    if (words.people.has(other)) {
      const after = sentence[next + 1]?.word ?? '';
      const isThing = animals.has(after) || things.has(after);
      if (!isThing && !(isColour && words.peopleWithoutColour.has(other))) return true;
      break;
    }
    if (!words.between.has(other)) break;
  }
  const before = sentence[at - 1]?.word ?? '';
  const ends = sentence[at + 1] === undefined || goesOn.test(sentence[at + 1]?.word ?? '');
  if (!ends) return false;
  if (words.people.has(before)) return true;
  if (/^(?:is|was|are|were|looks|looked|seemed|seems)$/u.test(before)) {
    return [2, 3].some(
      (back) =>
        /^(?:he|she|they|who)$/u.test(sentence[at - back]?.word ?? '') ||
        words.people.has(sentence[at - back]?.word ?? ''),
    );
  }
  return !isColour && words.determiners.has(before);
}

/** Whether a French word of origin or colour describes somebody: "homme noir", "des Roumains", "un noir". */
function describesInFrench(sentence: Sentence, at: number): boolean {
  const words = french;
  const word = sentence[at]?.word ?? '';
  const isColour = words.colours.has(word);
  // "étrangers au quartier": not from this street, which says nothing of an origin.
  if (word.startsWith('etrang') && /^(?:au|a|du)$/u.test(sentence[at + 1]?.word ?? '')) return false;
  let before = at - 1;
  while (at - before <= 4 && words.between.has(sentence[before]?.word ?? '')) {
    if (words.people.has(sentence[before]?.word ?? '')) break;
    before -= 1;
  }
  const other = sentence[before]?.word ?? '';
  if (words.people.has(other)) return !(isColour && words.peopleWithoutColour.has(other));
  // "deux noirs", but not "deux blancs": eggs and gaps have those too.
  const alone = !isColour || word.startsWith('noir');
  return alone && words.determiners.has(other);
}

const spaced = (sentence: Sentence) => ` ${sentence.map(({ word }) => word).join(' ')} `;

const phrasesOf = new Map(
  [english, french].map((words) => {
    const origin = `(?:${[...words.origins].join('|')})`;
    return [words, new RegExp(`(?<= )(?:${words.phrases.join('|').replaceAll('@', origin)})(?= )`, 'u')];
  }),
);

/** Whether a sentence says of somebody where they seem to come from, or what they believe. */
function describesByOrigin(sentence: Sentence, words: DescriptionWords): boolean {
  const describes = words === english ? describesInEnglish : describesInFrench;
  const byWord = sentence.some(({ word }, at) => {
    const isPeople = words.originPeople.has(word);
    if (!isPeople && !words.origins.has(word) && !words.colours.has(word)) return false;
    if (isPlaceName(sentence, at, words) || isTarget(sentence, at, words)) return false;
    return isPeople || describes(sentence, at);
  });
  const hasPerson = sentence.some(({ word }) => words.people.has(word));
  return (
    byWord ||
    (phrasesOf.get(words)?.test(spaced(sentence)) ?? false) ||
    (hasPerson && sentence.some(({ word }) => words.garments.has(word)))
  );
}

/** Whether a sentence says what somebody did or what happened to them, and does not only suppose it. */
function tellsBehaviour(sentence: Sentence, { behaviour, supposed }: DescriptionWords): boolean {
  const text = spaced(sentence);
  return [...text.matchAll(behaviour)].some((match) => {
    const before = text.slice(0, match.index).trim().split(' ').slice(-4);
    return !before.some((word) => supposed.has(word));
  });
}

/**
 * Whether a text describes somebody by origin, skin or religion and nowhere says what was done. Pure: the same in the
 * form, on the server, and for whatever else neighbours write.
 */
export function restsOnOrigin(text: string): boolean {
  const sentences = sentencesOf(text);
  const languages = languagesOf(sentences);
  const some = (check: (sentence: Sentence, words: DescriptionWords) => boolean) =>
    sentences.some((sentence) => languages.some((words) => check(sentence, words)));
  return some(describesByOrigin) && !some(tellsBehaviour);
}

/** Why such a text is refused: the message of the issue, which the client says in the reader's words. */
export const originMessage = 'must say what was done, not only who somebody seems to be';
