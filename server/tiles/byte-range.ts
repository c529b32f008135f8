/** Inclusive first and last byte. */
export type ByteRange = { first: number; last: number };

/**
 * Reads a `Range` header (RFC 9110, section 14.1.2).
 * @returns the one range asked for, cut to the size; `unsatisfiable` for 416; null where the header is to be
 *   ignored and the whole answered: absent, not in bytes, malformed, or several ranges
 */
export function parseRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/u.exec(header?.trim() ?? '');
  if (match === null) return null;
  const [, from = '', to = ''] = match;
  if (from === '') {
    if (to === '') return null;
    const suffix = Number(to);
    return suffix === 0 || size === 0
      ? 'unsatisfiable'
      : { first: Math.max(0, size - suffix), last: size - 1 };
  }
  const first = Number(from);
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== '' && Number(to) < first) return null;
  return first >= size ? 'unsatisfiable' : { first, last };
}
