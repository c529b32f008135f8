import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

// A file beside Redis' own says that acknowledged writes were lost, until every log has got a new epoch.
const marker = (dir: string) => join(dir, 'entries-lost');

export async function markEntriesLost(dir: string): Promise<void> {
  const file = await open(marker(dir), 'w', 0o600);
  await file.sync();
  await file.close();
}

export async function wereEntriesLost(dir: string): Promise<boolean> {
  return await stat(marker(dir)).then(
    () => true,
    () => false,
  );
}

export async function forgetEntriesLost(dir: string): Promise<void> {
  await rm(marker(dir), { force: true });
}
