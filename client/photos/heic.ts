// What iPhones write (ISO/IEC 23008-12): a box `ftyp` with these brands. Safari reads it, other browsers mostly do not.
const brands = new Set(['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'mif1', 'msf1']);

/** Whether a file is a HEIC picture, by its first bytes. */
export function isHeic(bytes: ArrayBuffer): boolean {
  const first = String.fromCodePoint(...new Uint8Array(bytes.slice(4, 12)));
  return first.startsWith('ftyp') && brands.has(first.slice(4));
}
