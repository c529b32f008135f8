import type { Context } from 'hono';
import { Hono } from 'hono';
import * as v from 'valibot';
import type { ErrorCode } from '../../shared/errors.ts';
import type { Member } from '../../shared/neighbourhoods.ts';
import {
  BuddyAnswerCommand,
  PairingChanged,
  PairingCommand,
  Pairings,
  RelayChanged,
  Relays,
  SecondBuddyCommand,
} from '../../shared/relays.ts';
import { Id } from '../../shared/text.ts';
import { actorOf, type Guarded } from '../auth/guards.ts';
import { replayedIfRefused, secretCommandOf } from '../auth/idempotency.ts';
import { getMember } from '../auth/membership.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { Commit } from '../eventlog/eventlog.ts';
import { derivedId } from '../ids.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { describe, json, pathParam } from '../validate.ts';
import { add, answer, ask, end, leave, maySee } from './pairing.ts';
import { concerns, tell } from './relay.ts';
import { changedBook, changedRelay, createRelayStore, unchangedBook } from './store.ts';

type Refusal = { ok: false; code: ErrorCode; path: string; message: string };
const refusal = ({ code, path, message }: Refusal) => new AppError(code, { issues: [{ path, message }] });

/** A change of who tells whom, decided anew for each attempt. */
type Decision = ReturnType<typeof add>;
type Deciding = { book: Parameters<typeof add>[0]; actor: Member; at: number; id: string };
type Writing<Body extends object> = Pick<Commit<Body>, 'event' | 'guards' | 'writes' | 'body'>;

/** Who tells neighbours without a phone, and what of; mounted behind the members' guard. */
export function relayRoutes(deps: Deps) {
  const { redis, eventLog, limits, now } = deps;
  const store = createRelayStore(redis);
  const app = new Hono<Guarded>();

  async function run<Body extends object>(
    c: Context<Guarded>,
    decide: (deciding: Deciding) => Promise<Writing<Body>>,
  ) {
    const { neighbourhoodId, member } = c.var;
    // What recognises a repetition must not be a way to find out somebody's name.
    const command = await secretCommandOf(c);
    const receipt = {
      key: neighbourhoodKeys(neighbourhoodId).receipt(member.id, command.id),
      fingerprint: command.fingerprint,
    };
    const actor = actorOf(c, deps);
    const committed = await replayedIfRefused(deps, receipt, async () => {
      await limits.count('relays', member.id);
      return await eventLog.decideAndCommit(async () => {
        const by = await actor();
        const at = now();
        const book = await store.getBook(neighbourhoodId);
        const id = derivedId('pairing', member.id, command.id);
        const change = await decide({ book, actor: by.member, at, id });
        return { neighbourhoodId, at, ...change, guards: [by.guard, ...change.guards], receipt };
      });
    });
    if (committed.replayed) c.header('Idempotency-Replayed', 'true');
    return { ...committed.body, seq: committed.seq };
  }

  /** @throws AppError what the decision refuses */
  function written(neighbourhoodId: string, decided: Decision): Writing<{ pairingId: string }> {
    if (!decided.ok) throw refusal(decided);
    const { book, pairingId, asked } = decided;
    return {
      event: { type: 'pairings.changed', by: null, pairingId, buddyId: asked },
      ...changedBook(neighbourhoodId, book),
      body: { pairingId },
    };
  }

  const change = async (
    c: Context<Guarded>,
    decide: (deciding: Deciding, pairingId: string) => Decision | Promise<Decision>,
  ) => {
    const pairingId = pathParam(Id, c.req.param('g'));
    const body = await run(c, async (deciding) =>
      written(c.var.neighbourhoodId, await decide(deciding, pairingId)),
    );
    return c.json(body, 201);
  };

  app.get(
    '/:n/pairings',
    describe('Whom without a phone I tell; coordinators: who is told', 200, Pairings),
    async (c) => {
      const { neighbourhoodId, member } = c.var;
      const { pairings } = await store.getBook(neighbourhoodId);
      return c.json({ pairings: pairings.filter((one) => maySee(one, member)) });
    },
  );

  app.post(
    '/:n/pairings',
    describe('Tell somebody without a phone from now on', 201, PairingChanged),
    json(PairingCommand),
    async (c) => {
      const { name } = c.req.valid('json');
      const body = await run(c, async ({ book, actor, at, id }) =>
        written(c.var.neighbourhoodId, add(book, { id, name, by: actor.id, at })),
      );
      return c.json(body, 201);
    },
  );

  app.post(
    '/:n/pairings/:g/buddies',
    describe('Ask a neighbour to tell them too', 201, PairingChanged),
    json(SecondBuddyCommand),
    (c) => {
      const { memberId } = c.req.valid('json');
      return change(c, async ({ book, actor }, pairingId) =>
        ask(book, pairingId, actor, await getMember(redis, c.var.neighbourhoodId, memberId)),
      );
    },
  );

  app.post(
    '/:n/pairings/:g/answer',
    describe('Say whether I will tell them too', 201, PairingChanged),
    json(BuddyAnswerCommand),
    (c) => {
      const { accept } = c.req.valid('json');
      return change(c, ({ book, actor }, pairingId) => answer(book, pairingId, actor.id, accept));
    },
  );

  app.post(
    '/:n/pairings/:g/leave',
    describe('Say that I cannot tell them any more', 201, PairingChanged),
    json(v.strictObject({})),
    (c) => change(c, ({ book, actor }, pairingId) => leave(book, pairingId, actor.id)),
  );

  app.post(
    '/:n/pairings/:g/end',
    describe('End it: they are told no more', 201, PairingChanged),
    json(v.strictObject({})),
    (c) => change(c, ({ book, actor }, pairingId) => end(book, pairingId, actor)),
  );

  app.get('/:n/incidents/:i/relays', describe('Whom I am to tell of an incident', 200, Relays), async (c) => {
    const { neighbourhoodId, member } = c.var;
    const incidentId = pathParam(Id, c.req.param('i'));
    const [incident, { pairings }] = await Promise.all([
      store.getIncident(neighbourhoodId, incidentId),
      store.getBook(neighbourhoodId),
    ]);
    if (incident === null) throw new AppError('NOT_FOUND');
    // Nothing of their own SOS: it may only look as if it had ended.
    const own = incident.sos !== null && incident.reportedBy === member.id;
    const relays = own ? [] : await store.relaysOf(neighbourhoodId, incidentId, pairings);
    return c.json({
      relays: pairings.flatMap((pairing, i) => {
        const relay = relays[i] ?? null;
        return relay !== null && concerns(relay, pairing, member) ? [{ name: pairing.name, relay }] : [];
      }),
    });
  });

  app.post(
    '/:n/relays/:r/told',
    describe('Say that I told them', 201, RelayChanged),
    json(v.strictObject({})),
    async (c) => {
      const relayId = pathParam(Id, c.req.param('r'));
      const { neighbourhoodId } = c.var;
      const body = await run(c, async ({ book, actor, at }) => {
        const before = await store.getRelay(neighbourhoodId, relayId);
        const pairing = book.pairings.find(({ id }) => id === before?.pairingId);
        if (before === null || pairing === undefined) throw new AppError('NOT_FOUND');
        const decided = tell(before, pairing, actor, at);
        if (!decided.ok) throw refusal(decided);
        const { relay } = decided;
        const { guards, writes } = changedRelay(neighbourhoodId, relay);
        return {
          event: { type: 'relay.changed', by: actor.id, relay },
          guards: [...guards, unchangedBook(neighbourhoodId, book)],
          writes,
          body: { relay },
        };
      });
      return c.json(body, 201);
    },
  );

  return app;
}
