import * as v from 'valibot';
import { type Bbox, bboxContains, distance } from '../../shared/geo.ts';
import { staleAt } from '../../shared/freshness.ts';
import type { Hide } from '../../shared/hiding.ts';
import { Incident, type IncidentPage, type ListQuery, type Reach } from '../../shared/incidents.ts';
import {
  encodeEntity,
  entityJson,
  type EventLog,
  type Guard,
  type Receipt,
  type Write,
} from '../eventlog/eventlog.ts';
import { reachFields, reachOf, reachSeconds } from '../eventlog/reach.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asArray, asNullableString, asNumber, asStrings } from '../redis/reply.ts';
import { isPassedOn } from '../../shared/relays.ts';
import { unansweredTimer } from './handling/store.ts';
import { forgetAt } from './incident.ts';

const page = 500;
/** Ids in one command to Redis. */
const atOnce = 5000;
/** Incidents looked at for one answer. */
const mostExamined = 10_000;
// Web Mercator's limit, which Redis's geo index shares; further north and south nobody lives.
const geoLimit = 85.05112878;

const parse = (stored: string) => v.parse(Incident, JSON.parse(entityJson(stored)));

/** Newest first; the id decides between equal times, so that pages never repeat or leave out. */
type Place = { id: string; at: number };
const after = (a: Place, b: Place) => (a.at === b.at ? a.id < b.id : a.at < b.at);

const cursorAfter = (place: Place | null) => (place === null ? null : `${place.at}~${place.id}`);

function parseCursor(cursor: string | undefined): Place | null {
  if (cursor === undefined) return null;
  const [at = '', id = ''] = cursor.split('~');
  return { id, at: Number(at) };
}

/** The timer that asks whether an incident is still so. */
const freshness = (neighbourhoodId: string, incidentId: string) =>
  `freshness:${neighbourhoodId}:${incidentId}`;

/** The timer that has neighbours without a phone told of what became of a grave incident. */
function relayNow(neighbourhoodId: string, incident: Incident): Write[] {
  const { timers } = neighbourhoodKeys(neighbourhoodId);
  return isPassedOn(incident) ? [['ZADD', timers, '0', `relay:${neighbourhoodId}:${incident.id}`]] : [];
}

/** Writes and guards that store a new incident in all indices. */
export function newIncident(neighbourhoodId: string, incident: Incident, author: string | null) {
  const keys = neighbourhoodKeys(neighbourhoodId);
  const { id, observedAt, reportedAt, position } = incident;
  const lat = Math.max(-geoLimit, Math.min(geoLimit, position.lat));
  const guards: Guard[] = [{ key: keys.incidents, field: id, version: 0 }];
  const writes: Write[] = [
    ['HSET', keys.incidents, id, encodeEntity(incident)],
    ['ZADD', keys.incidentTimes, String(observedAt), id],
    ['GEOADD', keys.incidentPlaces, String(position.lng), String(lat), id],
    ['ZADD', keys.incidentExpiry, String(forgetAt(reportedAt)), id],
  ];
  if (incident.status === 'open') writes.push(['ZADD', keys.incidentOpen, String(observedAt), id]);
  const dueAt = staleAt(incident);
  if (dueAt !== null) writes.push(['ZADD', keys.timers, String(dueAt), freshness(neighbourhoodId, id)]);
  if (author !== null) {
    writes.push(['HSET', keys.incidentAuthors, id, author]);
    writes.push(...unansweredTimer(neighbourhoodId, incident), ...relayNow(neighbourhoodId, incident));
  }
  return { guards, writes };
}

/** Notes a command's receipt: its answer repeats what was said, and is forgotten with the incident. */
export function notedReceipt(neighbourhoodId: string, incidentId: string, { key }: Receipt): Write {
  const { incidentReceipts } = neighbourhoodKeys(neighbourhoodId);
  return ['SADD', incidentReceipts(incidentId), key];
}

/** What says whom the alert reached lasts as long as it is open: its correction goes to exactly them. */
function keptReach(neighbourhoodId: string, incidentId: string): Write[] {
  const keys = neighbourhoodKeys(neighbourhoodId);
  const told = (['told', 'got', 'saw'] as const).map((how) => keys.reached(incidentId, 'alert', how));
  return [keys.phonesTold(incidentId), keys.phonesByEntry(incidentId), keys.reach(incidentId), ...told].map(
    (key): Write => ['EXPIRE', key, String(reachSeconds)],
  );
}

/** The timer that takes the name out of what tells of an SOS whose member was erased, once it is over. */
function forgetName(neighbourhoodId: string, { id, status, sos, reportedBy }: Incident): Write[] {
  if (status === 'open' || sos === null || reportedBy !== null) return [];
  return [['ZADD', neighbourhoodKeys(neighbourhoodId).timers, '0', `sos-name:${neighbourhoodId}:${id}`]];
}

/** Writes that store an incident's next version; a closed one leaves the open ones, and is asked about no more. */
export function changedIncident(neighbourhoodId: string, incident: Incident): Write[] {
  const keys = neighbourhoodKeys(neighbourhoodId);
  const dueAt = staleAt(incident);
  return [
    ['HSET', keys.incidents, incident.id, encodeEntity(incident)],
    incident.status === 'open'
      ? ['ZADD', keys.incidentOpen, String(incident.observedAt), incident.id]
      : ['ZREM', keys.incidentOpen, incident.id],
    dueAt === null
      ? ['ZREM', keys.timers, freshness(neighbourhoodId, incident.id)]
      : ['ZADD', keys.timers, String(dueAt), freshness(neighbourhoodId, incident.id)],
    ...relayNow(neighbourhoodId, incident),
    ...forgetName(neighbourhoodId, incident),
    // Time alone changes it more often than that.
    ...(incident.status === 'open' ? keptReach(neighbourhoodId, incident.id) : []),
  ];
}

export function createIncidentStore(redis: Redis) {
  async function get(neighbourhoodId: string, id: string): Promise<Incident | null> {
    const { incidents } = neighbourhoodKeys(neighbourhoodId);
    const stored = asNullableString(await redis.send(incidents, 'HGET', incidents, id));
    return stored === null ? null : parse(stored);
  }

  /** The incident, and who reported it, also where neighbours do not see it. */
  async function getWithAuthor(neighbourhoodId: string, id: string) {
    const { incidentAuthors } = neighbourhoodKeys(neighbourhoodId);
    const [incident, author] = await Promise.all([
      get(neighbourhoodId, id),
      redis.send(incidentAuthors, 'HGET', incidentAuthors, id),
    ]);
    return incident === null ? null : { incident, author: asNullableString(author) };
  }

  async function load(neighbourhoodId: string, ids: string[]): Promise<Incident[]> {
    if (ids.length === 0) return [];
    const { incidents } = neighbourhoodKeys(neighbourhoodId);
    const stored = asArray(await redis.send(incidents, 'HMGET', incidents, ...ids));
    return stored.flatMap((value) => (typeof value === 'string' ? [parse(value)] : []));
  }

  /** How many places of the time index come before what follows `last`, newest first. */
  async function rankAfter(key: string, to: number, last: Place | null): Promise<number> {
    const rank = last === null ? null : await redis.send(key, 'ZREVRANK', key, last.id);
    // A place that left the index meanwhile: its time says where to go on, and the caller drops what it has had.
    return rank === null
      ? asNumber(await redis.send(key, 'ZCOUNT', key, `(${last?.at ?? to}`, '+inf'))
      : asNumber(rank) + 1;
  }

  async function byRank(key: string, rank: number): Promise<Place[]> {
    const range = ['ZRANGE', key, String(rank), String(rank + page - 1), 'REV', 'WITHSCORES'];
    const flat = asStrings(await redis.send(key, ...range));
    const places: Place[] = [];
    for (let i = 0; i + 1 < flat.length; i += 2) places.push({ id: flat[i] ?? '', at: Number(flat[i + 1]) });
    return places;
  }

  /** Places within the box and the times, newest first. Redis gives a circle's worth; the caller checks the box. */
  async function byPlace(neighbourhoodId: string, box: Bbox, from: number, to: number): Promise<Place[]> {
    const keys = neighbourhoodKeys(neighbourhoodId);
    const span = box.west <= box.east ? box.east - box.west : box.east + 360 - box.west;
    const lat = Math.max(-geoLimit, Math.min(geoLimit, (box.south + box.north) / 2));
    const lng = ((box.west + span / 2 + 540) % 360) - 180;
    const corners = [box.south, box.north].map((south) =>
      distance({ lat, lng }, { lat: south, lng: lng + span / 2 }),
    );
    const radius = span >= 180 ? 20_100_000 : Math.max(...corners) * 1.01 + 1;
    const ids = asStrings(
      await redis.send(
        keys.incidentPlaces,
        ...[
          'GEOSEARCH',
          keys.incidentPlaces,
          'FROMLONLAT',
          String(lng),
          String(lat),
          'BYRADIUS',
          String(radius),
          'm',
        ],
      ),
    );
    if (ids.length === 0) return [];
    const places: Place[] = [];
    for (let i = 0; i < ids.length; i += atOnce) {
      const some = ids.slice(i, i + atOnce);
      const times = asArray(await redis.send(keys.incidentTimes, 'ZMSCORE', keys.incidentTimes, ...some));
      some.forEach((id, at) => {
        if (typeof times[at] === 'string') places.push({ id, at: Number(times[at]) });
      });
    }
    return places.filter(({ at }) => at >= from && at <= to).toSorted((a, b) => (after(a, b) ? 1 : -1));
  }

  /**
   * One page of incidents, newest observation first. The cursor is null where nothing follows.
   * @param see makes of them what the reader may see, which is what the query asks for
   */
  async function list(
    neighbourhoodId: string,
    query: ListQuery,
    see = async (found: Incident[]): Promise<Incident[]> => found,
  ): Promise<IncidentPage> {
    const keys = neighbourhoodKeys(neighbourhoodId);
    const { bbox, category, status, from = 0, to = Number.MAX_SAFE_INTEGER, limit } = query;
    const matches = (incident: Incident) =>
      (category === undefined || incident.category === category) &&
      (status === undefined || incident.status === status) &&
      (bbox === undefined || bboxContains(bbox, incident.position));

    const found: Incident[] = [];
    let last = parseCursor(query.cursor);
    const start = last;
    const inBox =
      bbox === undefined
        ? null
        : (await byPlace(neighbourhoodId, bbox, from, to)).filter(
            (place) => start === null || after(place, start),
          );
    const index = status === 'open' ? keys.incidentOpen : keys.incidentTimes;
    for (let examined = 0; ; examined += page) {
      // With a box the candidates are at hand; without, they are read from the index by rank, which is asked for anew
      // for each page since incidents come and go meanwhile.
      const candidates =
        inBox === null
          ? await byRank(index, await rankAfter(index, to, last))
          : inBox.slice(examined, examined + page);
      const places = candidates.filter(
        (place) => place.at >= from && place.at <= to && (last === null || after(place, last)),
      );
      const loaded = await load(
        neighbourhoodId,
        places.map(({ id }) => id),
      );
      const incidents = new Map((await see(loaded)).map((incident) => [incident.id, incident]));
      for (const place of places) {
        // One more than asked for has shown that something follows.
        if (found.length === limit) return { incidents: found, cursor: cursorAfter(last) };
        const incident = incidents.get(place.id);
        if (incident !== undefined && matches(incident)) found.push(incident);
        last = place;
      }
      const oldest = candidates.at(-1);
      if (candidates.length < page || oldest === undefined || oldest.at < from)
        return { incidents: found, cursor: null };
      if (inBox === null) last = oldest;
      // A rare category in a long history: the caller gets what there is so far, and asks on.
      if (examined + page >= mostExamined) return { incidents: found, cursor: cursorAfter(last) };
    }
  }

  /** What a snapshot shows: open ones and recent ones, newest first, at most `most`. */
  async function openOrRecent(neighbourhoodId: string, since: number, most: number): Promise<Incident[]> {
    const open = await list(neighbourhoodId, { status: 'open', limit: most });
    const recent = await list(neighbourhoodId, { from: since, limit: most });
    const all = new Map([...open.incidents, ...recent.incidents].map((incident) => [incident.id, incident]));
    return [...all.values()].toSorted((a, b) => b.observedAt - a.observedAt).slice(0, most);
  }

  async function getReach(neighbourhoodId: string, incidentId: string): Promise<Reach> {
    const key = neighbourhoodKeys(neighbourhoodId).reach(incidentId);
    return reachOf(asArray(await redis.send(key, 'HMGET', key, ...reachFields)));
  }

  /** What is hidden, of those of the incidents of which anything is. */
  async function hidden(neighbourhoodId: string, ids: string[]): Promise<Map<string, readonly Hide[]>> {
    const found = await load(neighbourhoodId, ids);
    return new Map(
      found.flatMap((incident) => (incident.hidden ? [[incident.id, incident.hidden] as const] : [])),
    );
  }

  return { get, getWithAuthor, hidden, list, openOrRecent, getReach };
}

/**
 * Stores imported incidents, known by their ids: what is there already stays as it is. One log entry a batch tells
 * maps to load anew; imports alert nobody.
 * @param incidents at most a few hundred a call
 * @returns how many were new
 */
export async function importIncidents(
  deps: { redis: Redis; eventLog: EventLog; now: () => number },
  neighbourhoodId: string,
  source: string,
  incidents: Incident[],
): Promise<number> {
  const { incidents: key } = neighbourhoodKeys(neighbourhoodId);
  const fresh = async () => {
    if (incidents.length === 0) return [];
    const ids = incidents.map(({ id }) => id);
    const there = asArray(await deps.redis.send(key, 'HMGET', key, ...ids));
    const seen = new Set<string>();
    return incidents.filter(({ id }, i) => there[i] === null && !seen.has(id) && seen.add(id));
  };
  let news = await fresh();
  while (news.length > 0) {
    const changes = news.map((incident) => newIncident(neighbourhoodId, incident, null));
    const committed = await deps.eventLog.commit({
      neighbourhoodId,
      event: { type: 'incidents.imported', by: null, source, count: news.length },
      at: deps.now(),
      guards: changes.flatMap(({ guards }) => guards),
      writes: changes.flatMap(({ writes }) => writes),
      body: {},
    });
    if (committed !== null) return news.length;
    // Another import wrote some of these meanwhile.
    news = await fresh();
  }
  return 0;
}
