import { Hono } from 'hono';
import * as v from 'valibot';
import {
  FoundCommand,
  Invite,
  InviteCommand,
  InviteCreated,
  Joined,
  Member,
  RoleCommand,
} from '../../shared/neighbourhoods.ts';
import { displayGeometry } from '../../shared/geo/simplify.ts';
import { parseBoundary, toGeometry } from '../../shared/geo/boundary.ts';
import { Id } from '../../shared/text.ts';
import { setSessionCookie } from '../auth/cookie.ts';
import { deviceNameOf } from '../auth/device-name.ts';
import { actorOf, addressOf, findSession, type Guarded, requireCoordinator } from '../auth/guards.ts';
import { commandOf } from '../auth/idempotency.ts';
import { getMember, listMemberships, maxMemberships } from '../auth/membership.ts';
import { originOf } from '../auth/origin.ts';
import type { Deps } from '../deps.ts';
import { AppError, invalid } from '../errors.ts';
import { derivedId, hashSecret, memberIdOf, newId } from '../ids.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { describe, json, pathParam } from '../validate.ts';
import { changeRole, type Decision, found, invite, remove, revoke } from './neighbourhood.ts';
import {
  createNeighbourhoodStore,
  foundingGuard,
  foundingWrites,
  inviteChange,
  inviterWrite,
  memberChange,
  recordMembership,
  revocationWrite,
} from './store.ts';

/** Unwraps a decision. @throws AppError with the refusal's code */
function settled<T>(decision: Decision<T>): T {
  if (!decision.ok) throw new AppError(decision.code);
  return decision;
}

/** Founding, members and invites; all below `/:n` is mounted behind the members' guard. */
export function neighbourhoodRoutes(deps: Deps) {
  const { env, redis, eventLog, sessions, limits, now, onMembership } = deps;
  const store = createNeighbourhoodStore(redis);
  const app = new Hono<Guarded>();

  app.post('/', describe('Found a neighbourhood', 201, Joined), json(FoundCommand), async (c) => {
    if (env.FOUNDING === 'closed') throw new AppError('FORBIDDEN');
    const command = await commandOf(c);
    await limits.count('founding', addressOf(c, env));
    const given = c.req.valid('json');
    const boundary = parseBoundary(given.boundary);
    if (!boundary.ok) throw invalid('boundary', `The boundary ${boundary.message}`);
    const session = await findSession(c, deps);
    const personId = session?.personId ?? derivedId('person', command.id);
    if ((await listMemberships(redis, personId)).length >= maxMemberships) throw new AppError('CONFLICT');
    const id = derivedId('neighbourhood', command.id);
    const at = now();
    const { neighbourhood, member, event } = found({
      id,
      name: given.name,
      boundary: displayGeometry(boundary.boundary),
      locale: given.locale ?? 'en',
      timeZone: given.timeZone ?? 'UTC',
      at,
      founder: { id: memberIdOf(personId, id), name: given.memberName },
    });
    if (member === null) throw new TypeError('a founder was given');
    const change = memberChange(id, null, member, { version: 0, ids: [] }, at);
    const receipt = {
      key: neighbourhoodKeys(id).receipt('found', command.id),
      fingerprint: command.fingerprint,
    };
    const committed = await eventLog.commit({
      neighbourhoodId: id,
      event,
      at,
      guards: [foundingGuard(id), ...change.guards],
      writes: [
        ...foundingWrites(neighbourhood, JSON.stringify(toGeometry(boundary.boundary))),
        ...change.writes,
        inviterWrite(id, member.id, null),
      ],
      body: { neighbourhood, member },
      receipt,
      epoch: newId(),
    });
    if (committed === null) throw new AppError('CONFLICT');
    // A repetition without the session of its first time comes from nobody known here: it learns the answer, no more.
    const mine = committed.body.member.id === memberIdOf(personId, id);
    if (mine) {
      await recordMembership(redis, personId, id, committed.body.member.id);
      await onMembership(personId, id, committed.body.member.id);
    }
    if (mine && session === null) {
      const device = derivedId('device', command.id);
      const token = await sessions.open(personId, device, deviceNameOf(c.req.header('user-agent')), command);
      setSessionCookie(c, env, token);
    }
    if (committed.replayed) c.header('Idempotency-Replayed', 'true');
    return c.json(committed.body, 201);
  });

  app.get('/:n/boundary', describe('The exact boundary, GeoJSON', 200), async (c) => {
    const boundary = await store.getBoundary(c.var.neighbourhoodId);
    if (boundary === null) throw new AppError('NOT_FOUND');
    return c.body(boundary, 200, { 'Content-Type': 'application/geo+json' });
  });

  app.get('/:n/members', describe('The members', 200, v.object({ members: v.array(Member) })), async (c) =>
    c.json({ members: await store.listMembers(c.var.neighbourhoodId) }),
  );

  app.put(
    '/:n/members/:m/role',
    describe('Give a role', 200, v.object({ member: Member })),
    json(RoleCommand),
    async (c) => {
      const { neighbourhoodId } = c.var;
      requireCoordinator(c.var.member);
      const actor = actorOf(c, deps);
      const { role } = c.req.valid('json');
      const memberId = pathParam(Id, c.req.param('m'));
      const committed = await eventLog.decideAndCommit(async () => {
        const [by, member, coordinators] = await Promise.all([
          actor(),
          getMember(redis, neighbourhoodId, memberId),
          store.getCoordinators(neighbourhoodId),
        ]);
        if (member === null) throw new AppError('NOT_FOUND');
        const decided = settled(changeRole(member, role, by.member, coordinators.ids.length));
        const at = now();
        const change = memberChange(neighbourhoodId, member, decided.member, coordinators, at);
        return {
          neighbourhoodId,
          event: decided.event,
          at,
          guards: [by.guard, ...change.guards],
          writes: change.writes,
          body: { member: decided.member },
        };
      });
      return c.json(committed.body);
    },
  );

  app.delete('/:n/members/:m', describe('Remove a member, or leave', 204), async (c) => {
    const { neighbourhoodId } = c.var;
    const actor = actorOf(c, deps);
    const memberId = pathParam(Id, c.req.param('m'));
    await eventLog.decideAndCommit(async () => {
      const [by, member, coordinators, active] = await Promise.all([
        actor(),
        getMember(redis, neighbourhoodId, memberId),
        store.getCoordinators(neighbourhoodId),
        store.countMembers(neighbourhoodId),
      ]);
      if (member === null) throw new AppError('NOT_FOUND');
      const decided = settled(remove(member, by.member, { active, coordinators: coordinators.ids.length }));
      const at = now();
      const change = memberChange(neighbourhoodId, member, decided.member, coordinators, at);
      return {
        neighbourhoodId,
        event: decided.event,
        at,
        guards: [by.guard, ...change.guards],
        writes: [...change.writes, revocationWrite(neighbourhoodId, memberId, at)],
        body: {},
      };
    });
    return c.body(null, 204);
  });

  app.post(
    '/:n/invites',
    describe('Invite neighbours', 201, InviteCreated),
    json(InviteCommand),
    async (c) => {
      const { neighbourhoodId, member } = c.var;
      const actor = actorOf(c, deps);
      const command = await commandOf(c);
      await limits.count('invites', member.id);
      const given = c.req.valid('json');
      const receipt = {
        key: neighbourhoodKeys(neighbourhoodId).receipt(member.id, command.id),
        fingerprint: command.fingerprint,
      };
      // The code is derived from the idempotency key, which is stored nowhere: a repetition gets the same link.
      const secret = command.secret(`invite ${neighbourhoodId} ${member.id}`);
      const committed =
        (await eventLog.replay<{ expiresAt: number }>(receipt)) ??
        (await eventLog.decideAndCommit(async () => {
          const at = now();
          const { guard } = await actor();
          const open = (await store.listInvites(neighbourhoodId, at)).filter(
            (i) => !i.revoked && i.uses < i.maxUses,
          );
          const request = { id: derivedId('invite', secret), ...given, openInvites: open.length };
          const decided = settled(invite(member.id, request, at));
          const change = inviteChange(neighbourhoodId, 0, {
            ...decided.invite,
            secretHash: hashSecret(secret),
          });
          return {
            neighbourhoodId,
            event: decided.event,
            at,
            guards: [guard, ...change.guards],
            writes: change.writes,
            body: { expiresAt: decided.invite.expiresAt },
            receipt,
          };
        }));
      if (committed.replayed) c.header('Idempotency-Replayed', 'true');
      const code = `${neighbourhoodId}.${secret}`;
      const url = `${originOf(c.req.url, env)}/join/${code}`;
      return c.json({ code, url, expiresAt: committed.body.expiresAt }, 201);
    },
  );

  app.get('/:n/invites', describe('The invites', 200, v.object({ invites: v.array(Invite) })), async (c) => {
    const invites = await store.listInvites(c.var.neighbourhoodId, now());
    return c.json({ invites: invites.map((stored) => v.parse(Invite, stored)) });
  });

  app.delete('/:n/invites/:i', describe('Revoke an invite', 204), async (c) => {
    const { neighbourhoodId } = c.var;
    const actor = actorOf(c, deps);
    const inviteId = pathParam(Id, c.req.param('i'));
    await eventLog.decideAndCommit(async () => {
      const [by, stored] = await Promise.all([actor(), store.getInvite(neighbourhoodId, inviteId)]);
      if (stored === null) throw new AppError('NOT_FOUND');
      const decided = settled(revoke(v.parse(Invite, stored), by.member));
      const next = { ...decided.invite, secretHash: stored.secretHash };
      const change = inviteChange(neighbourhoodId, stored.version, next);
      return {
        neighbourhoodId,
        event: decided.event,
        at: now(),
        guards: [by.guard, ...change.guards],
        writes: change.writes,
        body: {},
      };
    });
    return c.body(null, 204);
  });

  return app;
}
