import { loadScript, type Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asNullableString } from '../redis/reply.ts';
import { scanKeys } from '../redis/scan.ts';

const rewriteScript = loadScript(new URL('./rewrite-receipt.lua', import.meta.url));

/**
 * Takes somebody out of what others' commands were answered with. The receipts stay: a repeated command still does
 * nothing twice, and is answered without them.
 * @param id what the bodies that name them hold
 * @param instead what stands in their place there, by what it takes the place of; or what makes a new body of it
 */
export async function takeFromReceipts(
  redis: Redis,
  neighbourhoodId: string,
  id: string,
  instead: ReadonlyMap<string, string> | ((body: string) => string),
): Promise<void> {
  const { meta, receipt } = neighbourhoodKeys(neighbourhoodId);
  for await (const names of scanKeys(redis, meta, receipt('*', '*'))) {
    for (const name of names) {
      const before = asNullableString(await redis.send(name, 'HGET', name, 'body'));
      if (before === null || !before.includes(id)) continue;
      const after =
        typeof instead === 'function'
          ? instead(before)
          : [...instead].reduce((body, [text, other]) => body.replaceAll(text, other), before);
      await redis.run(rewriteScript, [name], [before, after]);
    }
  }
}
