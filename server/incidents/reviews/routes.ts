import { type Context, Hono } from 'hono';
import { type Content, type FlagSubject, masked } from '../../../shared/hiding.ts';
import {
  AppealCommand,
  FlagCommand,
  ModerationPage,
  ModerationQuery,
  MyReviews,
  type Review,
  Reviewed,
  VerdictCommand,
} from '../../../shared/reviews.ts';
import { standingOf, weightOf } from '../../../shared/standing.ts';
import { Id } from '../../../shared/text.ts';
import type { Guarded } from '../../auth/guards.ts';
import type { Deps } from '../../deps.ts';
import { AppError, invalid } from '../../errors.ts';
import { derivedId } from '../../ids.ts';
import { describe, json, pathParam, query } from '../../validate.ts';
import { type About, type Change, incidentCommands } from '../command.ts';
import { createLifeStore } from '../life-store.ts';
import { createGone } from './gone.ts';
import { appeal, flag, judge, type ReviewFile, type Situation, type Step } from './review.ts';
import { changedReview, createReviewStore, reviewIdOf } from './store.ts';
import { createSubjects, type Subject } from './subject.ts';
import { createStandingStore } from '../confirmations/standing-store.ts';
import { createIncidentStore } from '../store.ts';

type Decided =
  | { ok: true; file: ReviewFile; step: Step }
  | { ok: false; code: 'FORBIDDEN' | 'CONFLICT'; message: string };

/** Flags, the juries that decide on them, and what every member can read of it; mounted behind the members' guard. */
export function reviewRoutes(deps: Deps) {
  const { redis, limits } = deps;
  const reviews = createReviewStore(redis);
  const lives = createLifeStore(redis);
  const incidents = createIncidentStore(redis);
  const subjects = createSubjects(redis);
  const gone = createGone(redis);
  const standings = createStandingStore(redis);
  const run = incidentCommands(deps);
  const app = new Hono<Guarded>();

  async function requireSubject(about: About, of: FlagSubject): Promise<Subject> {
    const subject = await subjects.get(about.neighbourhoodId, about, of);
    if (subject === null) throw new AppError('NOT_FOUND');
    return subject;
  }

  async function situationOf({ neighbourhoodId, incident, at }: About, subject: Subject): Promise<Situation> {
    const [life, members] = await Promise.all([
      lives.get(neighbourhoodId, incident.id),
      reviews.drawMembers(neighbourhoodId),
    ]);
    return { ...subject, incident, life, members, at };
  }

  async function changeOf(
    { neighbourhoodId, incident }: About,
    { update }: Subject,
    decided: Decided,
  ): Promise<Change<{ review: Review }>> {
    if (!decided.ok) throw new AppError(decided.code, { issues: [{ path: '', message: decided.message }] });
    const content = await reviews.getContent(neighbourhoodId, incident);
    const change = changedReview(neighbourhoodId, { incident, content, update, ...decided });
    const { review } = decided.file;
    const writes = [...change.writes, ...(await gone(neighbourhoodId, review))];
    return { ...change, writes, body: { review } };
  }

  /** What the actor's flag counts, and the name of their circle on this review. */
  async function voiceOf({ neighbourhoodId, actor, at }: About, reviewId: string) {
    const [background, root] = await Promise.all([
      standings.getBackground(neighbourhoodId, actor),
      standings.circleRoot(neighbourhoodId, actor, at),
    ]);
    const circle = root === null ? null : derivedId('circle', reviewId, root);
    return { weight: weightOf(standingOf(background, at)), circle };
  }

  app.post(
    '/:n/incidents/:i/flags',
    describe('Say that an incident, a photo of it or words about it break an agreement', 201, Reviewed),
    json(FlagCommand),
    async (c) => {
      const command = c.req.valid('json');
      await limits.count('flags', c.var.member.id);
      return await run(c, async (about) => {
        const { neighbourhoodId, incident, actor } = about;
        const id = reviewIdOf(incident.id, command.of);
        const before = await reviews.get(neighbourhoodId, id);
        const subject = await subjects.get(neighbourhoodId, about, command.of);
        const isPhoto = subject?.update === null && command.of !== 'incident';
        if (subject === null || (before === null && isPhoto && !incident.photoIds.includes(command.of))) {
          throw invalid('of', 'must be the incident, a photo of it or what was written about it');
        }
        const [situation, voice] = await Promise.all([situationOf(about, subject), voiceOf(about, id)]);
        const asked = { ...situation, ...voice, id, before, memberId: actor.id, command };
        return await changeOf(about, subject, flag(asked));
      });
    },
  );

  async function requireFile(c: Context<Guarded>, { neighbourhoodId, incident }: About): Promise<ReviewFile> {
    const file = await reviews.get(neighbourhoodId, pathParam(Id, c.req.param('r')));
    if (file?.review.incidentId !== incident.id) throw new AppError('NOT_FOUND');
    return file;
  }

  app.post(
    '/:n/incidents/:i/reviews/:r/verdict',
    describe('Decide, as one of the jury', 201, Reviewed),
    json(VerdictCommand),
    (c) =>
      run(c, async (about) => {
        const file = await requireFile(c, about);
        const subject = await requireSubject(about, file.review.of);
        const situation = { author: subject.author, at: about.at };
        const decided = judge(file, about.actor.id, c.req.valid('json'), situation);
        return await changeOf(about, subject, decided);
      }),
  );

  app.post(
    '/:n/incidents/:i/reviews/:r/appeal',
    describe('Ask for a second jury, as who wrote it', 201, Reviewed),
    json(AppealCommand),
    (c) =>
      run(c, async (about) => {
        const file = await requireFile(c, about);
        const subject = await requireSubject(about, file.review.of);
        const situation = await situationOf(about, subject);
        return await changeOf(about, subject, appeal(file, about.actor.id, situation));
      }),
  );

  /** What a juror looks at; null where it is not there any more. */
  async function evidenceOf(neighbourhoodId: string, { review, words }: ReviewFile): Promise<Content | null> {
    const { id, incidentId, of } = review;
    const found = await incidents.getWithAuthor(neighbourhoodId, incidentId);
    const subject = found && (await subjects.get(neighbourhoodId, found, of));
    if (found === null || subject === null) return null;
    const { incident } = found;
    if (subject.update !== null) {
      const description = words?.text ?? subject.update.text;
      return { title: null, description, answers: {}, photoIds: [] };
    }
    const whole = await reviews.getContent(neighbourhoodId, incident);
    const others = (incident.hidden ?? []).filter(({ reviewId }) => reviewId !== id);
    const content = masked(whole, others);
    return of === 'incident' ? content : { ...content, photoIds: [of] };
  }

  app.get('/:n/reviews/mine', describe('What I am asked to decide', 200, MyReviews), async (c) => {
    const { neighbourhoodId, member } = c.var;
    const duties: MyReviews['duties'] = [];
    for (const file of await reviews.due(neighbourhoodId)) {
      const { review, seats, flags } = file;
      const seat = seats.find(({ memberId }) => memberId === member.id);
      const content = seat?.verdict === null ? await evidenceOf(neighbourhoodId, file) : null;
      if (content === null) continue;
      const round = Math.max(...flags.map((given) => given.round));
      const reasons = flags.filter((given) => given.round === round && given.reason !== '');
      duties.push({ review, ...content, reasons: reasons.map(({ reason }) => reason) });
    }
    return c.json({ duties });
  });

  app.get(
    '/:n/moderation',
    describe('What was flagged, and how neighbours decided', 200, ModerationPage),
    query(ModerationQuery),
    async (c) => {
      const { cursor, limit } = c.req.valid('query');
      const found = await reviews.list(c.var.neighbourhoodId, cursor, limit);
      if (found === null) throw invalid('cursor', 'must be a cursor of an earlier page');
      return c.json({ reviews: found, cursor: found.length < limit ? null : (found.at(-1)?.id ?? null) });
    },
  );

  return app;
}
