import type { Context } from 'hono';
import { Hono } from 'hono';
import { Reported } from '../../../shared/incidents.ts';
import {
  SosCodesCommand,
  SosCommand,
  SosEndCommand,
  SosSettings,
  SosSharingCommand,
} from '../../../shared/sos.ts';
import { actorOf, type Guarded } from '../../auth/guards.ts';
import { commandOf, replayedIfRefused, secretCommandOf } from '../../auth/idempotency.ts';
import { getMember } from '../../auth/membership.ts';
import { checkCode, hashCodes } from '../../codes.ts';
import type { Deps } from '../../deps.ts';
import { AppError, invalid } from '../../errors.ts';
import { derivedId } from '../../ids.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { describe, json } from '../../validate.ts';
import { type About, incidentCommands } from '../command.ts';
import { createHistoryStore } from '../history-store.ts';
import { endOwn, raise } from './sos.ts';
import { changedSos, createSosStore, newSos, type Settings } from './store.ts';
import { changedIncident, notedReceipt } from '../store.ts';

const shown = ({ sharing, codes }: Settings): SosSettings => ({ sharing, hasCodes: codes !== null });
const wrongCode = (path: string) =>
  new AppError('FORBIDDEN', { issues: [{ path, message: 'is not right' }] });

/** Raising an SOS, ending one's own, and what is settled beforehand; mounted behind the members' guard. */
export function sosRoutes(deps: Deps) {
  const { redis, eventLog, limits, now } = deps;
  const store = createSosStore(redis);
  const history = createHistoryStore(redis);
  const run = incidentCommands(deps);
  const app = new Hono<Guarded>();

  app.post('/:n/sos', describe('Raise an SOS', 201, Reported), json(SosCommand), async (c) => {
    const { neighbourhoodId, member } = c.var;
    const { silent } = c.req.valid('json');
    const command = await commandOf(c);
    const receipt = {
      key: neighbourhoodKeys(neighbourhoodId).receipt(member.id, command.id),
      fingerprint: command.fingerprint,
    };
    const id = derivedId('sos', neighbourhoodId, member.id, command.id);
    const actor = actorOf(c, deps);
    const committed = await replayedIfRefused(deps, receipt, () =>
      eventLog.decideAndCommit(async () => {
        const by = await actor();
        const [{ last, runs }, { sharing }, standIn] = await Promise.all([
          store.getLast(neighbourhoodId, member.id),
          store.getSettings(neighbourhoodId, member.id),
          store.getStandIn(neighbourhoodId),
        ]);
        if (runs) throw new AppError('CONFLICT', { issues: [{ path: '', message: 'yours runs already' }] });
        const at = now();
        const who = { id, memberId: member.id, sharing, standIn, at };
        const decided = raise({ ...who, startedBy: 'member', silent, note: '', unseen: null });
        const change = newSos(neighbourhoodId, decided.incident, decided.record, last);
        return {
          neighbourhoodId,
          event: decided.event,
          at,
          guards: [by.guard, ...change.guards],
          writes: [
            ...change.writes,
            ...(await history.appended(neighbourhoodId, decided.event, at)),
            notedReceipt(neighbourhoodId, id, receipt),
          ],
          body: { incident: decided.incident },
          receipt,
        };
      }),
    );
    if (committed.replayed) c.header('Idempotency-Replayed', 'true');
    return c.json({ ...committed.body, seq: committed.seq }, 201);
  });

  app.post('/:n/sos/:i/end', describe('End my own SOS', 201, Reported), json(SosEndCommand), async (c) => {
    const { neighbourhoodId, member } = c.var;
    const { code } = c.req.valid('json');
    const { codes } = await store.getSettings(neighbourhoodId, member.id);
    const check = await checkCode(limits, member.id, codes, code);
    const command = await secretCommandOf(c);
    const decide = async ({ incident, actor, at }: About) => {
      const before = await store.getRecord(neighbourhoodId, incident.id);
      const decided = endOwn({ incident, record: before, member: actor, check, at });
      if (!decided.ok) {
        const { path, message } = decided;
        throw new AppError(decided.code, { issues: [{ path, message }] });
      }
      const record = decided.record && changedSos(neighbourhoodId, decided.record);
      return {
        event: decided.event,
        guards: record === null ? [] : [record.guard],
        writes: [
          ...changedIncident(neighbourhoodId, decided.incident),
          ...(record === null ? [] : [record.write]),
        ],
        body: { incident: decided.seen },
        untold: record !== null,
      };
    };
    return await run(c, decide, command);
  });

  app.get('/:n/sos/settings', describe('What I settled for an SOS', 200, SosSettings), async (c) =>
    c.json(shown(await store.getSettings(c.var.neighbourhoodId, c.var.member.id))),
  );

  /** Decides and stores until nothing came in between. */
  async function settle(c: Context<Guarded>, decide: (before: Settings) => Promise<Settings>) {
    const { neighbourhoodId } = c.var;
    const actor = actorOf(c, deps);
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const { member } = await actor();
      const before = await store.getSettings(neighbourhoodId, member.id);
      const next = { ...(await decide(before)), version: before.version + 1 };
      if (await store.putSettings(neighbourhoodId, member, next)) return c.json(shown(next));
    }
    throw new AppError('CONFLICT');
  }

  app.put(
    '/:n/sos/sharing',
    describe('Choose who sees where I am', 200, SosSettings),
    json(SosSharingCommand),
    async (c) => {
      const { sharing } = c.req.valid('json');
      const { neighbourhoodId, member } = c.var;
      if (sharing !== 'all') {
        const found = await Promise.all(sharing.map((id) => getMember(redis, neighbourhoodId, id)));
        if (found.some((other) => other?.status !== 'active' || other.id === member.id))
          throw invalid('sharing', 'must be other members');
      }
      return await settle(c, async (before) => ({ ...before, sharing }));
    },
  );

  app.put(
    '/:n/sos/codes',
    describe('Set the code that ends an SOS, and the one that seems to', 200, SosSettings),
    json(SosCodesCommand),
    async (c) => {
      const { current, ...wanted } = c.req.valid('json');
      const hashes = await hashCodes(wanted);
      return await settle(c, async (before) => {
        const check = await checkCode(limits, c.var.member.id, before.codes, current);
        if (check === 'wrong') throw wrongCode('current');
        // Whoever makes somebody change their codes does not get to know that they did not.
        return check === 'duress' ? before : { ...before, codes: hashes };
      });
    },
  );

  return app;
}
