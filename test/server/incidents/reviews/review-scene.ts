import type { Problem } from '../../../../shared/errors.ts';
import type { LogPage } from '../../../../shared/events.ts';
import type { Incident, IncidentPage } from '../../../../shared/incidents.ts';
import type { Joined } from '../../../../shared/neighbourhoods.ts';
import type { Snapshot } from '../../../../shared/protocol.ts';
import type { MyReviews, Review } from '../../../../shared/reviews.ts';
import { reviewTimer } from '../../../../server/incidents/reviews/timer.ts';
import { neighbourhoodKeys } from '../../../../server/redis/keys.ts';
import { runDue } from '../../../../server/timers/timers.ts';
import { phoneOf, type TestApp } from '../../../support/app.ts';
import { type Phone, street } from '../../../support/phone.ts';
import { uploadPhoto } from '../../../support/photos.ts';

const day = 24 * 3600 * 1000;
export const secret = 'The blue house keeps its key under the pot.';

export type Neighbour = { phone: Phone; member: Joined['member'] };
type Answer = { review: Review; seq: number } & Problem;
type Detail = { incident: Incident; reviews: Review[]; mine: boolean };

/** Neighbours who have been there for long; `Ada` founded it, the first of the others reports. */
export async function reviewScene(test: TestApp, others = 8, over: Record<string, unknown> = {}) {
  const names = Array.from({ length: others }, (_, i) => `Neighbour ${i}`);
  const { id, founder, founderMember, neighbours } = await street(() => phoneOf(test), names);
  test.clock.now += 80 * day;
  const all: Neighbour[] = [...neighbours, { phone: founder, member: founderMember }];
  const [author] = neighbours;
  if (author === undefined) throw new Error('nobody is there');
  const photoId = await uploadPhoto(author.phone, id);
  const { incident } = await author.phone.report(id, { description: secret, photoIds: [photoId], ...over });
  const path = `/api/neighbourhoods/${id}/incidents/${incident.id}`;
  const flag = (who: Neighbour | undefined, more: Record<string, unknown> = {}) =>
    (who?.phone ?? founder).post<Answer>(`${path}/flags`, { agreement: 'private', ...more });
  const duties = async ({ phone }: Neighbour) =>
    (await phone.must(phone.get<MyReviews>(`/api/neighbourhoods/${id}/reviews/mine`))).duties;
  return {
    ...{ id, all, author, founder, photoId, incident, path, flag, duties },
    head: () => test.deps.eventLog.head(id),
    detail: (who: Neighbour = author) => who.phone.must(who.phone.get<Detail>(path)),
    entries: async () =>
      (await founder.must(founder.get<LogPage>(`/api/neighbourhoods/${id}/log?limit=500`))).entries,
    /** Whoever is asked at the moment. */
    jurors: async () => {
      const asked: Neighbour[] = [];
      for (const who of all) if ((await duties(who)).length > 0) asked.push(who);
      return asked;
    },
    judge: (who: Neighbour | undefined, reviewId: string, verdict: string) =>
      (who?.phone ?? founder).post<Answer>(`${path}/reviews/${reviewId}/verdict`, {
        verdict,
        reason: 'Read it twice.',
      }),
    appeal: (who: Neighbour, reviewId: string) =>
      who.phone.post<Answer>(`${path}/reviews/${reviewId}/appeal`),
    /** So many as are enough flag it. @returns the review */
    openReview: async (more: Record<string, unknown> = {}) => {
      for (const who of all.slice(1)) {
        const { review } = await who.phone.must(flag(who, more));
        if (review.status !== 'flagged') return review;
      }
      throw new Error('they are not enough');
    },
    /** The clock goes on, and what is due runs in two processes at once. */
    pass: async (ms: number) => {
      test.clock.now += ms;
      const deps = { redis: test.redis, logger: test.deps.logger, now: () => test.clock.now };
      const handlers = { review: reviewTimer(test.deps) };
      const { partition } = neighbourhoodKeys(id);
      await Promise.all([runDue(deps, partition, handlers), runDue(deps, partition, handlers)]);
    },
    everything: async () => {
      const bodies = await Promise.all([
        founder.get<Snapshot>(`/api/neighbourhoods/${id}/snapshot`),
        founder.get<IncidentPage>(`/api/neighbourhoods/${id}/incidents`),
        founder.get(path),
        founder.get(`/api/neighbourhoods/${id}/log?limit=500`),
        founder.get(`/api/neighbourhoods/${id}/moderation`),
        founder.get(`${path}/history`),
      ]);
      return JSON.stringify(bodies.map(({ body }) => body));
    },
  };
}
