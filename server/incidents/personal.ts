import * as v from 'valibot';
import { updateSubject } from '../../shared/hiding.ts';
import { HistoryEntry } from '../../shared/history.ts';
import { Confirmation, Response, Update } from '../../shared/incident-life.ts';
import type { Incident } from '../../shared/incidents.ts';
import type { Deps, Keeper, Own } from '../deps.ts';
import { getMember } from '../auth/membership.ts';
import { AppError } from '../errors.ts';
import { encodeEntity, entityJson } from '../eventlog/eventlog.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asArray, asNullableString, asStrings } from '../redis/reply.ts';
import { scanHash } from '../redis/scan.ts';
import { createForgetting } from './forgetting.ts';
import { mentionErasing, type Mentioned, withoutMention } from './mentions.ts';
import { createStandingStore } from './confirmations/standing-store.ts';
import { createRecordStore } from './outcomes/record-store.ts';
import { type ReviewFile, withoutReasons } from './reviews/review.ts';
import { createReviewStore, reviewIdOf } from './reviews/store.ts';
import { sosErasing } from './sos/erasing.ts';
import { createSosStore } from './sos/store.ts';
import { changedIncident, createIncidentStore } from './store.ts';

const parse = <Schema extends v.GenericSchema>(schema: Schema, stored: string): v.InferOutput<Schema> =>
  v.parse(schema, JSON.parse(entityJson(stored)));

/** The incident without the reasons that this member gave; null where they gave none. */
function wordless(incident: Incident, memberId: string): Incident | null {
  const { outcome, reopened } = incident;
  const said = [outcome, reopened].some((words) => words?.by === memberId && words.reason !== '');
  if (!said) return null;
  return {
    ...incident,
    version: incident.version + 1,
    outcome: outcome?.by === memberId ? { ...outcome, reason: '' } : outcome,
    reopened: reopened?.by === memberId ? { ...reopened, reason: '' } : reopened,
  };
}

type Reason = { incidentId: string; of: 'ending' | 'reopening'; text: string; at: number };

/** What a member said of a neighbour's incident when they ended it, or opened it again. */
function reasonsOf({ id, outcome, reopened }: Incident, memberId: string): Reason[] {
  const said = [
    { of: 'ending' as const, words: outcome },
    { of: 'reopening' as const, words: reopened },
  ];
  return said.flatMap(({ of, words }) =>
    words?.by === memberId ? [{ incidentId: id, of, text: words.reason, at: words.at }] : [],
  );
}

/** A review without the name of somebody whom hidden words mention; null where they mention them not. */
function withoutMentioned(file: ReviewFile, mentioned: Mentioned): ReviewFile | null {
  const words = file.words && withoutMention(file.words, mentioned);
  if (words === file.words) return null;
  const version = file.version + 1;
  return { ...file, version, words, review: { ...file.review, version } };
}

/** What incidents hold of one member: for handing it over, and for erasing it. */
export function incidentKeeper(deps: Pick<Deps, 'redis' | 'eventLog' | 'now'>): Keeper {
  const { redis, eventLog, now } = deps;
  const store = createIncidentStore(redis);
  const sos = createSosStore(redis);
  const searched = sosErasing(deps);
  const forgetting = createForgetting(deps);
  const reviews = createReviewStore(redis);
  const records = createRecordStore(redis);
  const standings = createStandingStore(redis);
  const takeMentions = mentionErasing(deps);

  /** Ids of the incidents that they reported, also where neighbours do not see it. */
  async function reportedBy({ neighbourhoodId, memberId }: Own): Promise<string[]> {
    const ids = new Set<string>();
    for await (const authors of scanHash(redis, neighbourhoodKeys(neighbourhoodId).incidentAuthors)) {
      for (const [id, author] of authors) if (author === memberId) ids.add(id);
    }
    return [...ids];
  }

  async function load(neighbourhoodId: string, ids: readonly string[]): Promise<Incident[]> {
    const found = await Promise.all(ids.map((id) => store.get(neighbourhoodId, id)));
    return found.filter((incident) => incident !== null);
  }

  async function updatesOf(neighbourhoodId: string, incidentId: string): Promise<Update[]> {
    const found = new Map<string, Update>();
    const key = neighbourhoodKeys(neighbourhoodId).incidentUpdates(incidentId);
    for await (const page of scanHash(redis, key)) {
      for (const [id, stored] of page) found.set(id, parse(Update, stored));
    }
    return [...found.values()];
  }

  /** Takes the reasons that they gave out of an incident, however often it changes meanwhile. */
  async function takeReasons({ neighbourhoodId, memberId }: Own, incidentId: string): Promise<void> {
    const { incidents } = neighbourhoodKeys(neighbourhoodId);
    for (;;) {
      const before = await store.get(neighbourhoodId, incidentId);
      const after = before === null ? null : wordless(before, memberId);
      if (before === null || after === null) return;
      await eventLog.commit({
        neighbourhoodId,
        event: { type: 'incident.changed', by: null, incident: after },
        at: now(),
        guards: [{ key: incidents, field: incidentId, version: before.version }],
        writes: changedIncident(neighbourhoodId, after),
        body: {},
      });
    }
  }

  /** Takes what they wrote about a neighbour's incident; that they answered or confirmed stays, without a name. */
  async function takeWords(own: Own, incidentId: string): Promise<void> {
    const { neighbourhoodId, memberId } = own;
    const keys = neighbourhoodKeys(neighbourhoodId);
    await takeReasons(own, incidentId);
    const updates = keys.incidentUpdates(incidentId);
    for (const { id, by } of await updatesOf(neighbourhoodId, incidentId)) {
      if (by !== memberId) continue;
      await redis.send(updates, 'HDEL', updates, id);
      // While it is hidden its words are with the review.
      await reviews.drop(neighbourhoodId, reviewIdOf(incidentId, updateSubject(id)));
    }
    const following = keys.incidentFollowing(incidentId);
    await redis.send(following, 'HDEL', following, memberId);
    const history = keys.incidentHistory(incidentId);
    for (const json of asStrings(await redis.send(history, 'LRANGE', history, '0', '-1'))) {
      if (!json.includes(memberId)) continue;
      const { differences } = v.parse(HistoryEntry, JSON.parse(json));
      if (differences.some(({ of }) => of === 'incident' || of === 'update')) {
        await redis.send(history, 'LREM', history, '0', json);
      }
    }
  }

  /** Changes what a review keeps for itself, whatever becomes of it meanwhile. */
  async function takeFromReview(
    { neighbourhoodId }: Own,
    reviewId: string,
    change: (before: ReviewFile) => ReviewFile | null,
  ): Promise<void> {
    const { reviews: key } = neighbourhoodKeys(neighbourhoodId);
    for (;;) {
      const before = await reviews.get(neighbourhoodId, reviewId);
      const file = before === null ? null : change(before);
      if (before === null || file === null) return;
      await eventLog.commit({
        neighbourhoodId,
        event: { type: 'review.changed', by: null, review: file.review, incident: null, update: null },
        at: now(),
        guards: [{ key, field: reviewId, version: before.version }],
        writes: [['HSET', key, reviewId, encodeEntity(file)]],
        body: {},
      });
    }
  }

  async function incidentIds(neighbourhoodId: string): Promise<Set<string>> {
    const ids = new Set<string>();
    const { incidentTimes } = neighbourhoodKeys(neighbourhoodId);
    const page = 1000;
    for (let from = 0; ; from += page) {
      const range = ['ZRANGE', incidentTimes, String(from), String(from + page - 1)];
      const found = asStrings(await redis.send(incidentTimes, ...range));
      for (const id of found) ids.add(id);
      if (found.length < page) return ids;
    }
  }

  return {
    /**
     * Nobody may run to an alert that vanished: it is ended first, so that neighbours are told. What looks ended to them
     * refuses nothing: who stands beside them would learn of it.
     */
    async refuse(own) {
      const { neighbourhoodId, memberId } = own;
      const incidents = await load(neighbourhoodId, await reportedBy(own));
      const seen = await sos.seenBy(neighbourhoodId, memberId, incidents);
      if (seen.some(({ status }) => status === 'open')) {
        const message = 'end your open alerts first, so that the neighbours are told';
        throw new AppError('CONFLICT', { issues: [{ path: 'incidents', message }] });
      }
    },

    async handOver({ neighbourhoodId, memberId }) {
      const keys = neighbourhoodKeys(neighbourhoodId);
      const mine = new Set(await reportedBy({ neighbourhoodId, memberId }));
      const responses: Response[] = [];
      const confirmations: Confirmation[] = [];
      const updates: Update[] = [];
      const following: { incidentId: string; mode: string }[] = [];
      const reasons: Reason[] = [];
      for (const id of await incidentIds(neighbourhoodId)) {
        const life = keys.incidentLife(id);
        const [response, confirmation] = asArray(
          await redis.send(life, 'HMGET', life, `response:${memberId}`, `confirmation:${memberId}`),
        );
        if (typeof response === 'string') responses.push(parse(Response, response));
        if (typeof confirmation === 'string') confirmations.push(parse(Confirmation, confirmation));
        const chosen = keys.incidentFollowing(id);
        const mode = asNullableString(await redis.send(chosen, 'HGET', chosen, memberId));
        if (mode !== null) following.push({ incidentId: id, mode });
        const incident = mine.has(id) ? null : await store.get(neighbourhoodId, id);
        if (incident !== null) reasons.push(...reasonsOf(incident, memberId));
        // The reporter's own are theirs also where they are anonymous.
        const written = await updatesOf(neighbourhoodId, id);
        const theirs = written.filter(({ by }) => by === memberId || (by === null && mine.has(id)));
        for (const update of theirs) updates.push(await reviews.unhiddenUpdate(neighbourhoodId, update));
      }
      const own = await sos.seenBy(neighbourhoodId, memberId, await load(neighbourhoodId, [...mine]));
      const incidents = await Promise.all(
        own.map(async (incident) => ({
          ...incident,
          ...(incident.hidden === undefined ? {} : await reviews.getContent(neighbourhoodId, incident)),
          anonymous: incident.reportedBy === null,
        })),
      );
      const [record, { resolved, refuted }, said] = await Promise.all([
        records.get(neighbourhoodId, memberId),
        standings.getOutcomes(neighbourhoodId, memberId),
        reviews.saidBy(neighbourhoodId, memberId),
      ]);
      const alerts = { falseInRow: record.falseInRow, resolved, refuted };
      return { incidents, responses, confirmations, updates, following, reasons, ...said, record: alerts };
    },

    async beforeErasing(own) {
      const { neighbourhoodId, memberId } = own;
      const name = (await getMember(redis, neighbourhoodId, memberId))?.name ?? '';
      if (name === '') return;
      for (const id of await incidentIds(neighbourhoodId)) await takeMentions(own, id, name);
      // What is hidden of what neighbours wrote lies with its review.
      for await (const page of scanHash(redis, neighbourhoodKeys(neighbourhoodId).reviews)) {
        for (const [id, stored] of page)
          if (stored.includes(memberId))
            await takeFromReview(own, id, (before) => withoutMentioned(before, { memberId, name }));
      }
    },

    async erase(own) {
      const { neighbourhoodId, memberId } = own;
      const keys = neighbourhoodKeys(neighbourhoodId);
      const ids = await reportedBy(own);
      const found = await load(neighbourhoodId, ids);
      const named = new Set(found.flatMap(({ id, reportedBy: by }) => (by === memberId ? [id] : [])));
      const goesOn = new Set<string>();
      for (const { id, sos } of found) if (sos !== null && (await searched.leave(own, id))) goesOn.add(id);
      await forgetting.forgetOf(
        neighbourhoodId,
        ids.filter((id) => named.has(id) && !goesOn.has(id)),
        ids.filter((id) => !named.has(id)),
      );
      for (const id of await reviews.forgetGone(neighbourhoodId, memberId))
        await takeFromReview(own, id, (before) => withoutReasons(before, memberId));
      for (const id of await incidentIds(neighbourhoodId)) await takeWords(own, id);
      await redis.send(keys.memberRecord, 'HDEL', keys.memberRecord, memberId);
      const outcomes = [`${memberId}:resolved`, `${memberId}:refuted`];
      await redis.send(keys.reportOutcomes, 'HDEL', keys.reportOutcomes, ...outcomes);
      await redis.send(keys.lastReport(memberId), 'UNLINK', keys.lastReport(memberId));
    },
  };
}
