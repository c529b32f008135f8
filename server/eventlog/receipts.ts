import { loadScript, type Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asNullableString } from '../redis/reply.ts';
import { scanKeys, scanSet } from '../redis/scan.ts';

const rewriteScript = loadScript(new URL('./rewrite-receipt.lua', import.meta.url));

/** Lets a repeated command be answered otherwise. The receipt stays: it still does nothing twice. */
async function rewrite(redis: Redis, name: string, change: (body: string) => string): Promise<void> {
  const before = asNullableString(await redis.send(name, 'HGET', name, 'body'));
  if (before === null) return;
  const after = change(before);
  if (after !== before) await redis.run(rewriteScript, [name], [before, after]);
}

/**
 * Takes somebody out of what others' commands were answered with.
 * @param id what the bodies that name them hold
 * @param instead what stands in their place there, by what it takes the place of
 */
export async function takeFromReceipts(
  redis: Redis,
  neighbourhoodId: string,
  id: string,
  instead: ReadonlyMap<string, string>,
): Promise<void> {
  const { meta, receipt } = neighbourhoodKeys(neighbourhoodId);
  const without = (before: string) =>
    before.includes(id)
      ? [...instead].reduce((body, [text, other]) => body.replaceAll(text, other), before)
      : before;
  for await (const names of scanKeys(redis, meta, receipt('*', '*'))) {
    for (const name of names) await rewrite(redis, name, without);
  }
}

/** Takes something out of what commands about one incident were answered with. */
export async function takeFromReceiptsOf(
  redis: Redis,
  neighbourhoodId: string,
  incidentId: string,
  change: (body: string) => string,
): Promise<void> {
  const { incidentReceipts } = neighbourhoodKeys(neighbourhoodId);
  for await (const names of scanSet(redis, incidentReceipts(incidentId))) {
    for (const name of names) await rewrite(redis, name, change);
  }
}
