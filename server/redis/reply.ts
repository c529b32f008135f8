import type { Reply } from './client.ts';

/** Readers of RESP2 replies; a reply of another form is a bug and throws. */
export function asArray(reply: Reply): Reply[] {
  if (!Array.isArray(reply)) throw new TypeError('expected an array from Redis');
  return reply;
}

export function asString(reply: Reply | undefined): string {
  if (typeof reply !== 'string') throw new TypeError('expected a string from Redis');
  return reply;
}

export function asNullableString(reply: Reply | undefined): string | null {
  return reply === null || reply === undefined ? null : asString(reply);
}

export function asStrings(reply: Reply): string[] {
  return asArray(reply).map(asString);
}

export function asNumber(reply: Reply | undefined): number {
  const number = typeof reply === 'string' ? Number(reply) : reply;
  if (typeof number !== 'number' || Number.isNaN(number)) throw new TypeError('expected a number from Redis');
  return number;
}

/** A flat `[field, value, …]` reply, such as HGETALL's. */
export function asRecord(reply: Reply): Record<string, string> {
  const flat = asStrings(reply);
  const record: Record<string, string> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) record[flat[i] ?? ''] = flat[i + 1] ?? '';
  return record;
}
