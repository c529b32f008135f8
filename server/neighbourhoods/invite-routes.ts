import { type Context, Hono } from 'hono';
import * as v from 'valibot';
import { AcceptCommand, Invite, InviteCode, InvitePreview, Joined } from '../../shared/neighbourhoods.ts';
import { setSessionCookie } from '../auth/cookie.ts';
import { deviceNameOf } from '../auth/device-name.ts';
import { addressOf, findSession } from '../auth/guards.ts';
import { commandOf } from '../auth/idempotency.ts';
import { getMember, listMemberships, maxMemberships } from '../auth/membership.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { derivedId, memberIdOf, secretMatches } from '../ids.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { describe, json, pathParam } from '../validate.ts';
import { accept, isOpen, maxMembers } from './neighbourhood.ts';
import {
  createNeighbourhoodStore,
  inviteChange,
  inviterWrite,
  memberChange,
  recordMembership,
  type StoredInvite,
} from './store.ts';

/** The way in: what an invite's link leads to. All links that open nothing answer alike. */
export function inviteRoutes(deps: Deps) {
  const { env, redis, eventLog, sessions, limits, now, onMembership } = deps;
  const store = createNeighbourhoodStore(redis);
  const app = new Hono();

  /** @throws AppError NOT_FOUND for every code that is not an invite's, counted as a guess */
  async function requireInvite(c: Context): Promise<{ neighbourhoodId: string; stored: StoredInvite }> {
    const address = addressOf(c, env);
    await limits.check('guesses', address);
    const code = v.safeParse(InviteCode, c.req.param('code'));
    if (code.success) {
      const [neighbourhoodId = '', secret = ''] = code.output.split('.');
      const stored = await store.getInvite(neighbourhoodId, derivedId('invite', secret));
      if (stored !== null && secretMatches(secret, stored.secretHash)) return { neighbourhoodId, stored };
    }
    await limits.count('guesses', address);
    throw new AppError('NOT_FOUND');
  }

  app.get('/:code', describe('What an invite leads to; never uses it up', 200, InvitePreview), async (c) => {
    const { neighbourhoodId, stored } = await requireInvite(c);
    const [neighbourhood, inviter] = await Promise.all([
      store.getNeighbourhood(neighbourhoodId),
      getMember(redis, neighbourhoodId, stored.invitedBy),
    ]);
    if (neighbourhood === null || !isOpen(stored, inviter, now())) throw new AppError('NOT_FOUND');
    return c.json({ neighbourhoodName: neighbourhood.name, invitedByName: inviter?.name ?? '' });
  });

  app.post('/:code/accept', describe('Accept an invite', 201, Joined), json(AcceptCommand), async (c) => {
    const command = await commandOf(c);
    const { neighbourhoodId: id, stored: found } = await requireInvite(c);
    await limits.count('joining', addressOf(c, env));
    const session = await findSession(c, deps);
    const personId =
      session?.personId ?? derivedId('person', pathParam(InviteCode, c.req.param('code')), command.id);
    const memberId = memberIdOf(personId, id);
    const receipt = {
      key: neighbourhoodKeys(id).receipt(memberId, command.id),
      fingerprint: command.fingerprint,
    };
    const earlier = await eventLog.replay<Joined>(receipt);
    if (earlier === null && session !== null) {
      const [neighbourhood, member] = await Promise.all([
        store.getNeighbourhood(id),
        getMember(redis, id, memberId),
      ]);
      if (neighbourhood !== null && member?.status === 'active') {
        // Heals what a crash right after an earlier accept may have left out.
        await recordMembership(redis, personId, id, memberId);
        await onMembership(personId, id, memberId);
        return c.json({ neighbourhood, member }, 200);
      }
      if ((await listMemberships(redis, personId)).length >= maxMemberships) throw new AppError('CONFLICT');
    }
    const committed =
      earlier ??
      (await eventLog.decideAndCommit(async () => {
        const [stored, inviter, before, coordinators, neighbourhood, count] = await Promise.all([
          store.getInvite(id, found.id),
          getMember(redis, id, found.invitedBy),
          getMember(redis, id, memberId),
          store.getCoordinators(id),
          store.getNeighbourhood(id),
          store.countMembers(id),
        ]);
        if (stored === null || neighbourhood === null) throw new AppError('NOT_FOUND');
        if (count >= maxMembers) throw new AppError('CONFLICT');
        const newcomer = {
          id: memberId,
          name: c.req.valid('json').memberName,
          first: coordinators.ids.length === 0,
        };
        const at = now();
        const decided = accept(v.parse(Invite, stored), inviter, before, newcomer, at);
        if (!decided.ok) throw new AppError(decided.code);
        const use = inviteChange(id, stored.version, { ...decided.invite, secretHash: stored.secretHash });
        // Joining the last member and that member leaving must not both succeed: one of them sees the other.
        const entry = memberChange(id, before, decided.member, coordinators, at, count <= 1);
        return {
          neighbourhoodId: id,
          event: decided.event,
          at,
          guards: [...use.guards, ...entry.guards],
          writes: [
            ...use.writes,
            ...entry.writes,
            inviterWrite(id, memberId, newcomer.first ? null : stored.invitedBy),
          ],
          body: { neighbourhood, member: decided.member },
          receipt,
        };
      }));
    await recordMembership(redis, personId, id, memberId);
    await onMembership(personId, id, memberId);
    if (session === null) {
      const device = derivedId('device', personId, command.id);
      setSessionCookie(
        c,
        env,
        await sessions.open(personId, device, deviceNameOf(c.req.header('user-agent')), command),
      );
    }
    if (committed.replayed) c.header('Idempotency-Replayed', 'true');
    return c.json(committed.body, 201);
  });

  return app;
}
