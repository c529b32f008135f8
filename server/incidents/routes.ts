import { Hono } from 'hono';
import {
  type Incident,
  IncidentPage,
  ListQuery,
  noReach,
  Reported,
  ReportCommand,
} from '../../shared/incidents.ts';
import { ReviewedDetail } from '../../shared/reviews.ts';
import { coarseReach } from '../../shared/geo/grid.ts';
import { Id } from '../../shared/text.ts';
import { createAreas } from '../areas.ts';
import { actorOf, type Guarded } from '../auth/guards.ts';
import { commandOf, countedOnce } from '../auth/idempotency.ts';
import type { ClaimPhotos, Deps } from '../deps.ts';
import { AppError, invalid } from '../errors.ts';
import { derivedId } from '../ids.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { describe, json, pathParam, query } from '../validate.ts';
import { createHistoryStore } from './history-store.ts';
import { isAgain } from './duplicates/duplicate.ts';
import { createDuplicateStore, nextReport } from './duplicates/store.ts';
import { outsideMetres, report } from './incident.ts';
import { createLifeStore } from './life-store.ts';
import { coolDownUntil } from './outcomes/record.ts';
import { createRecordStore } from './outcomes/record-store.ts';
import { createReviewStore } from './reviews/store.ts';
import { asSeenByOwn, isHelping, lifeSeenByOwn } from './sos/sos.ts';
import { createSosStore } from './sos/store.ts';
import { createStandingStore } from './confirmations/standing-store.ts';
import { createIncidentStore, newIncident, notedReceipt } from './store.ts';
import { witnessTimer } from './confirmations/witness-timer.ts';

const again = () =>
  new AppError('CONFLICT', { issues: [{ path: '', message: 'was reported by you a moment ago' }] });

const coolingDown = (ms: number) =>
  new AppError('CONFLICT', {
    issues: [
      { path: '', message: `must wait ${Math.ceil(ms / 60_000)} min after two false alarms in a row` },
    ],
    retryAfter: ms / 1000,
  });

/** Reporting and reading incidents; mounted behind the members' guard. */
export function incidentRoutes(deps: Deps, claimPhotos: ClaimPhotos) {
  const { redis, eventLog, now } = deps;
  const store = createIncidentStore(redis);
  const lives = createLifeStore(redis);
  const areas = createAreas(redis);
  const duplicates = createDuplicateStore(redis);
  const standings = createStandingStore(redis);
  const records = createRecordStore(redis);
  const history = createHistoryStore(redis);
  const reviewed = createReviewStore(redis);
  const sos = createSosStore(redis);
  const app = new Hono<Guarded>();

  app.post('/:n/incidents', describe('Report an incident', 201, Reported), json(ReportCommand), async (c) => {
    const { neighbourhoodId, member } = c.var;
    const command = await commandOf(c);
    const receipt = {
      key: neighbourhoodKeys(neighbourhoodId).receipt(member.id, command.id),
      fingerprint: command.fingerprint,
    };
    const given = c.req.valid('json');
    const id = derivedId('incident', neighbourhoodId, member.id, command.id);
    const actor = actorOf(c, deps);
    const committed = await countedOnce(deps, receipt, { budget: 'reports', who: member.id }, () =>
      eventLog.decideAndCommit(async () => {
        const by = await actor();
        const at = now();
        // The cell's centre may lie further out than the place that it stands for.
        const [inside, newcomer, last, record] = await Promise.all([
          areas.holds(neighbourhoodId, given.position, outsideMetres + (given.coarse ? coarseReach : 0)),
          standings.isNew(neighbourhoodId, by.member, at),
          given.evenSo ? null : duplicates.getLastReport(neighbourhoodId, member.id),
          records.get(neighbourhoodId, member.id),
        ]);
        const until = coolDownUntil(record, at);
        if (until !== null) throw coolingDown(until - at);
        const decided = report({ id, memberId: member.id, command: given, at, newcomer }, inside);
        if (!decided.ok) throw invalid(decided.path, decided.message);
        if (isAgain(given, last, at)) throw again();
        const change = newIncident(neighbourhoodId, decided.incident, member.id);
        const photoIds = given.photoIds ?? [];
        const photos = await claimPhotos({ neighbourhoodId, memberId: member.id, incidentId: id, photoIds });
        const next = nextReport(neighbourhoodId, member.id, decided.incident, last);
        return {
          neighbourhoodId,
          event: decided.event,
          at,
          // Whoever says that it is another has looked: nothing to wait for.
          guards: [by.guard, ...(given.evenSo ? [] : [next.guard]), ...photos.guards, ...change.guards],
          writes: [
            ...change.writes,
            ...photos.writes,
            ...next.writes,
            ...witnessTimer(neighbourhoodId, decided.incident),
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

  app.get('/:n/incidents', describe('List incidents', 200, IncidentPage), query(ListQuery), async (c) => {
    const { neighbourhoodId, member } = c.var;
    const see = (found: Incident[]) => sos.seenBy(neighbourhoodId, member.id, found);
    return c.json(await store.list(neighbourhoodId, c.req.valid('query'), see));
  });

  app.get('/:n/incidents/:i', describe('One incident', 200, ReviewedDetail), async (c) => {
    const { neighbourhoodId, member } = c.var;
    const incidentId = pathParam(Id, c.req.param('i'));
    const found = await store.getWithAuthor(neighbourhoodId, incidentId);
    if (found === null) throw new AppError('NOT_FOUND');
    const { author } = found;
    const [life, updates, reach, record] = await Promise.all([
      lives.get(neighbourhoodId, incidentId),
      lives.getUpdates(neighbourhoodId, incidentId),
      store.getReach(neighbourhoodId, incidentId),
      found.incident.sos === null ? null : sos.getRecord(neighbourhoodId, incidentId),
    ]);
    const reviews = await reviewed.ofIncident(neighbourhoodId, found.incident, updates);
    // Whoever reported it without their name can end it all the same, on any of their devices.
    const mine = author === member.id;
    const duressAt = record?.duressAt ?? null;
    if (record === null || duressAt === null || !mine) {
      const duress = duressAt !== null && isHelping(member.id, life);
      const { incident } = found;
      // How far its end got would tell it from one that only looks ended.
      const told = mine && record !== null && incident.status === 'closed' ? noReach : reach;
      return c.json({ incident, life, updates, reach: told, mine, duress, reviews });
    }
    const incident = asSeenByOwn(found.incident, record);
    if (incident === null) throw new AppError('NOT_FOUND');
    const told = updates.filter(({ at, by }) => at <= duressAt || by === member.id);
    const lived = lifeSeenByOwn(life, record);
    return c.json({ incident, life: lived, updates: told, reach: noReach, mine, duress: false, reviews });
  });

  return app;
}
