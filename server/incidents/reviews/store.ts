import { randomInt } from 'node:crypto';
import * as v from 'valibot';
import { AgreementId } from '../../../shared/agreements.ts';
import type { LogEvent } from '../../../shared/events.ts';
import {
  type Content,
  type FlagSubject,
  type Hide,
  masked,
  maskedUpdate,
  updateSubject,
} from '../../../shared/hiding.ts';
import type { Update } from '../../../shared/incident-life.ts';
import { Incident } from '../../../shared/incidents.ts';
import { Member } from '../../../shared/neighbourhoods.ts';
import { isSitting, Review, Verdict } from '../../../shared/reviews.ts';
import { Id } from '../../../shared/text.ts';
import { encodeEntity, entityJson, type Guard, type Write } from '../../eventlog/eventlog.ts';
import { derivedId } from '../../ids.ts';
import type { Redis } from '../../redis/client.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { asArray, asNullableString, asNumber, asStrings } from '../../redis/reply.ts';
import { scanHash } from '../../redis/scan.ts';
import { hideOf, type ReviewFile, type Step } from './review.ts';
import { changedIncident } from '../store.ts';

/** Members read at once. */
const page = 500;
/** Reviews of which somebody is asked for one answer, the most urgent first. */
const mostDue = 200;

const Stored: v.GenericSchema<unknown, ReviewFile> = v.object({
  version: v.number(),
  review: Review,
  flags: v.array(
    v.object({
      ...{ memberId: Id, agreement: AgreementId, reason: v.string(), weight: v.number() },
      ...{ circle: v.nullable(Id), round: v.number() },
    }),
  ),
  // Those that were written before lack the reason.
  seats: v.array(
    v.object({ memberId: Id, verdict: v.nullable(Verdict), reason: v.optional(v.string(), '') }),
  ),
  sat: v.array(Id),
  panel: v.picklist(['jury', 'coordinators']),
  replaced: v.boolean(),
  words: v.optional(v.nullable(v.object({ text: v.string(), mentions: v.array(Id) })), null),
});
const parse = (stored: string) => v.parse(Stored, JSON.parse(entityJson(stored)));

const ContentOf = v.pick(Incident, ['title', 'description', 'answers', 'photoIds']);
const contentOf = ({ title, description, answers, photoIds }: Content): Content => ({
  ...{ title, description, answers, photoIds },
});

/** One review for each thing that can be flagged. */
export const reviewIdOf = (incidentId: string, of: FlagSubject) => derivedId('review', incidentId, of);

/** The order that chance gives, by the system's own generator: nobody foresees who is drawn. */
function shuffled<Item>(items: readonly Item[]): Item[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = randomInt(i + 1);
    const [a, b] = [order[i], order[j]];
    if (a !== undefined && b !== undefined) [order[i], order[j]] = [b, a];
  }
  return order;
}

function withHide(hides: readonly Hide[], reviewId: string, hide: Hide | null): Hide[] {
  const others = hides.filter((other) => other.reviewId !== reviewId);
  return hide === null ? others : [...others, hide];
}

/** The incident's next version where this shows or hides something of it; null where it does not. */
function shown(incident: Incident, content: Content, hides: readonly Hide[]): Incident | null {
  const { hidden, ...rest } = incident;
  if (JSON.stringify(hidden ?? []) === JSON.stringify(hides)) return null;
  const next = { ...rest, ...masked(content, hides), version: incident.version + 1 };
  return hides.length === 0 ? next : { ...next, hidden: [...hides] };
}

/** Writes that let the photos be seen, or by the jury alone; of those that are gone for good nothing is left. */
function photoWrites(
  key: string,
  content: Content,
  hides: readonly Hide[],
  { file, gone }: { file: ReviewFile; gone: readonly string[] },
): Write[] {
  const visible = masked(content, hides).photoIds;
  const { of } = file.review;
  return content.photoIds.map((photoId): Write => {
    const concerned = of === 'incident' || of === photoId;
    const lookers = concerned ? file.sat.map((id) => `${photoId} ${id}`) : [];
    const open = visible.includes(photoId) || gone.includes(photoId);
    return [open ? 'SREM' : 'SADD', key, photoId, ...lookers];
  });
}

/** What is flagged, as it is stored. */
type Flagged = {
  incident: Incident;
  /** The incident's words and photos, also those that are hidden. */
  content: Content;
  /** The observation or comment that is meant; null for the incident and its photos. */
  update: Update | null;
};
type Part = {
  guards: Guard[];
  writes: Write[];
  incident: Incident | null;
  update: Update | null;
  words: ReviewFile['words'];
};

/** Whether nobody may appeal any more against its removal: then it goes for good. */
export const isOver = ({ status, appealUntil }: Review) => status === 'removed' && appealUntil === null;

/** What a review's step does to the incident and its photos. */
function changedContent(neighbourhoodId: string, { incident, content }: Flagged, file: ReviewFile): Part {
  const keys = neighbourhoodKeys(neighbourhoodId);
  const { review } = file;
  const { id, of } = review;
  const hides = withHide(incident.hidden ?? [], id, hideOf(review, incident, null));
  const next = shown(incident, content, hides);
  const left = isOver(review) ? masked(content, [{ of, reviewId: id, removed: null }]) : content;
  const gone = content.photoIds.filter((photoId) => !left.photoIds.includes(photoId));
  const contentKey = keys.incidentContent(incident.id);
  const writes: Write[] = [
    hides.length === 0 ? ['DEL', contentKey] : ['SET', contentKey, JSON.stringify(contentOf(left))],
    ...photoWrites(keys.photosHidden, content, hides, { file, gone }),
    // Without a record nobody gets the photo; its files go with the day's sweep.
    ...gone.map((photoId): Write => ['HDEL', keys.photos, photoId]),
    ...(next === null ? [] : changedIncident(neighbourhoodId, next)),
  ];
  return { guards: [], writes, incident: next, update: null, words: null };
}

/** What a review's step does to an observation or a comment: while it is hidden its words are with the review alone. */
function changedUpdate(
  neighbourhoodId: string,
  incident: Incident,
  update: Update,
  { review, words }: ReviewFile,
): Part {
  const key = neighbourhoodKeys(neighbourhoodId).incidentUpdates(update.incidentId);
  const hide = hideOf(review, incident, update);
  const hides = hide === null ? [] : [hide];
  const { hidden = [], ...rest } = update;
  const whole = words ?? { text: update.text, mentions: update.mentions };
  const isSame = JSON.stringify(hidden) === JSON.stringify(hides);
  const version = isSame ? update.version : update.version + 1;
  const next: Update = {
    ...maskedUpdate({ ...rest, ...whole, version }, hides),
    ...(hide === null ? {} : { hidden: hides }),
  };
  return {
    // Also where it stays as it is: whoever erased it meanwhile has not erased it in vain.
    guards: [{ key, field: update.id, version: update.version }],
    writes: isSame ? [] : [['HSET', key, update.id, encodeEntity(next)]],
    incident: null,
    update: next,
    words: hide === null || isOver(review) ? null : whole,
  };
}

/**
 * Stores a review's next version with all that follows: what of the incident is shown, who may see the photos, when it
 * is looked at again. What nobody may appeal any more goes for good.
 */
export function changedReview(
  neighbourhoodId: string,
  { file, step, ...flagged }: Flagged & { file: ReviewFile; step: Step },
): { guards: Guard[]; writes: Write[]; event: LogEvent } {
  const keys = neighbourhoodKeys(neighbourhoodId);
  const { review } = file;
  const { id, dueAt, appealUntil } = review;
  const part =
    flagged.update === null
      ? changedContent(neighbourhoodId, flagged, file)
      : changedUpdate(neighbourhoodId, flagged.incident, flagged.update, file);
  const due = isSitting(review) ? dueAt : appealUntil;
  const timer = `review:${neighbourhoodId}:${id}`;
  const stored: ReviewFile = { ...file, words: part.words };
  const writes: Write[] = [
    ['HSET', keys.reviews, id, encodeEntity(stored)],
    ['ZADD', keys.reviewOrder, String(review.openedAt), id],
    due === null ? ['ZREM', keys.reviewDue, id] : ['ZADD', keys.reviewDue, String(due), id],
    due === null ? ['ZREM', keys.timers, timer] : ['ZADD', keys.timers, String(due), timer],
    ...part.writes,
  ];
  return {
    guards: [{ key: keys.reviews, field: id, version: file.version - 1 }, ...part.guards],
    writes,
    event: { type: `review.${step}`, by: null, review, incident: part.incident, update: part.update },
  };
}

/** Reads reviews, and what they are decided on. */
export function createReviewStore(redis: Redis) {
  async function load(neighbourhoodId: string, ids: readonly string[]): Promise<ReviewFile[]> {
    if (ids.length === 0) return [];
    const { reviews } = neighbourhoodKeys(neighbourhoodId);
    const stored = asArray(await redis.send(reviews, 'HMGET', reviews, ...ids));
    return stored.flatMap((value) => (typeof value === 'string' ? [parse(value)] : []));
  }

  async function drop(neighbourhoodId: string, ids: readonly string[]): Promise<void> {
    const { reviews, reviewOrder, reviewDue } = neighbourhoodKeys(neighbourhoodId);
    await redis.send(reviews, 'HDEL', reviews, ...ids);
    await redis.send(reviewOrder, 'ZREM', reviewOrder, ...ids);
    await redis.send(reviewDue, 'ZREM', reviewDue, ...ids);
  }

  return {
    async get(neighbourhoodId: string, id: string): Promise<ReviewFile | null> {
      return (await load(neighbourhoodId, [id]))[0] ?? null;
    },

    /** What is reviewed of one incident and of what was written about it, or was. */
    async ofIncident(
      neighbourhoodId: string,
      { id, photoIds, hidden = [] }: Incident,
      updates: readonly Update[],
    ): Promise<Review[]> {
      const written = updates.map((update) => updateSubject(update.id));
      const visible = ['incident', ...photoIds, ...written].map((of) => reviewIdOf(id, of));
      const ids = new Set([...visible, ...hidden.map(({ reviewId }) => reviewId)]);
      return (await load(neighbourhoodId, [...ids])).map(({ review }) => review);
    },

    /** The incident's words and photos, also those that nobody sees. */
    async getContent(neighbourhoodId: string, incident: Incident): Promise<Content> {
      const key = neighbourhoodKeys(neighbourhoodId).incidentContent(incident.id);
      const stored = asNullableString(await redis.send(key, 'GET', key));
      return stored === null ? contentOf(incident) : v.parse(ContentOf, JSON.parse(stored));
    },

    /** What somebody wrote, with its words where they are hidden and not gone: for themselves. */
    async unhiddenUpdate(neighbourhoodId: string, update: Update): Promise<Update> {
      const ids = (update.hidden ?? []).map(({ reviewId }) => reviewId);
      const [file] = await load(neighbourhoodId, ids);
      return { ...update, ...file?.words };
    },

    /** All active members, in the order of chance. */
    async drawMembers(neighbourhoodId: string): Promise<Member[]> {
      const { members, memberOrder } = neighbourhoodKeys(neighbourhoodId);
      const found: Member[] = [];
      for (let from = 0; ; from += page) {
        const range = ['ZRANGE', memberOrder, String(from), String(from + page - 1)];
        const ids = asStrings(await redis.send(memberOrder, ...range));
        if (ids.length > 0) {
          for (const stored of asArray(await redis.send(members, 'HMGET', members, ...ids))) {
            if (typeof stored !== 'string') continue;
            const member = v.parse(Member, JSON.parse(entityJson(stored)));
            if (member.status === 'active') found.push(member);
          }
        }
        if (ids.length < page) return shuffled(found);
      }
    },

    /** Of which somebody is asked, or may appeal. */
    async due(neighbourhoodId: string): Promise<ReviewFile[]> {
      const { reviewDue } = neighbourhoodKeys(neighbourhoodId);
      const range = ['ZRANGE', reviewDue, '0', String(mostDue - 1)];
      return await load(neighbourhoodId, asStrings(await redis.send(reviewDue, ...range)));
    },

    /** A page of all reviews, newest first. @returns null where `after` names none */
    async list(neighbourhoodId: string, after: string | undefined, limit: number): Promise<Review[] | null> {
      const { reviewOrder } = neighbourhoodKeys(neighbourhoodId);
      let from = 0;
      if (after !== undefined) {
        const rank = await redis.send(reviewOrder, 'ZREVRANK', reviewOrder, after);
        if (rank === null) return null;
        from = asNumber(rank) + 1;
      }
      const range = ['ZRANGE', reviewOrder, String(from), String(from + limit - 1), 'REV'];
      const ids = asStrings(await redis.send(reviewOrder, ...range));
      return (await load(neighbourhoodId, ids)).map(({ review }) => review);
    },

    /** Forgets reviews that began before, with their incidents; what is under way ends first. */
    async forget(neighbourhoodId: string, before: number): Promise<void> {
      const { reviewOrder, reviewDue } = neighbourhoodKeys(neighbourhoodId);
      const range = ['ZRANGE', reviewOrder, '-inf', `(${before}`, 'BYSCORE', 'LIMIT', '0', String(page)];
      const old = asStrings(await redis.send(reviewOrder, ...range));
      const due = new Set(asStrings(await redis.send(reviewDue, 'ZRANGE', reviewDue, '0', '-1')));
      const ids = old.filter((id) => !due.has(id));
      if (ids.length > 0) await drop(neighbourhoodId, ids);
    },

    /** Forgets reviews whose incident is gone. @returns ids of the others that this member has flagged, or decides on */
    async forgetGone(neighbourhoodId: string, memberId: string | null): Promise<string[]> {
      const { reviews, incidents } = neighbourhoodKeys(neighbourhoodId);
      const concerned = new Set<string>();
      for await (const stored of scanHash(redis, reviews)) {
        for (const [id, entity] of stored) {
          const { review, flags, seats } = parse(entity);
          const isThere = await redis.send(incidents, 'HEXISTS', incidents, review.incidentId);
          if (isThere !== 1) await drop(neighbourhoodId, [id]);
          else if ([...flags, ...seats].some((given) => given.memberId === memberId)) concerned.add(id);
        }
      }
      return [...concerned];
    },

    /** What a member said where they flagged something, or decide at the moment: theirs, and shown to nobody else. */
    async saidBy(neighbourhoodId: string, memberId: string) {
      const { reviews } = neighbourhoodKeys(neighbourhoodId);
      const found = new Map<string, ReviewFile>();
      for await (const stored of scanHash(redis, reviews)) {
        for (const [id, entity] of stored) if (entity.includes(memberId)) found.set(id, parse(entity));
      }
      const isTheirs = (given: { memberId: string }) => given.memberId === memberId;
      const files = [...found.values()];
      return {
        flags: files.flatMap(({ review: { incidentId, of }, flags }) =>
          flags.filter(isTheirs).map(({ agreement, reason }) => ({ incidentId, of, agreement, reason })),
        ),
        verdicts: files.flatMap(({ review: { incidentId, of }, seats }) =>
          seats.filter(isTheirs).map(({ verdict, reason }) => ({ incidentId, of, verdict, reason })),
        ),
      };
    },

    /** Forgets a review whose incident is gone. */
    drop: (neighbourhoodId: string, id: string) => drop(neighbourhoodId, [id]),
  };
}
