import { Hono } from 'hono';
import type { Confirmation } from '../../../shared/incident-life.ts';
import { ConfirmCommand, Confirmed } from '../../../shared/incident-life.ts';
import { standingOf, weightOf } from '../../../shared/standing.ts';
import type { Guarded } from '../../auth/guards.ts';
import type { Deps } from '../../deps.ts';
import { AppError } from '../../errors.ts';
import { derivedId, newId } from '../../ids.ts';
import { describe, json } from '../../validate.ts';
import { type About, incidentCommands } from '../command.ts';
import { widenedHandling } from '../handling/store.ts';
import { confirm } from './confirmation.ts';
import { createLifeStore, newSalt, nextWeighed, partOf } from '../life-store.ts';
import { createStandingStore } from './standing-store.ts';
import { changedIncident } from '../store.ts';

/** What neighbours say of an incident's truth; mounted behind the members' guard. */
export function confirmationRoutes(deps: Deps) {
  const lives = createLifeStore(deps.redis);
  const standings = createStandingStore(deps.redis);
  const run = incidentCommands(deps, 'answers');
  const app = new Hono<Guarded>();

  /** What the actor's word counts on this incident, and the name of their circle on it. */
  async function voiceOf({ neighbourhoodId, incident, actor, at }: About) {
    const [background, root, salt] = await Promise.all([
      standings.getBackground(neighbourhoodId, actor),
      standings.circleRoot(neighbourhoodId, actor, at),
      lives.getSalt(neighbourhoodId, incident.id),
    ]);
    const weight = weightOf(standingOf(background, at));
    if (root === null) return { weight, circle: null, salted: null };
    const used = salt ?? newId();
    const salted = salt === null ? newSalt(neighbourhoodId, incident.id, used) : null;
    return { weight, circle: derivedId('circle', used, root), salted };
  }

  /** What others say, where that decides who is told; how many said so is read first, so that none slips in between. */
  async function othersOf({ neighbourhoodId, incident }: About) {
    if (incident.audience === 'everyone') return { others: [], turn: null, handling: null };
    const weighed = await lives.getWeighed(neighbourhoodId, incident.id);
    const { confirmations, handling } = await lives.get(neighbourhoodId, incident.id);
    return {
      handling,
      others: await standings.ofMembers(neighbourhoodId, confirmations),
      turn: nextWeighed(neighbourhoodId, incident.id, weighed),
    };
  }

  app.post(
    '/:n/incidents/:i/confirmations',
    describe('Say that an incident is so, or is not', 201, Confirmed),
    json(ConfirmCommand),
    async (c) => {
      const { kind } = c.req.valid('json');
      return await run<{ confirmation: Confirmation }>(c, async (about) => {
        const { neighbourhoodId, incident, author, actor, at } = about;
        const [{ weight, circle, salted }, before, { others, turn, handling }] = await Promise.all([
          voiceOf(about),
          lives.getConfirmation(neighbourhoodId, incident.id, actor.id),
          othersOf(about),
        ]);
        const memberId = actor.id;
        const asked = { incident, author, memberId, kind, weight, circle, before, others, handling, at };
        const decided = confirm(asked);
        if (!decided.ok) {
          throw new AppError(decided.code, { issues: [{ path: '', message: decided.message }] });
        }
        const { confirmation, widened, event } = decided;
        const part = partOf(neighbourhoodId, { field: `confirmation:${actor.id}`, entity: confirmation });
        const beside = [salted, turn].filter((one) => one !== null);
        const change = { before: handling, after: decided.handling };
        const asking = widened === null ? null : widenedHandling(neighbourhoodId, incident.id, change);
        return {
          event,
          guards: [
            part.guard,
            ...[...beside, ...(asking === null ? [] : [asking])].map(({ guard }) => guard),
          ],
          writes: [
            part.write,
            ...beside.map(({ write }) => write),
            ...(widened === null ? [] : changedIncident(neighbourhoodId, widened)),
            ...(asking?.writes ?? []),
          ],
          body: { confirmation },
        };
      });
    },
  );

  return app;
}
