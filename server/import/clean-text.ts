const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

function characterOf(entity: string, name: string): string {
  if (!name.startsWith('#')) return entities[name.toLowerCase()] ?? entity;
  const code = /^#x/iu.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ' ';
}

/**
 * Makes a published cell plain text: markup goes, entities become characters, and so do not pass the product's text
 * rules: control characters become spaces, characters that nobody sees or that turn the text's direction go.
 */
export function cleanText(cell: string): string {
  return cell
    .replaceAll(/<!--[\s\S]*?-->|<\/?[a-z][^<>]*>/giu, ' ')
    .replaceAll(/&(#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,6});/giu, characterOf)
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\ufffd]/gu, ' ')
    .replaceAll(/[\p{Cf}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u3164\uffa0]/gu, '')
    .replaceAll(/\s+/gu, ' ')
    .trim();
}

/** Cuts text to `most` code points, with an ellipsis in place of what went. */
export function clip(text: string, most: number): string {
  const points = Array.from(text);
  return points.length <= most
    ? text
    : `${points
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}
