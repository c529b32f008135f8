import * as v from 'valibot';
import { Neighbourhood } from '../../shared/neighbourhoods.ts';
import { eraseEntries } from '../eventlog/erasing.ts';
import { entityJson, type EventLog } from '../eventlog/eventlog.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asNullableString, asStrings } from '../redis/reply.ts';

const day = 24 * 3600 * 1000;
const mostLogDays = 90;
const mostEntries = 100_000;
const invitesKeptDays = 30;

type RetentionDeps = { redis: Redis; eventLog: EventLog; now: () => number };

/** After how many days a neighbourhood forgets; null where there is no such neighbourhood any more. */
async function daysOf({ redis }: RetentionDeps, neighbourhoodId: string): Promise<number | null> {
  const { meta } = neighbourhoodKeys(neighbourhoodId);
  const stored = asNullableString(await redis.send(meta, 'HGET', meta, 'neighbourhood'));
  if (stored === null) return null;
  return v.parse(v.pick(Neighbourhood, ['retentionDays']), JSON.parse(entityJson(stored))).retentionDays;
}

/** The oldest entry to keep, by the log's life and its length; the newest stays, since it holds the head. */
async function oldestToKeep(
  { eventLog, now }: RetentionDeps,
  neighbourhoodId: string,
  days: number,
): Promise<number> {
  const head = await eventLog.head(neighbourhoodId);
  if (head === null) return 0;
  const oldest = now() - days * day;
  const tooOld = async (seq: number) => {
    const [entry] = await eventLog.read(neighbourhoodId, seq - 1, seq);
    return entry !== undefined && (JSON.parse(entry.json) as { at: number }).at < oldest;
  };
  let low = Math.max(await eventLog.first(neighbourhoodId), head.seq - mostEntries + 1);
  let high = head.seq;
  // Entries are in the order of their times but for clock jumps, which retention can bear.
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await tooOld(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function dropInvites({ redis, now }: RetentionDeps, neighbourhoodId: string): Promise<void> {
  const keys = neighbourhoodKeys(neighbourhoodId);
  const before = String(now() - invitesKeptDays * day);
  const ids = asStrings(
    await redis.send(keys.inviteExpiry, 'ZRANGE', keys.inviteExpiry, '-inf', before, 'BYSCORE'),
  );
  if (ids.length === 0) return;
  await redis.send(keys.invites, 'HDEL', keys.invites, ...ids);
  await redis.send(keys.inviteExpiry, 'ZREM', keys.inviteExpiry, ...ids);
}

/**
 * Everything that grows has an end: once a day for each neighbourhood, and when it changes after how many days.
 * @param forgets what features have to forget, in this order; the log follows them
 */
export function retention(
  deps: RetentionDeps,
  forgets: readonly ((neighbourhoodId: string, days: number) => Promise<void>)[],
) {
  return async (neighbourhoodId: string): Promise<number | null> => {
    const days = await daysOf(deps, neighbourhoodId);
    if (days === null) return null;
    for (const forget of forgets) await forget(neighbourhoodId, days);
    const from = await oldestToKeep(deps, neighbourhoodId, Math.min(mostLogDays, days));
    // What became of an incident late in its life is told again by entries that are younger.
    await eraseEntries(deps.redis, neighbourhoodId, { from });
    await dropInvites(deps, neighbourhoodId);
    return deps.now() + day;
  };
}
