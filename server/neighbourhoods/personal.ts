import { getMember } from '../auth/membership.ts';
import type { Deps, Keeper, Own } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Write } from '../eventlog/eventlog.ts';
import { takeFromReceipts } from '../eventlog/receipts.ts';
import { derivedId } from '../ids.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { scanHash, scanKeys } from '../redis/scan.ts';
import { dropReceipts } from './forgetting.ts';
import { leaveForGood, remove } from './neighbourhood.ts';
import { createKitStore } from './kit-store.ts';
import { createNeighbourhoodStore, memberChange, parseInvite, revocationWrite } from './store.ts';

/** What a neighbourhood holds of one member: for handing it over, and for erasing it. */
export function membershipKeeper({ redis, eventLog, now }: Pick<Deps, 'redis' | 'eventLog' | 'now'>): Keeper {
  const store = createNeighbourhoodStore(redis);
  const kits = createKitStore(redis);

  async function situation({ neighbourhoodId, memberId }: Own) {
    const [member, coordinators, active] = await Promise.all([
      getMember(redis, neighbourhoodId, memberId),
      store.getCoordinators(neighbourhoodId),
      store.countMembers(neighbourhoodId),
    ]);
    return { member, coordinators, active };
  }

  const lastCoordinator = () => {
    const message = 'make somebody else coordinator first: the neighbours would have none';
    return new AppError('CONFLICT', { issues: [{ path: 'memberships', message }] });
  };

  /** The last one takes the neighbourhood along: nobody is left whose it would be. */
  async function endNeighbourhood(neighbourhoodId: string): Promise<void> {
    const keys = neighbourhoodKeys(neighbourhoodId);
    for await (const names of scanKeys(redis, keys.meta, keys.all)) {
      await redis.send(keys.meta, 'UNLINK', ...names);
    }
    await redis.send(keys.timers, 'ZREM', keys.timers, `retention:${neighbourhoodId}`);
  }

  return {
    async refuse(own) {
      const { member, coordinators, active } = await situation(own);
      if (member?.status !== 'active') return;
      const decided = remove(member, member, { active, coordinators: coordinators.ids.length });
      if (!decided.ok) throw lastCoordinator();
    },

    async handOver({ neighbourhoodId, memberId }) {
      const [neighbourhood, member, { kit }] = await Promise.all([
        store.getNeighbourhood(neighbourhoodId),
        getMember(redis, neighbourhoodId, memberId),
        kits.get(neighbourhoodId, memberId),
      ]);
      const invites = [];
      for await (const page of scanHash(redis, neighbourhoodKeys(neighbourhoodId).invites)) {
        invites.push(
          ...page.map(([, stored]) => parseInvite(stored)).filter(({ invitedBy }) => invitedBy === memberId),
        );
      }
      return {
        neighbourhood: { id: neighbourhoodId, name: neighbourhood?.name ?? null },
        member,
        kit,
        invites,
      };
    },

    async erase(own) {
      const { neighbourhoodId, memberId } = own;
      const keys = neighbourhoodKeys(neighbourhoodId);
      for (;;) {
        const { member, coordinators, active } = await situation(own);
        if (member === null || (member.status === 'removed' && member.name === '')) break;
        const decided = leaveForGood(member, { active, coordinators: coordinators.ids.length });
        if (!decided.ok) throw lastCoordinator();
        const at = now();
        const last = member.status === 'active' && active <= 1;
        const change = memberChange(neighbourhoodId, member, decided.member, coordinators, at, last);
        const committed = await eventLog.commit({
          neighbourhoodId,
          event: decided.event,
          at,
          guards: change.guards,
          writes: [
            ...change.writes,
            revocationWrite(neighbourhoodId, memberId, at),
            ['ZREM', keys.membersLeft, memberId],
            ['HDEL', keys.inviters, memberId],
            // Nobody comes in any more, from this moment on.
            ...(last ? [['UNLINK', keys.invites] satisfies Write] : []),
          ],
          body: {},
        });
        if (committed !== null) break;
      }
      await dropReceipts(redis, neighbourhoodId, memberId);
    },

    async afterErasing({ neighbourhoodId, memberId }) {
      const nobody = derivedId('nobody', neighbourhoodId);
      await takeFromReceipts(redis, neighbourhoodId, memberId, new Map([[memberId, nobody]]));
      const { memberOrder, invites } = neighbourhoodKeys(neighbourhoodId);
      const left = await redis.send(memberOrder, 'EXISTS', memberOrder);
      const open = await redis.send(invites, 'EXISTS', invites);
      if (left === 0 && open === 0) await endNeighbourhood(neighbourhoodId);
    },
  };
}
