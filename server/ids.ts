import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A new unguessable id: 96 bits, 16 URL-safe characters. */
export function newId(): string {
  return randomBytes(12).toString('base64url');
}

/** A new secret: 128 bits, 22 URL-safe characters. Only its hash is stored. */
export function newSecret(): string {
  return randomBytes(16).toString('base64url');
}

/** An id that the same inputs always give, so that a repeated command makes the same thing. */
export function derivedId(...parts: string[]): string {
  // 96 bits of the digest: 16 characters of 6 bits.
  return hash('sha256', JSON.stringify(parts), 'base64url').slice(0, 16);
}

/** A UUID (RFC 9562, version 8) that the same inputs always give. */
export function derivedUuid(...parts: string[]): string {
  const hex = hash('sha256', JSON.stringify(parts), 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'base64url');
}

/** Compares without telling by its time where the two differ. */
export function secretMatches(secret: string, hash: string): boolean {
  const a = Buffer.from(hashSecret(secret));
  const b = Buffer.from(hash);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A person's id as a member of one neighbourhood: nobody can link it with their membership of another. */
export function memberIdOf(personId: string, neighbourhoodId: string): string {
  return derivedId('member', personId, neighbourhoodId);
}

/** Masks one secret with another of the same length, or takes the mask off again. */
export function exclusiveOr(secret: string, mask: string): string {
  const bytes = Buffer.from(secret, 'base64url');
  const other = Buffer.from(mask, 'base64url');
  return Buffer.from(bytes.map((byte, i) => byte ^ (other[i] ?? 0))).toString('base64url');
}
