import { Hono } from 'hono';
import * as v from 'valibot';
import { Devices, LinkCode, LinkCreated, Me, UseLinkCommand } from '../../shared/auth.ts';
import { Id } from '../../shared/text.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { derivedId } from '../ids.ts';
import { describe, json, pathParam } from '../validate.ts';
import { clearSessionCookie, setSessionCookie } from './cookie.ts';
import { deviceNameOf } from './device-name.ts';
import { addressOf, findSession, type Guarded, signedIn } from './guards.ts';
import { commandOf } from './idempotency.ts';
import { listMemberships } from './membership.ts';
import { originOf } from './origin.ts';
import type { Session } from './session.ts';

const linkSeconds = 600;

/** Devices and their sessions. */
export function authRoutes(deps: Deps) {
  const { env, redis, sessions, limits } = deps;
  const app = new Hono<Guarded>();

  const meOf = async ({ personId, deviceId }: Session): Promise<Me> => ({
    person: { id: personId, deviceId },
    memberships: await listMemberships(redis, personId),
  });

  app.get('/me', describe('Who I am, and where I belong', 200, Me), signedIn(deps), async (c) =>
    c.json(await meOf(c.var.session)),
  );

  app.delete('/session', describe('Sign this device out', 204), async (c) => {
    const session = await findSession(c, deps);
    if (session !== null) await sessions.close(session.personId, session.deviceId);
    clearSessionCookie(c, env);
    c.header('Clear-Site-Data', '"cache", "storage"');
    return c.body(null, 204);
  });

  app.get('/devices', describe('My devices', 200, Devices), signedIn(deps), async (c) =>
    c.json({ devices: await sessions.list(c.var.session) }),
  );

  app.delete('/devices/:d', describe('Sign one of my devices out', 204), signedIn(deps), async (c) => {
    const deviceId = pathParam(Id, c.req.param('d'));
    if (!(await sessions.close(c.var.session.personId, deviceId))) throw new AppError('NOT_FOUND');
    return c.body(null, 204);
  });

  app.post(
    '/device-links',
    describe('A link for one more device of mine', 201, LinkCreated),
    signedIn(deps),
    async (c) => {
      const { personId } = c.var.session;
      const command = await commandOf(c);
      await limits.count('commands', personId);
      const link = await sessions.createLink(personId, command, linkSeconds);
      if (link.replayed) c.header('Idempotency-Replayed', 'true');
      const code = `${personId}.${link.secret}`;
      const url = `${originOf(c.req.url, env)}/link/${code}`;
      return c.json({ code, url, expiresAt: link.createdAt + linkSeconds * 1000 }, 201);
    },
  );

  app.post(
    '/device-links/:code/use',
    describe('Sign this device in', 201, Me),
    json(UseLinkCommand),
    async (c) => {
      const command = await commandOf(c);
      const address = addressOf(c, env);
      await limits.check('guesses', address);
      const code = v.safeParse(LinkCode, c.req.param('code'));
      const [personId = '', secret = ''] = code.success ? code.output.split('.') : [];
      if (!code.success || !(await sessions.useLink(personId, secret, command))) {
        await limits.count('guesses', address);
        throw new AppError('NOT_FOUND');
      }
      const name = c.req.valid('json').deviceName ?? deviceNameOf(c.req.header('user-agent'));
      const deviceId = derivedId('device', personId, command.id);
      setSessionCookie(c, env, await sessions.open(personId, deviceId, name, command));
      return c.json(await meOf({ personId, deviceId }), 201);
    },
  );

  return app;
}
