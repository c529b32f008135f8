import { Hono } from 'hono';
import * as v from 'valibot';
import { Cursor, type LogEntry, parseCursor } from '../../shared/events.ts';
import { reopenMs } from '../../shared/incident-life.ts';
import type { Incident } from '../../shared/incidents.ts';
import type { Snapshot } from '../../shared/protocol.ts';
import { handOverMs } from '../../shared/reports.ts';
import type { Guarded } from '../auth/guards.ts';
import type { Deps } from '../deps.ts';
import { AppError, invalid } from '../errors.ts';
import { cursorOf, type RawEntry } from '../eventlog/eventlog.ts';
import { withoutHidden } from '../eventlog/hidden.ts';
import { recentMs } from '../incidents/incident.ts';
import { createLifeStore } from '../incidents/life-store.ts';
import { createSosStore } from '../incidents/sos/store.ts';
import { createVeil } from '../incidents/sos/veil-store.ts';
import { createDrillStore } from '../drills/store.ts';
import { createIncidentStore } from '../incidents/store.ts';
import { createKitStore } from '../neighbourhoods/kit-store.ts';
import { createNeighbourhoodStore } from '../neighbourhoods/store.ts';
import { createHomeSafeStore } from '../patrols/home-safe-store.ts';
import { createReportStore } from '../patrols/report-store.ts';
import { createPatrolStore, recentMs as recentPatrolMs } from '../patrols/store.ts';
import { createAskStore } from '../shifts/ask-store.ts';
import { createShiftStore } from '../shifts/store.ts';
import { describe, query } from '../validate.ts';

const mostIncidents = 1000;
const mostEntries = 500;
/** Incidents of which a snapshot says who does what: the newest open ones, then those that may be opened again. */
const mostLives = 200;

/** In an entry that carries an incident, whose words come after its id. */
const incidentId = /"incident":\{"id":"([\w-]+)"/u;
/** And in one that carries an observation or a comment. */
const updateIds = /"update":\{"id":"([\w-]+)","incidentId":"([\w-]+)"/u;

const LogQuery = v.strictObject({
  after: v.optional(Cursor),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,4}$/u, 'must be a whole number'),
      v.transform(Number),
      v.minValue(1),
      v.maxValue(mostEntries),
    ),
    '100',
  ),
});

/** How a device gets from nothing, or from an old cursor, to what is there now. Reads all features' state. */
export function catchUpRoutes({ redis, eventLog, now }: Deps) {
  const neighbourhoods = createNeighbourhoodStore(redis);
  const kits = createKitStore(redis);
  const incidents = createIncidentStore(redis);
  const lives = createLifeStore(redis);
  const sos = createSosStore(redis);
  const patrols = createPatrolStore(redis);
  const reports = createReportStore(redis);
  const homeSafe = createHomeSafeStore(redis);
  const rota = createShiftStore(redis);
  const asks = createAskStore(redis);
  const drills = createDrillStore(redis);
  const veil = createVeil(redis);
  const app = new Hono<Guarded>();

  /** The entries as JSON, without what is hidden by now, and as this member may see them. */
  async function shown(
    neighbourhoodId: string,
    memberId: string,
    raw: readonly RawEntry[],
  ): Promise<string[]> {
    const ids = new Set(raw.flatMap(({ json }) => incidentId.exec(json)?.[1] ?? []));
    const written = raw.flatMap(({ json }): [string, string][] => {
      const [, id, about] = updateIds.exec(json) ?? [];
      return id === undefined || about === undefined ? [] : [[id, about]];
    });
    const isVeiled = await veil.isNeeded(neighbourhoodId, memberId);
    const hidden = new Map([
      ...(await incidents.hidden(neighbourhoodId, [...ids])),
      ...(await lives.hiddenUpdates(neighbourhoodId, written)),
    ]);
    // Entries were written by our own commits: they go out as they are, without a parse.
    if (hidden.size === 0 && !isVeiled) return raw.map(({ json }) => json);
    const entries = raw.map(({ json }) => JSON.parse(json) as LogEntry);
    const visible = withoutHidden(entries, hidden);
    const told = isVeiled ? await veil.over(neighbourhoodId, memberId, visible) : visible;
    return told.map((entry) => JSON.stringify(entry));
  }

  app.get('/:n/snapshot', describe('What is there now, with the cursor to go on from', 200), async (c) => {
    const { neighbourhoodId, member } = c.var;
    // The cursor first: what is committed while the rest is read comes again as an entry, and does no harm.
    const head = await eventLog.head(neighbourhoodId);
    const [neighbourhood, members, brought, found, rounds, shifts, series, patrolWords, swaps, covers] =
      await Promise.all([
        neighbourhoods.getNeighbourhood(neighbourhoodId),
        neighbourhoods.listMembers(neighbourhoodId),
        kits.list(neighbourhoodId),
        incidents.openOrRecent(neighbourhoodId, now() - recentMs, mostIncidents),
        patrols.openOrRecent(neighbourhoodId, now() - recentPatrolMs),
        rota.forSnapshot(neighbourhoodId, member.id, now()),
        rota.listSeries(neighbourhoodId),
        rota.listWords(neighbourhoodId),
        asks.listSwaps(neighbourhoodId),
        asks.listCovers(neighbourhoodId),
      ]);
    if (head === null || neighbourhood === null) throw new AppError('NOT_FOUND');
    const seen = await sos.seenBy(neighbourhoodId, member.id, found);
    const isOpen = ({ status }: Incident) => status === 'open';
    const mayReopen = (incident: Incident) =>
      incident.sos === null && incident.outcome !== null && now() - incident.outcome.at <= reopenMs;
    const living = [...seen.filter(isOpen), ...seen.filter(mayReopen)].map(({ id }) => id);
    const snapshot: Snapshot = {
      cursor: cursorOf(head),
      neighbourhood,
      me: member,
      members,
      kits: brought,
      incidents: seen,
      lives: await sos.livesSeenBy(
        neighbourhoodId,
        member.id,
        await lives.list(neighbourhoodId, living.slice(0, mostLives)),
        seen,
      ),
      patrols: rounds,
      reports: await reports.list(neighbourhoodId, now() - handOverMs),
      ...(await homeSafe.forSnapshot(neighbourhoodId, rounds, member.id)),
      shifts,
      series,
      patrolWords,
      swaps,
      covers,
      drills: await drills.list(neighbourhoodId, 1),
    };
    return c.json(snapshot);
  });

  app.get('/:n/log', describe('A page of the event log', 200), query(LogQuery), async (c) => {
    const { neighbourhoodId } = c.var;
    const { after, limit } = c.req.valid('query');
    const head = await eventLog.head(neighbourhoodId);
    if (head === null) throw new AppError('NOT_FOUND');
    const first = await eventLog.first(neighbourhoodId);
    const from = after === undefined ? { epoch: head.epoch, seq: first - 1 } : parseCursor(after);
    if (from.epoch !== head.epoch || from.seq > head.seq || from.seq < first - 1) {
      throw invalid('after', 'is not a place in this log; start from a snapshot');
    }
    const raw = await eventLog.read(neighbourhoodId, from.seq, head.seq, limit);
    const cursor = cursorOf({ epoch: head.epoch, seq: raw.at(-1)?.seq ?? from.seq });
    const entries = await shown(neighbourhoodId, c.var.member.id, raw);
    const body = `{"entries":[${entries.join(',')}],"cursor":${JSON.stringify(cursor)}}`;
    return c.body(body, 200, { 'Content-Type': 'application/json' });
  });

  return app;
}
