import { createWriteStream, type WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';

const quoted = (cell: string) => (/[",\r\n]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** Writes rows that could not be used to a CSV file: their line, the reason, then their cells as they were. */
export function createRejects(path: string) {
  const reasons = new Map<string, number>();
  let total = 0;
  let file: WriteStream | undefined;

  return {
    async add(line: number, reason: string, cells: readonly string[]): Promise<void> {
      total += 1;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      if (file === undefined) {
        file = createWriteStream(path);
        await once(file, 'open');
        file.write('line,reason,row…\n');
      }
      const room = file.write(`${[String(line), reason, ...cells].map(quoted).join(',')}\n`);
      if (!room) await once(file, 'drain');
    },
    count: () => total,
    /** Most frequent first. */
    reasons: () => [...reasons].toSorted(([, p], [, q]) => q - p),
    /** @param complete whether all rows were read: where none was rejected, an earlier run's file goes too */
    async close(complete: boolean): Promise<void> {
      if (file !== undefined) {
        file.end();
        await finished(file);
      } else if (complete) await rm(path, { force: true });
    },
  };
}
