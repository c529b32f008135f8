import * as v from 'valibot';
import { Relay } from '../../shared/relays.ts';
import type { Deps, Keeper } from '../deps.ts';
import { encodeEntity, entityJson } from '../eventlog/eventlog.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asStrings } from '../redis/reply.ts';
import { scanHash } from '../redis/scan.ts';
import { createRelayStore } from './store.ts';
import { maySee } from './pairing.ts';
import { relayLeaver } from './timer.ts';

const day = 24 * 3600 * 1000;
/** Looked at at once. */
const batch = '500';

type KeeperDeps = Pick<Deps, 'redis' | 'eventLog' | 'now'>;

/** What is kept of a member who tells somebody without a phone: for handing it over, and for erasing it. */
export function relayKeeper(deps: KeeperDeps): Keeper {
  const { redis } = deps;
  const store = createRelayStore(redis);

  async function naming(neighbourhoodId: string, memberId: string): Promise<Relay[]> {
    const found = new Map<string, Relay>();
    for await (const page of scanHash(redis, neighbourhoodKeys(neighbourhoodId).relays))
      for (const [id, stored] of page)
        if (stored.includes(memberId)) found.set(id, v.parse(Relay, JSON.parse(entityJson(stored))));
    return [...found.values()];
  }

  return {
    async handOver({ neighbourhoodId, memberId }) {
      const [{ pairings }, relays] = await Promise.all([
        store.getBook(neighbourhoodId),
        naming(neighbourhoodId, memberId),
      ]);
      const own = pairings.filter((one) => maySee(one, { id: memberId, role: 'resident' }));
      return {
        withoutPhone: own.map(({ name, at, asked }) => ({ name, at, answered: asked !== memberId })),
        passedOn: relays.flatMap(({ incidentId, told }) =>
          told?.by === memberId ? [{ incidentId, at: told.at }] : [],
        ),
      };
    },

    /** Who they told is still to be told: by the other buddy, or by whoever a coordinator finds. */
    async erase({ neighbourhoodId, memberId }) {
      await relayLeaver(deps)(neighbourhoodId, memberId);
      const { relays } = neighbourhoodKeys(neighbourhoodId);
      for (const relay of await naming(neighbourhoodId, memberId)) {
        const { version, asked, told } = relay;
        const without: Relay = {
          ...relay,
          version: version + 1,
          asked: asked.filter((id) => id !== memberId),
          told: told?.by === memberId ? { ...told, by: null } : told,
        };
        await redis.send(relays, 'HSET', relays, relay.id, encodeEntity(without));
      }
    },
  };
}

/** Forgets who was told of what, as incidents are forgotten. */
export function forgetRelays({ redis, now }: Pick<Deps, 'redis' | 'now'>) {
  return async (neighbourhoodId: string, days: number): Promise<void> => {
    const { relays, relayTimes } = neighbourhoodKeys(neighbourhoodId);
    const range = ['-inf', String(now() - days * day), 'BYSCORE', 'LIMIT', '0', batch];
    for (;;) {
      const ids = asStrings(await redis.send(relayTimes, 'ZRANGE', relayTimes, ...range));
      if (ids.length === 0) return;
      await redis.send(relays, 'HDEL', relays, ...ids);
      // Last: what a crash leaves is found again.
      await redis.send(relayTimes, 'ZREM', relayTimes, ...ids);
    }
  };
}
