import { newId } from '../ids.ts';
import { loadScript, type Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asArray, asNullableString, asNumber } from '../redis/reply.ts';

const eraseScript = loadScript(new URL('./erase-entries.lua', import.meta.url));
/** Entries in one step of Redis: a few milliseconds. */
const page = 300;
const unfinishedSeconds = 3600;

type Erasing = {
  /** The oldest seq to keep; what is before goes wholly. */
  from?: number;
  /**
   * Who is erased: then the log begins a new epoch, so that every device drops what it knows and starts from a snapshot.
   */
  memberId?: string;
};

/**
 * Empties what the log still says of incidents that are gone, and, of an erased member, every entry that names them.
 * What is emptied keeps its seq. May be repeated, and does nothing where there is nothing to do.
 *
 * Entries before `from` are left out of the copy instead of being trimmed: Redis only marks what it trims inside a block
 * of entries, and keeps its bytes, in the file too, for as long as one entry of the block is there.
 */
export async function eraseEntries(
  redis: Redis,
  neighbourhoodId: string,
  { from = 0, memberId = '' }: Erasing = {},
): Promise<void> {
  const keys = neighbourhoodKeys(neighbourhoodId);
  const epoch = memberId === '' ? '' : newId();

  async function isToTrim(): Promise<boolean> {
    const before = ['-', `(0-${from}`, 'COUNT', '1'];
    return from > 0 && asArray(await redis.send(keys.log, 'XRANGE', keys.log, ...before)).length > 0;
  }

  async function run(how: 'look' | 'copy'): Promise<string> {
    const copy = keys.logCopy(newId());
    const replaced = asNullableString(await redis.send(keys.meta, 'HGET', keys.meta, 'replaced')) ?? '0';
    for (let after = Math.max(0, from - 1); ;) {
      const [outcome, last] = asArray(
        await redis.run(
          eraseScript,
          [keys.log, keys.incidents, keys.meta, copy],
          [...[how, String(after), String(page), memberId], ...[replaced, epoch, String(unfinishedSeconds)]],
        ),
      );
      if (outcome !== 'more') return String(outcome);
      after = asNumber(last);
    }
  }

  while ((await isToTrim()) || (await run('look')) === 'found') {
    if ((await run('copy')) === 'done') return;
  }
}
