import type { Pointer, PushQueue } from './queue.ts';

export type AcknowledgementsDeps = {
  queue: Pick<PushQueue, 'acknowledge'>;
  everyMs?: number;
};

/** So many of a partition are not waited with. */
const atOnce = 100;

/**
 * Acknowledges pointers that tell nobody, together: each write waits for the disk, and whoever raises an alert waits with
 * it. A worker that dies first leaves them to be read again, as any that it had in hand.
 */
export function createAcknowledgements({ queue, everyMs = 1000 }: AcknowledgementsDeps) {
  const waiting = new Map<number, Pointer[]>();

  async function write(partition: number): Promise<void> {
    const pointers = waiting.get(partition) ?? [];
    waiting.delete(partition);
    try {
      await queue.acknowledge(partition, pointers);
    } catch {
      // Redis is away: with the next ones.
      waiting.set(partition, [...pointers, ...(waiting.get(partition) ?? [])]);
    }
  }

  const writeAll = async (): Promise<void> => {
    await Promise.all(Array.from(waiting.keys(), write));
  };
  const timer = setInterval(() => void writeAll(), everyMs);

  return {
    add(partition: number, pointers: readonly Pointer[]): void {
      const others = waiting.get(partition) ?? [];
      waiting.set(partition, others);
      others.push(...pointers);
      if (others.length >= atOnce) void write(partition);
    },
    /** Writes what waits; gives up where Redis is away. */
    async close(): Promise<void> {
      clearInterval(timer);
      await writeAll();
    },
  };
}
