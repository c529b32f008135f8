import type { Logger } from 'pino';
import type { Redis } from '../redis/client.ts';
import { partitionKeys, partitions } from '../redis/keys.ts';
import { asArray, asRecord, asString } from '../redis/reply.ts';

/** A device's session, or somebody's membership, has ended. */
export type Revocation =
  | { personId: string; deviceId: string }
  | { neighbourhoodId: string; memberId: string };

const everyMs = 500;

/**
 * Follows what ended, on every process: reading a stream twice a second needs no message to arrive, so that
 * "closed within 2 s" holds also when every nudge is lost.
 * @returns a function that stops following
 */
export async function followRevocations(
  redis: Redis,
  logger: Logger,
  onRevoked: (revocation: Revocation) => void,
): Promise<() => void> {
  const streams = Array.from({ length: partitions }, (_, i) => partitionKeys(i).revocations);
  const last = new Map<string, string>();
  for (const stream of streams) {
    const [entry] = asArray(await redis.send(stream, 'XREVRANGE', stream, '+', '-', 'COUNT', '1'));
    last.set(stream, entry === undefined ? '0-0' : asString(asArray(entry)[0]));
  }

  async function read(stream: string): Promise<void> {
    const entries = asArray(
      await redis.send(stream, 'XRANGE', stream, `(${last.get(stream)}`, '+', 'COUNT', '1000'),
    );
    for (const entry of entries) {
      const [id, fields] = asArray(entry);
      last.set(stream, asString(id));
      const { person, device, neighbourhood, member } = asRecord(fields ?? []);
      if (person !== undefined && device !== undefined) onRevoked({ personId: person, deviceId: device });
      if (neighbourhood !== undefined && member !== undefined) {
        onRevoked({ neighbourhoodId: neighbourhood, memberId: member });
      }
    }
  }

  let timer: NodeJS.Timeout;
  let stopped = false;
  const poll = async () => {
    const results = await Promise.allSettled(streams.map(read));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) logger.debug('revocations not readable');
    if (!stopped) timer = setTimeout(() => void poll(), everyMs);
  };
  timer = setTimeout(() => void poll(), everyMs);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
