import * as v from 'valibot';

// C0 and C1 controls, and the separators U+2028/2029 which end a line in some renderers.
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u;
const controlsButLineBreaks = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029]/u;
// Embeddings, overrides, isolates and marks: they let a name pose as another one (Unicode TR 36).
const bidi = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
// Invisible characters make two names look the same.
const invisible =
  /[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/u;

// Joiners and variation selectors only shape emoji and ligatures; without them the name reads the same.
const shaping = /[\u200c\u200d\ufe00-\ufe0f]/gu;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Counts what a reader calls characters (Unicode TR 29). */
function countGraphemes(text: string): number {
  // Most names are plain: each unit of printable ASCII is a character.
  if (/^[ -~]*$/u.test(text)) return text.length;
  let count = 0;
  for (const _ of graphemes.segment(text)) count += 1;
  return count;
}

/**
 * One line of text that stands for somebody or something: NFC, trimmed, 1 to `max` graphemes and at most
 * twice as many code points; control, bidirectional and invisible characters are refused with their reason.
 */
export function nameSchema(max: number) {
  return v.pipe(
    v.string(),
    v.maxLength(max * 8, `must have at most ${max} characters`),
    v.check((text) => text.isWellFormed(), 'must be well-formed Unicode'),
    v.check((text) => !controls.test(text), 'must not contain control characters'),
    v.check((text) => !bidi.test(text), 'must not contain text-direction characters'),
    v.check((text) => !invisible.test(text), 'must not contain invisible characters'),
    v.transform((text) => text.normalize('NFC').replaceAll(shaping, '').replaceAll(/\s+/gu, ' ').trim()),
    v.minLength(1, 'must not be empty'),
    v.check(
      (text) => countGraphemes(text) <= max && Array.from(text).length <= max * 2,
      `must have at most ${max} characters`,
    ),
  );
}

/** Free text of several lines: NFC, trimmed, `min` to `max` code points; controls other than line breaks are refused. */
export function textSchema(min: number, max: number) {
  return v.pipe(
    v.string(),
    v.maxLength(max * 2, `must have at most ${max} characters`),
    v.check((text) => text.isWellFormed(), 'must be well-formed Unicode'),
    v.check((text) => !controlsButLineBreaks.test(text), 'must not contain control characters'),
    v.check((text) => !bidi.test(text), 'must not contain text-direction characters'),
    v.transform((text) => text.normalize('NFC').replaceAll('\r\n', '\n').trim()),
    // Only what has more UTF-16 units than that may have more code points.
    v.check(
      (text) => text.length <= max || Array.from(text).length <= max,
      `must have at most ${max} characters`,
    ),
    v.minLength(min, 'must not be empty'),
  );
}

/** An identifier as the server makes them: URL-safe, unguessable, compared as is. */
export const Id = v.pipe(v.string(), v.regex(/^[\w-]{16,64}$/u, 'must be an identifier'));
export type Id = v.InferOutput<typeof Id>;

/** A moment, in epoch milliseconds. */
export const Timestamp = v.pipe(
  v.number(),
  v.safeInteger('must be a time in milliseconds'),
  v.minValue(0),
  v.maxValue(8_640_000_000_000_000),
);

export const Locale = v.picklist(['en', 'fr']);
export type Locale = v.InferOutput<typeof Locale>;
