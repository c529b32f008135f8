/**
 * A key that nobody else makes: a random UUID (RFC 9562, version 4). `crypto.randomUUID` exists at secure addresses
 * only, and a server on the neighbourhood's own network may not have one.
 */
export function newKey(): string {
  const random = crypto.getRandomValues(new Uint8Array(16));
  const marked = random.map((byte, at) => {
    if (at === 6) return (byte & 0x0f) | 0x40; // version
    return at === 8 ? (byte & 0x3f) | 0x80 : byte; // variant
  });
  const hex = Array.from(marked, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5');
}
