import * as v from 'valibot';
import { LogEntry } from '../../shared/events.ts';
import type { Incident } from '../../shared/incidents.ts';
import { Member, Neighbourhood } from '../../shared/neighbourhoods.ts';
import { Verdict } from '../../shared/reviews.ts';
import { Id } from '../../shared/text.ts';
import { Sharing } from '../../shared/sos.ts';
import { entityJson, type EventLog } from '../eventlog/eventlog.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asArray, asNullableString, asString } from '../redis/reply.ts';
import type { FollowMode } from '../../shared/following.ts';
import { type Alert, alertOf, mergingOf, noticeAlertOf } from './alert.ts';
import { createFollowing } from './following.ts';
import { incidentIdOf, isQuiet, mergedInto } from './incident-telling.ts';
import { createAttention } from './preferences/attention.ts';
import { createCompacts } from './preferences/compact.ts';
import { digestAlertOf } from './preferences/digest-telling.ts';
import { createPreferred } from './preferences/preferred.ts';
import type { PreferenceStore } from './preferences/store.ts';
import type { Device, Subscription, SubscriptionStore } from './store.ts';
import { type Entity, type SubjectKind, subjects } from './subjects.ts';
import type { Audience, People } from './telling.ts';

/** Who is to be told, or why not. */
export type Recipient =
  /** `instead`: what they are told in its place, which waits for their digest that is due then. */
  | { kind: 'tell'; subscription: Subscription; instead: { alert: Alert; due: number } | null }
  /** It waits for the member's digest, which is due then. */
  | { kind: 'fold'; memberId: string; due: number }
  /** It is told later. */
  | { kind: 'wait'; until: number }
  /** There is no subscription any more, or it is not of the alert's audience. */
  | { kind: 'nobody' }
  /** The device was signed out, here or from another one. */
  | { kind: 'signedOut'; subscription: Subscription }
  /** The membership has ended. */
  | { kind: 'left'; subscription: Subscription };

const Seated = v.object({ seats: v.array(v.object({ memberId: Id, verdict: v.nullable(Verdict) })) });

const HiddenFrom = v.object({ from: v.array(Id) });
const Chosen = v.object({ sharing: Sharing });
const keptAlerts = 500;
/** How long what was looked at counts as it was then. */
const freshMs = 250;

export type RecipientDeps = {
  redis: Redis;
  eventLog: EventLog;
  store: SubscriptionStore;
  preferences: PreferenceStore;
  now: () => number;
  /** Called between steps that take milliseconds, for what goes before them. */
  giveWay: () => void;
};

/** Looks up what an alert says and who of the due devices may still be told: membership and session are asked each time. */
export function createRecipients({ redis, eventLog, store, preferences, giveWay, now }: RecipientDeps) {
  // A fan-out asks for the same alert page after page; the oldest goes.
  const alerts = new Map<string, Promise<Alert | null>>();
  const following = createFollowing(redis);
  const compactOf = createCompacts(preferences);
  const settle = createPreferred({ attention: createAttention(redis), compactOf, now });
  const looked = new Map<string, { at: number; entity: Promise<Entity<SubjectKind> | null> }>();

  async function loadEntity<Kind extends SubjectKind>(
    neighbourhoodId: string,
    kind: Kind,
    id: string,
  ): Promise<Entity<Kind> | null> {
    const { hash, schema } = subjects[kind];
    const key = neighbourhoodKeys(neighbourhoodId)[hash];
    const stored = asNullableString(await redis.send(key, 'HGET', key, id));
    return stored === null ? null : v.parse(schema, JSON.parse(entityJson(stored)));
  }

  async function authorOf(neighbourhoodId: string, incidentId: string): Promise<string | null> {
    const { incidentAuthors } = neighbourhoodKeys(neighbourhoodId);
    return asNullableString(await redis.send(incidentAuthors, 'HGET', incidentAuthors, incidentId));
  }

  /** Who is asked to decide and has not. */
  async function loadJury(neighbourhoodId: string, reviewId: string): Promise<string[]> {
    const { reviews } = neighbourhoodKeys(neighbourhoodId);
    const stored = asNullableString(await redis.send(reviews, 'HGET', reviews, reviewId));
    if (stored === null) return [];
    const { seats } = v.parse(Seated, JSON.parse(entityJson(stored)));
    return seats.filter(({ verdict }) => verdict === null).map(({ memberId }) => memberId);
  }

  /** The members meant; neighbours do not see who the author is, who is kept in or out all the same. */
  async function resolvePeople(
    neighbourhoodId: string,
    incidentId: string,
    { memberIds, author, juryOf }: People,
  ): Promise<People> {
    if (juryOf !== undefined) return { memberIds: await loadJury(neighbourhoodId, juryOf), author: false };
    if (!author) return { memberIds, author };
    const id = await authorOf(neighbourhoodId, incidentId);
    return { memberIds: id === null ? memberIds : [...memberIds, id], author: false };
  }

  async function chosenOf(neighbourhoodId: string, incidentId: string): Promise<Audience> {
    const { sos } = neighbourhoodKeys(neighbourhoodId);
    const stored = asNullableString(await redis.send(sos, 'HGET', sos, incidentId));
    const sharing = stored === null ? 'all' : v.parse(Chosen, JSON.parse(entityJson(stored))).sharing;
    if (sharing === 'all') return { to: 'everyone' };
    return { to: 'people', people: { memberIds: sharing, author: false } };
  }

  async function loadDigests(neighbourhoodId: string, seq: number): Promise<Alert | null> {
    const { meta } = neighbourhoodKeys(neighbourhoodId);
    const [stored, counts] = await Promise.all([
      redis.send(meta, 'HGET', meta, 'neighbourhood'),
      preferences.getRound(neighbourhoodId, -seq),
    ]);
    if (typeof stored !== 'string' || counts.size === 0) return null;
    const neighbourhood = v.parse(Neighbourhood, JSON.parse(entityJson(stored)));
    return digestAlertOf({ seq, at: now() }, counts, neighbourhood);
  }

  async function loadAlert(neighbourhoodId: string, seq: number): Promise<Alert | null> {
    if (seq < 0) return await loadDigests(neighbourhoodId, seq);
    const { meta } = neighbourhoodKeys(neighbourhoodId);
    const [stored, [raw]] = await Promise.all([
      redis.send(meta, 'HGET', meta, 'neighbourhood'),
      eventLog.read(neighbourhoodId, seq - 1, seq, 1),
    ]);
    if (typeof stored !== 'string' || raw === undefined) return null;
    const entry = v.parse(LogEntry, JSON.parse(raw.json));
    const neighbourhood = v.parse(Neighbourhood, JSON.parse(entityJson(stored)));
    const incidentId = incidentIdOf(entry);
    if (incidentId === null) return await forNotice(neighbourhoodId, noticeAlertOf(entry, neighbourhood));
    const incident = await loadEntity(neighbourhoodId, 'incident', incidentId);
    const alert = incident && alertOf(entry, neighbourhood, incident);
    if (incident === null || alert === null) return null;
    const [merging, ...others] = await Promise.all([
      loadMerging(entry, neighbourhood),
      ...alert.besides.map((beside) => addressed(neighbourhoodId, incident, beside)),
    ]);
    const besides = merging === null ? others : [...others, merging];
    return await addressed(neighbourhoodId, incident, {
      ...alert,
      besides: besides.filter(
        ({ audience }) => audience.to !== 'people' || audience.people.memberIds.length > 0,
      ),
    });
  }

  async function forNotice(neighbourhoodId: string, alert: Alert | null): Promise<Alert | null> {
    const searchId = alert?.exclude.notKnowingOf;
    if (alert === null || searchId === undefined) return alert;
    const { searchesHidden: key } = neighbourhoodKeys(neighbourhoodId);
    const stored = asNullableString(await redis.send(key, 'HGET', key, searchId));
    if (stored === null) return alert;
    const { from } = v.parse(HiddenFrom, JSON.parse(entityJson(stored)));
    return { ...alert, exclude: { ...alert.exclude, memberIds: [...alert.exclude.memberIds, ...from] } };
  }

  /** What the followers of the incident that goes on are told where another was merged into it. */
  async function loadMerging(entry: LogEntry, neighbourhood: Neighbourhood): Promise<Alert | null> {
    const intoId = mergedInto(entry);
    const into = intoId === null ? null : await loadEntity(neighbourhood.id, 'incident', intoId);
    if (into === null) return null;
    // What names nobody was done by whoever reported the other without a name.
    const who = { memberIds: entry.by === null ? [] : [entry.by], author: entry.by === null };
    const by = await resolvePeople(neighbourhood.id, incidentIdOf(entry) ?? '', who);
    return await addressed(neighbourhood.id, into, mergingOf(entry, neighbourhood, into, by));
  }

  /** The alert with the members whom its audience means at this moment. */
  async function addressed(neighbourhoodId: string, incident: Incident, alert: Alert): Promise<Alert> {
    const exclude = await resolvePeople(neighbourhoodId, incident.id, alert.exclude);
    const { audience } = alert;
    if (audience.to === 'chosen')
      return { ...alert, exclude, audience: await chosenOf(neighbourhoodId, incident.id) };
    if (audience.to === 'people') {
      const people = await resolvePeople(neighbourhoodId, incident.id, audience.people);
      return { ...alert, exclude, audience: { to: 'people', people } };
    }
    if (audience.to === 'roles') {
      const and = await resolvePeople(neighbourhoodId, incident.id, audience.and);
      return { ...alert, exclude, audience: { ...audience, and } };
    }
    if (audience.to === 'followers') {
      const author = await authorOf(neighbourhoodId, incident.id);
      const compact = await compactOf(neighbourhoodId);
      const wanted = alert.happening === null ? () => true : compact.wanting(alert.happening, now());
      const preferring = audience.acting === true ? [] : [...compact.followers()].filter(wanted);
      const followers = await following.followersOf(neighbourhoodId, incident.id, { author, preferring });
      const people: People = { memberIds: [...audience.and.memberIds, ...followers], author: false };
      return { ...alert, exclude, audience: { to: 'people', people } };
    }
    return { ...alert, exclude };
  }

  /** Whether an alert still is how things are with what it is about, as of a moment ago at most. */
  async function stillHolds(neighbourhoodId: string, { subject }: Alert): Promise<boolean> {
    if (subject.kind === 'digest') return true;
    const key = `${neighbourhoodId} ${subject.kind} ${subject.id}`;
    const at = performance.now();
    const last = looked.get(key);
    if (last !== undefined && at - last.at < freshMs) {
      const entity = await last.entity;
      if (entity !== null && subject.holds(entity)) return true;
      // What the entry itself did may be younger than that: nothing is dropped for what was.
    }
    const loading = loadEntity(neighbourhoodId, subject.kind, subject.id);
    looked.delete(key);
    looked.set(key, { at, entity: loading });
    const [oldest] = looked.keys();
    if (looked.size > keptAlerts && oldest !== undefined) looked.delete(oldest);
    try {
      const entity = await loading;
      return entity !== null && subject.holds(entity);
    } catch (error) {
      looked.delete(key);
      throw error;
    }
  }

  /** The devices of an audience that names its members; null where it is told some other way. */
  async function devicesOf(neighbourhoodId: string, { audience }: Alert): Promise<Device[] | null> {
    return audience.to === 'people'
      ? await store.devicesOf(neighbourhoodId, audience.people.memberIds)
      : null;
  }

  /** What has to be told of a log entry; null when it tells nobody, or is gone. */
  async function getAlert(neighbourhoodId: string, seq: number): Promise<Alert | null> {
    const key = `${neighbourhoodId} ${seq}`;
    const known = alerts.get(key);
    if (known !== undefined) return await known;
    const loading = loadAlert(neighbourhoodId, seq);
    alerts.set(key, loading);
    const [oldest] = alerts.keys();
    if (alerts.size > keptAlerts && oldest !== undefined) alerts.delete(oldest);
    try {
      return await loading;
    } catch (error) {
      alerts.delete(key);
      throw error;
    }
  }

  async function activeMembers(neighbourhoodId: string, memberIds: string[]): Promise<Map<string, Member>> {
    if (memberIds.length === 0) return new Map();
    const { members } = neighbourhoodKeys(neighbourhoodId);
    const stored = asArray(await redis.send(members, 'HMGET', members, ...memberIds));
    const found = stored.flatMap((entity) =>
      entity === null ? [] : [v.parse(Member, JSON.parse(entityJson(asString(entity))))],
    );
    return new Map(found.filter(({ status }) => status === 'active').map((member) => [member.id, member]));
  }

  /** Decides for each device whether it is told. */
  async function resolve(neighbourhoodId: string, alert: Alert, deviceIds: string[]): Promise<Recipient[]> {
    // Reading so many takes milliseconds, twice.
    giveWay();
    const subscriptions = await store.load(neighbourhoodId, deviceIds);
    giveWay();
    const memberIds = [...new Set(subscriptions.flatMap((subscription) => subscription?.memberId ?? []))];
    const [active, modes, signedIn] = await Promise.all([
      activeMembers(neighbourhoodId, memberIds),
      // What takes back what somebody was told comes to them whatever they chose since.
      alert.audience.to === 'told' || alert.subject.kind !== 'incident'
        ? new Map<string, FollowMode>()
        : following.modesOf(neighbourhoodId, alert.subject.id, memberIds),
      Promise.all(
        deviceIds.map(async (deviceId, i) => {
          const personId = subscriptions[i]?.personId;
          return personId !== undefined && (await store.isSignedIn({ personId, deviceId }));
        }),
      ),
    ]);
    giveWay();
    const meant = subscriptions.map((subscription, i): Recipient => {
      if (subscription === null) return { kind: 'nobody' };
      if (signedIn[i] !== true) return { kind: 'signedOut', subscription };
      const member = active.get(subscription.memberId);
      if (member === undefined) return { kind: 'left', subscription };
      return isMeant(alert, member, modes.get(member.id) ?? null)
        ? { kind: 'tell', subscription, instead: null }
        : { kind: 'nobody' };
    });
    const isResident = (memberId: string) => active.get(memberId)?.role === 'resident';
    return await settle(neighbourhoodId, alert, meant, isResident);
  }

  return { getAlert, stillHolds, devicesOf, resolve };
}

export type Recipients = ReturnType<typeof createRecipients>;

function isMeant(
  { kind, audience, exclude, asks }: Alert,
  { id, role }: Member,
  mode: FollowMode | null,
): boolean {
  if (exclude.memberIds.includes(id)) return false;
  // Who was drawn has a duty, which is no news of the incident.
  if (mode === 'muted' && kind !== 'review') return false;
  // Chosen after it began to go out.
  if (isQuiet(kind) && mode === 'first' && !asks.includes(id)) return false;
  if (audience.to === 'roles') return audience.roles.includes(role) || audience.and.memberIds.includes(id);
  return audience.to !== 'people' || audience.people.memberIds.includes(id);
}
