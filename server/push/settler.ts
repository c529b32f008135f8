import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { addReach } from '../eventlog/reach.ts';
import type { Redis } from '../redis/client.ts';
import { partitionOf } from '../redis/keys.ts';
import { type DuePush, nameOf, type PushQueue, type Settlement } from './queue.ts';

type Settling = Settlement & { acceptedFor: string | null };

const atOnce = 500;
const againMs = 500;

/**
 * Writes what became of pushes, many in one step: while one write is under way the next one gathers. A push stays
 * held until it is written, so that this process never takes it twice, however long Redis is away.
 */
export function createSettler(redis: Redis, queue: PushQueue, logger: Logger) {
  const held = new Set<string>();
  const gathered = new Map<number, Settling[]>();
  let writing: Promise<void> | null = null;
  let closing = false;

  /** @returns false when this process has it in hand already */
  function hold(push: DuePush): boolean {
    const name = nameOf(push);
    if (held.has(name)) return false;
    held.add(name);
    return true;
  }

  function gather(settling: Settling): void {
    const partition = partitionOf(settling.push.neighbourhoodId);
    const others = gathered.get(partition);
    if (others === undefined) gathered.set(partition, [settling]);
    else others.push(settling);
  }

  function add(settling: Settling): void {
    gather(settling);
    writing ??= writeAll();
  }

  async function writeAll(): Promise<void> {
    // What ends in the same turn is written together.
    await Promise.resolve();
    while (gathered.size > 0) {
      const batches = [...gathered];
      gathered.clear();
      const results = await Promise.all(batches.map(([partition, settlings]) => write(partition, settlings)));
      if (results.includes(false)) {
        if (closing) break;
        await setTimeout(againMs);
      }
    }
    writing = null;
  }

  async function write(partition: number, settlings: Settling[]): Promise<boolean> {
    for (let from = 0; from < settlings.length; from += atOnce) {
      const batch = settlings.slice(from, from + atOnce);
      try {
        const settled = await queue.settle(partition, batch);
        for (const { push } of batch) held.delete(nameOf(push));
        countReach(batch.filter((_, i) => settled[i] === true));
      } catch (error) {
        logger.debug({ err: error }, 'pushes not settled');
        for (const settling of settlings.slice(from)) gather(settling);
        return false;
      }
    }
    return true;
  }

  function countReach(settled: Settling[]): void {
    const phones = new Map<string, { neighbourhoodId: string; incidentId: string; count: number }>();
    for (const { push, acceptedFor } of settled) {
      if (acceptedFor === null) continue;
      const { neighbourhoodId } = push;
      const entry = phones.get(acceptedFor) ?? { neighbourhoodId, incidentId: acceptedFor, count: 0 };
      entry.count += 1;
      phones.set(acceptedFor, entry);
    }
    for (const { neighbourhoodId, incidentId, count } of phones.values()) {
      // A display, not a promise: whoever looks again sees the sum.
      addReach(redis, neighbourhoodId, incidentId, 'phones', count).catch((error: unknown) => {
        logger.debug({ err: error }, 'reach not counted');
      });
    }
  }

  return {
    hold,
    /** Done with; accepted for this incident, or for none. */
    done: (push: DuePush, acceptedFor: string | null = null) => add({ push, again: null, acceptedFor }),
    /** Due again. @param at epoch milliseconds */
    again: (push: DuePush, at: number, attempt: number) =>
      add({ push, again: { at: Math.round(at), attempt }, acceptedFor: null }),
    /** Writes what is gathered; gives up when Redis is away, since the leases bring the rest back. */
    async close(): Promise<void> {
      closing = true;
      await writing;
    },
  };
}

export type Settler = ReturnType<typeof createSettler>;
