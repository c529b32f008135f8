import * as v from 'valibot';
import { LogEntry } from '../../shared/events.ts';
import { Member, Neighbourhood } from '../../shared/neighbourhoods.ts';
import { entityJson, type EventLog } from '../eventlog/eventlog.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asArray, asNullableString, asString } from '../redis/reply.ts';
import { type Alert, alertOf } from './alert.ts';
import type { Subscription, SubscriptionStore } from './store.ts';

/** Who is to be told, or why not. */
export type Recipient =
  | { kind: 'tell'; subscription: Subscription }
  /** There is no subscription any more, or it is the reporter's own device. */
  | { kind: 'nobody' }
  /** The device was signed out, here or from another one. */
  | { kind: 'signedOut'; subscription: Subscription }
  /** The membership has ended. */
  | { kind: 'left'; subscription: Subscription };

const keptAlerts = 500;

/** Looks up what an alert says and who of the due devices may still be told: membership and session are asked each time. */
export function createRecipients(redis: Redis, eventLog: EventLog, store: SubscriptionStore) {
  // A fan-out asks for the same alert page after page; the oldest goes.
  const alerts = new Map<string, Promise<Alert | null>>();

  async function loadAlert(neighbourhoodId: string, seq: number): Promise<Alert | null> {
    const { meta, incidentAuthors } = neighbourhoodKeys(neighbourhoodId);
    const [stored, [raw]] = await Promise.all([
      redis.send(meta, 'HGET', meta, 'neighbourhood'),
      eventLog.read(neighbourhoodId, seq - 1, seq, 1),
    ]);
    if (typeof stored !== 'string' || raw === undefined) return null;
    const alert = alertOf(
      v.parse(LogEntry, JSON.parse(raw.json)),
      v.parse(Neighbourhood, JSON.parse(entityJson(stored))),
    );
    if (alert === null || alert.reportedBy !== null) return alert;
    // Neighbours do not see who reported it; the reporter is kept out all the same.
    const author = await redis.send(incidentAuthors, 'HGET', incidentAuthors, alert.incidentId);
    return { ...alert, reportedBy: asNullableString(author) };
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

  async function activeMembers(neighbourhoodId: string, memberIds: string[]): Promise<Set<string>> {
    if (memberIds.length === 0) return new Set();
    const { members } = neighbourhoodKeys(neighbourhoodId);
    const stored = asArray(await redis.send(members, 'HMGET', members, ...memberIds));
    const found = stored.flatMap((entity) =>
      entity === null ? [] : [v.parse(Member, JSON.parse(entityJson(asString(entity))))],
    );
    return new Set(found.filter(({ status }) => status === 'active').map(({ id }) => id));
  }

  /** Decides for each device whether it is told. */
  async function resolve(neighbourhoodId: string, alert: Alert, deviceIds: string[]): Promise<Recipient[]> {
    const subscriptions = await store.load(neighbourhoodId, deviceIds);
    const memberIds = new Set(subscriptions.flatMap((subscription) => subscription?.memberId ?? []));
    const [active, signedIn] = await Promise.all([
      activeMembers(neighbourhoodId, [...memberIds]),
      Promise.all(
        deviceIds.map(async (deviceId, i) => {
          const personId = subscriptions[i]?.personId;
          return personId !== undefined && (await store.isSignedIn({ personId, deviceId }));
        }),
      ),
    ]);
    return subscriptions.map((subscription, i): Recipient => {
      if (subscription === null) return { kind: 'nobody' };
      if (signedIn[i] !== true) return { kind: 'signedOut', subscription };
      if (!active.has(subscription.memberId)) return { kind: 'left', subscription };
      if (subscription.memberId === alert.reportedBy) return { kind: 'nobody' };
      return { kind: 'tell', subscription };
    });
  }

  return { getAlert, resolve };
}

export type Recipients = ReturnType<typeof createRecipients>;
