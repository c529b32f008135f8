import { randomInt } from 'node:crypto';
import { type Context, Hono } from 'hono';
import * as v from 'valibot';
import { Id } from '../../../shared/text.ts';
import {
  AddWayCommand,
  StopCode,
  VerifyWayCommand,
  WayAdded,
  WayAnswer,
  WayCommand,
  Ways,
} from '../../../shared/ways.ts';
import { addressOf, type Guarded, signedIn } from '../../auth/guards.ts';
import { type Command, commandOf } from '../../auth/idempotency.ts';
import { originOf } from '../../auth/origin.ts';
import type { Deps, PersonKeeper } from '../../deps.ts';
import { AppError, invalid } from '../../errors.ts';
import { derivedId, hashSecret, newSecret, secretMatches } from '../../ids.ts';
import { personKeys } from '../../redis/keys.ts';
import { asNullableString } from '../../redis/reply.ts';
import { describe, json, pathParam } from '../../validate.ts';
import { createSubscriptionStore } from '../store.ts';
import { checkAddress, topicIn } from './address.ts';
import { createCarriers, kindsOf, wayOptionsOf } from './carriers.ts';
import { codeNote, testNote } from './note.ts';
import { signingSecretOf } from './posts.ts';
import { runOf } from './sender.ts';
import { createWayStore } from './store.ts';
import { choose, newWay, roomFor, type StoredWay, verify, wayIdOf } from './way.ts';

const sendWithinMs = 10_000;
const testSeconds = 600;

/** What a mail program sends by itself carries a form, no JSON (RFC 8058). */
export const isStop = (c: Context) => c.req.method === 'POST' && c.req.path.startsWith('/api/ways/stop/');

function storeOf({ redis, now }: Pick<Deps, 'redis' | 'now'>) {
  return createWayStore(redis, createSubscriptionStore(redis, now));
}

/** By what a person is told beside push. Nothing is told by a way before a code came back from it. */
export function wayRoutes(deps: Deps) {
  const { env, redis, limits, now } = deps;
  const options = wayOptionsOf(env);
  const store = storeOf(deps);
  const carriers = createCarriers({ ways: options, now, timeoutMs: sendWithinMs, pooled: false });
  const app = new Hono<Guarded>();
  const codeHash = (wayId: string, code: string) => hashSecret(`${wayId} ${code}`);

  /** @throws AppError INVALID_INPUT for what this server cannot, or must not, send to */
  function checked(command: AddWayCommand): string {
    if (!kindsOf(options).includes(command.kind)) throw invalid('kind', 'is not set up on this server');
    if (command.kind === 'email') return command.address;
    const check = checkAddress(command.address, options.extraOrigins);
    if (!check.ok) throw invalid('address', check.reason);
    if (command.kind === 'ntfy' && topicIn(check.url) === null)
      throw invalid('address', 'must end with a topic');
    return check.url.href;
  }

  async function requireWay(c: Context<Guarded>): Promise<StoredWay> {
    const way = await store.get(c.var.session.personId, pathParam(Id, c.req.param('w')));
    if (way === null) throw new AppError('NOT_FOUND');
    return way;
  }

  /** Counts what makes us write to somebody: by who asks, from where, and to whom. */
  async function countFor(c: Context<Guarded>, { kind, address }: Pick<StoredWay, 'kind' | 'address'>) {
    await limits.count('ways', c.var.session.personId);
    await limits.count('ways', addressOf(c, env));
    await limits.count('wayAddresses', hashSecret(`${kind} ${address.toLowerCase()}`));
  }

  async function makeRoom(personId: string): Promise<void> {
    const stale = roomFor(await store.all(personId), now());
    for (const wayId of stale ?? []) await store.remove(personId, wayId);
  }

  function made(c: Context<Guarded>, wayId: string, add: AddWayCommand, command: Command, code: string) {
    const { kind, locale, timeZone } = add;
    const halves = ['signing', 'signature'].map((part) => Buffer.from(command.secret(part), 'base64url'));
    return newWay({
      ...{ id: wayId, kind, address: checked(add), locale, timeZone },
      addedAt: now(),
      codeHash: codeHash(wayId, code),
      origin: originOf(c.req.url, env),
      stop: newSecret(),
      token: (add.kind === 'ntfy' && add.token) || null,
      signing: kind === 'webhook' ? signingSecretOf(Buffer.concat(halves).toString('base64url')) : null,
      fingerprint: command.fingerprint,
    });
  }

  app.get('/', describe('By what I am told beside push', 200, Ways), signedIn(deps), async (c) =>
    c.json({ kinds: kindsOf(options), ways: await store.list(c.var.session.personId) }),
  );

  app.post(
    '/',
    describe('Add a way of being told; a code is sent there', 201, WayAdded),
    signedIn(deps),
    json(AddWayCommand),
    async (c) => {
      const { personId } = c.var.session;
      const add = c.req.valid('json');
      const command = await commandOf(c);
      const wayId = wayIdOf(derivedId('way', personId, command.id));
      const earlier = await store.get(personId, wayId);
      if (earlier !== null) {
        if (earlier.fingerprint !== command.fingerprint) throw new AppError('IDEMPOTENCY_KEY_REUSED');
        c.header('Idempotency-Replayed', 'true');
        return c.json({ way: await store.shown(personId, earlier), secret: earlier.signing }, 201);
      }
      const code = String(randomInt(1_000_000)).padStart(6, '0');
      const way = made(c, wayId, add, command, code);
      await countFor(c, way);
      await makeRoom(personId);
      await store.add(personId, way);
      const sent = await carriers.send(personId, way, codeNote(way, code));
      if (sent.kind !== 'accepted') {
        await store.remove(personId, wayId);
        throw invalid('address', 'did not take the message');
      }
      return c.json({ way: await store.shown(personId, way), secret: way.signing }, 201);
    },
  );

  app.put(
    '/:w/verification',
    describe('Enter the code that came by this way', 200, WayAnswer),
    signedIn(deps),
    json(VerifyWayCommand),
    async (c) => {
      const { personId } = c.var.session;
      const { id } = await requireWay(c);
      const hash = codeHash(id, c.req.valid('json').code);
      let result: ReturnType<typeof verify> = { kind: 'over' };
      await store.change(personId, id, (way) => {
        result = verify(way, way.code?.hash === hash, now());
        return result.kind === 'over' || result.way === way ? null : result.way;
      });
      const { kind, ...decided } = result as ReturnType<typeof verify>;
      if (kind === 'wrong') throw invalid('code', 'is not right');
      if (kind === 'over' || !('way' in decided)) {
        const issues = [{ path: 'code', message: 'this code is over: remove the way and add it again' }];
        throw new AppError('CONFLICT', { issues });
      }
      await store.tell(personId, id);
      return c.json({ way: await store.shown(personId, decided.way) });
    },
  );

  app.put(
    '/:w',
    describe('Choose what this way may say of alerts', 200, WayAnswer),
    signedIn(deps),
    json(WayCommand),
    async (c) => {
      const { personId } = c.var.session;
      await limits.count('commands', personId);
      const { id } = await requireWay(c);
      await store.change(personId, id, (way) => choose(way, c.req.valid('json').lockScreen));
      // Also where it is chosen already: an earlier attempt may have come no further.
      await store.tell(personId, id);
      return c.json({ way: await store.shown(personId, await requireWay(c)) });
    },
  );

  app.post('/:w/test', describe('Send a test by this way', 201, WayAnswer), signedIn(deps), async (c) => {
    const { personId } = c.var.session;
    const way = await requireWay(c);
    const command = await commandOf(c);
    if (way.state !== 'verified') throw new AppError('CONFLICT');
    const receipt = personKeys(personId).receipt(command.id);
    const args = [command.fingerprint, 'NX', 'GET', 'EX', String(testSeconds)];
    const earlier = asNullableString(await redis.send(receipt, 'SET', receipt, ...args));
    if (earlier === null) {
      await countFor(c, way);
      const outcome = await carriers.send(personId, way, testNote(way, command.id, now()));
      await store.noteRun(personId, way.id, runOf(outcome, now()));
    } else if (earlier === command.fingerprint) c.header('Idempotency-Replayed', 'true');
    else throw new AppError('IDEMPOTENCY_KEY_REUSED');
    return c.json({ way: await store.shown(personId, way) }, 201);
  });

  app.delete('/:w', describe('Be told by this way no more', 204), signedIn(deps), async (c) => {
    const removed = await store.remove(c.var.session.personId, pathParam(Id, c.req.param('w')));
    if (!removed) throw new AppError('NOT_FOUND');
    return c.body(null, 204);
  });

  // One click in a mail program, without a session: the code opens nothing else. Asked again, it is done already.
  app.post('/stop/:code', describe('Stop a way by the link in its messages (RFC 8058)', 204), async (c) => {
    const code = v.safeParse(StopCode, c.req.param('code'));
    if (!code.success) throw new AppError('NOT_FOUND');
    const [personId = '', wayId = '', secret = ''] = code.output.split('.');
    const way = await store.get(personId, wayId);
    if (way !== null && secretMatches(secret, hashSecret(way.stop))) await store.end(personId, wayId);
    return c.body(null, 204);
  });

  // Whoever follows the mail's link by hand is asked first: programs look at links too.
  app.get('/stop/:code', describe('The page on which to stop a way', 200), (c) =>
    c.redirect(`/stop/${pathParam(StopCode, c.req.param('code'))}`),
  );

  return app;
}

/** By what a person is told: for handing over, without its secrets, and for erasing. */
export function wayKeeper(deps: Pick<Deps, 'redis' | 'now'>): PersonKeeper {
  const store = storeOf(deps);
  return {
    handOver: async (personId) => ({ waysOfTelling: await store.list(personId) }),
    async erase(personId) {
      for (const { id } of await store.all(personId)) await store.remove(personId, id);
    },
  };
}
