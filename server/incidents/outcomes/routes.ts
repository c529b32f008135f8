import { Hono } from 'hono';
import { FreshCommand, ReopenCommand, ResolveCommand } from '../../../shared/incident-life.ts';
import { Reported } from '../../../shared/incidents.ts';
import type { Guarded } from '../../auth/guards.ts';
import type { Deps } from '../../deps.ts';
import { AppError } from '../../errors.ts';
import type { Guard, Write } from '../../eventlog/eventlog.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { describe, json } from '../../validate.ts';
import { countedClosing } from './closing.ts';
import { type About, incidentCommands } from '../command.ts';
import { createHandlingStore, reopenedTimer } from '../handling/store.ts';
import { renew, reopen, resolve, type Standing } from './outcome.ts';
import { type MemberRecord, recordAfter, recordUndone } from './record.ts';
import { changedRecord, createRecordStore } from './record-store.ts';
import { countedOutcome } from '../confirmations/standing-store.ts';
import { timeZoneOf } from '../../time-zones.ts';
import { changedIncident } from '../store.ts';
import { witnessTimer } from '../confirmations/witness-timer.ts';

type Kept = { guards: Guard[]; writes: Write[] };

/** Ending an incident, opening it again, and saying that it is still so; mounted behind the members' guard. */
export function outcomeRoutes(deps: Deps) {
  const handlings = createHandlingStore(deps.redis);
  const records = createRecordStore(deps.redis);
  const end = incidentCommands(deps, 'endings');
  const answer = incidentCommands(deps, 'answers');
  const app = new Hono<Guarded>();

  async function standingOf(about: About): Promise<Standing> {
    const found = await handlings.getFor(about.neighbourhoodId, about.incident.id, about.actor.id);
    return { ...about, ...found };
  }

  function accepted<Decided extends { ok: true }>(
    decided: Decided | Extract<ReturnType<typeof resolve>, { ok: false }>,
  ): Decided {
    if (decided.ok) return decided;
    const { code, path, message } = decided;
    throw new AppError(code, { issues: [{ path, message }] });
  }

  /** What an ending, or its being taken back, makes of its reporter's record. */
  async function record(
    { neighbourhoodId, author, incident }: About,
    change: (before: MemberRecord) => MemberRecord | null,
  ): Promise<Kept> {
    // Nobody shall hesitate to raise an SOS for what the last one was.
    const after =
      author === null || incident.sos !== null ? null : change(await records.get(neighbourhoodId, author));
    if (after === null) return { guards: [], writes: [] };
    const { guard, write } = changedRecord(neighbourhoodId, after);
    return { guards: [guard], writes: [write] };
  }

  app.post(
    '/:n/incidents/:i/resolution',
    describe('End an incident: resolved, false alarm or unfounded', 201, Reported),
    json(ResolveCommand),
    (c) => {
      const command = c.req.valid('json');
      return end(c, async (about) => {
        const { incident, by } = accepted(resolve(await standingOf(about), command));
        const { neighbourhoodId } = about;
        const timeZone = await timeZoneOf(deps.redis, neighbourhoodId);
        const byReporter = about.author === about.actor.id;
        const kept = await record(about, (before) => recordAfter(before, command.kind, about.at, byReporter));
        return {
          event: { type: 'incident.closed', by, incident },
          guards: kept.guards,
          writes: [
            ...changedIncident(about.neighbourhoodId, incident),
            ...countedOutcome(about.neighbourhoodId, about.incident, incident),
            ...countedClosing({ neighbourhoodId, timeZone }, about.incident, incident),
            ...kept.writes,
          ],
          body: { incident },
        };
      });
    },
  );

  app.post(
    '/:n/incidents/:i/reopening',
    describe('Open an incident again that was closed within the last 24 hours', 201, Reported),
    json(ReopenCommand),
    (c) => {
      const command = c.req.valid('json');
      return end(c, async (about) => {
        const { neighbourhoodId, incident: closed, at } = about;
        const standing = await standingOf(about);
        const { incident, by } = accepted(reopen(standing, command));
        const ended = closed.outcome?.kind;
        const kept = await record(about, (before) =>
          ended === undefined ? null : recordUndone(before, ended),
        );
        const timeZone = await timeZoneOf(deps.redis, neighbourhoodId);
        const { reached } = neighbourhoodKeys(neighbourhoodId);
        return {
          event: { type: 'incident.reopened', by, incident },
          guards: kept.guards,
          writes: [
            ...changedIncident(neighbourhoodId, incident),
            ...countedOutcome(neighbourhoodId, closed, incident),
            ...countedClosing({ neighbourhoodId, timeZone }, closed, incident),
            ...reopenedTimer(neighbourhoodId, incident, standing.handling, at),
            ...witnessTimer(neighbourhoodId, incident),
            ...kept.writes,
            // What the next correction reaches is counted from nothing.
            ['UNLINK', reached(incident.id, 'correction', 'told')],
            ['UNLINK', reached(incident.id, 'correction', 'got')],
            ['UNLINK', reached(incident.id, 'correction', 'saw')],
          ],
          body: { incident },
        };
      });
    },
  );

  app.post(
    '/:n/incidents/:i/freshness',
    describe('Say that an incident is still so', 201, Reported),
    json(FreshCommand),
    (c) =>
      answer(c, async (about) => {
        const { incident, by } = accepted(renew(await standingOf(about)));
        return {
          event: { type: 'incident.changed', by, incident },
          writes: changedIncident(about.neighbourhoodId, incident),
          body: { incident },
        };
      }),
  );

  return app;
}
