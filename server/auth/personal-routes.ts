import { Hono } from 'hono';
import * as v from 'valibot';
import type { Deps, Keeper, Own, PersonKeeper } from '../deps.ts';
import { eraseEntries } from '../eventlog/erasing.ts';
import { requestCompaction } from '../redis/compaction.ts';
import { personKeys } from '../redis/keys.ts';
import { asRecord } from '../redis/reply.ts';
import { describe, query } from '../validate.ts';
import { clearSessionCookie } from './cookie.ts';
import { type Guarded, signedIn } from './guards.ts';
import type { Session } from './session.ts';

/** That somebody is erased is asked for in so many words, by no link and no slip. */
const EraseQuery = v.strictObject({ confirm: v.literal('erase') });

/** Times as people and other programs read them: ISO 8601. */
const readable = (name: string, value: unknown): unknown =>
  typeof value === 'number' && /(?:^at|At)$/u.test(name) ? new Date(value).toISOString() : value;
const written = (value: unknown) => JSON.stringify(value, readable);

/** Where it fails on the way the connection breaks: nobody takes half a file for the whole. */
function streamOf(parts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await parts.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: async () => void (await parts.return(undefined)),
  });
}

/**
 * All that is mine: to take along, and to erase.
 * @param keepers what features hold of a member of one neighbourhood, in the order in which it is erased: membership
 *   first, so that nothing new of theirs comes meanwhile
 * @param persons what features hold of a person outside of neighbourhoods
 */
export function personalRoutes(
  deps: Deps,
  keepers: readonly Keeper[],
  persons: readonly PersonKeeper[],
): Hono<Guarded> {
  const { env, redis, sessions, limits, now } = deps;
  const app = new Hono<Guarded>();

  /** Also neighbourhoods that they have left: what they wrote is still there. */
  async function belongings(personId: string): Promise<Own[]> {
    const { memberships } = personKeys(personId);
    // Bounded by `maxMemberships`.
    const claims = asRecord(await redis.send(memberships, 'HGETALL', memberships));
    return Object.entries(claims).map(([neighbourhoodId, memberId]) => ({ neighbourhoodId, memberId }));
  }

  /** One JSON document, a neighbourhood at a time. */
  async function* document(session: Session): AsyncGenerator<string> {
    const { personId } = session;
    const person = {
      id: personId,
      devices: await sessions.list(session),
      ...Object.assign({}, ...(await Promise.all(persons.map((keeper) => keeper.handOver(personId))))),
    };
    yield `{"exportedAt":${written(new Date(now()).toISOString())},"person":${written(person)},"neighbourhoods":[`;
    let between = '';
    for (const own of await belongings(personId)) {
      const parts: object[] = [];
      for (const keeper of keepers) parts.push((await keeper.handOver?.(own)) ?? {});
      yield between + written(Object.assign({}, ...parts));
      between = ',';
    }
    yield ']}\n';
  }

  app.get('/me/export', describe('All that is mine, as one file', 200), signedIn(deps), async (c) => {
    const { session } = c.var;
    await limits.count('exports', session.personId);
    return c.body(streamOf(document(session)), 200, {
      'Content-Type': 'application/json',
      'Content-Disposition': 'attachment; filename="vigie-export.json"',
    });
  });

  app.delete('/me', describe('Erase me, everywhere', 204), signedIn(deps), query(EraseQuery), async (c) => {
    const { session } = c.var;
    const { personId } = session;
    await limits.count('exports', personId);
    const owned = await belongings(personId);
    // Refused as a whole, or done as a whole; what a crash leaves undone the next request does.
    for (const own of owned) for (const keeper of keepers) await keeper.refuse?.(own);
    // This device stays signed in until all is done, so that it can ask again; the others leave now.
    for (const { id, current } of await sessions.list(session))
      if (!current) await sessions.close(personId, id);
    for (const own of owned) {
      for (const keeper of keepers) await keeper.beforeErasing?.(own);
      for (const keeper of keepers) await keeper.erase?.(own);
      await eraseEntries(redis, own.neighbourhoodId, { memberId: own.memberId });
      for (const keeper of keepers) await keeper.afterErasing?.(own);
    }
    for (const keeper of persons) await keeper.erase(personId);
    await sessions.forget(session);
    await requestCompaction(redis, now());
    clearSessionCookie(c, env);
    c.header('Clear-Site-Data', '"cache", "storage"');
    return c.body(null, 204);
  });

  return app;
}
