import { Hono } from 'hono';
import { MergeCommand } from '../../../shared/duplicates.ts';
import { Reported } from '../../../shared/incidents.ts';
import type { Guarded } from '../../auth/guards.ts';
import type { Deps } from '../../deps.ts';
import { AppError, invalid } from '../../errors.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { describe, json } from '../../validate.ts';
import { incidentCommands } from '../command.ts';
import { merge } from './duplicate.ts';
import { createDuplicateStore, noMoreDuplicates, oneMoreDuplicate } from './store.ts';
import { createLifeStore } from '../life-store.ts';
import { changedIncident, createIncidentStore } from '../store.ts';

const notYours = 'only who reported it or has it in hand, volunteers and coordinators';
const conflicts = {
  closed: 'both incidents must be open',
  sos: 'an SOS is merged with nothing',
  chain: 'others were merged into this incident: merge the other one into it instead',
};

/** Says that one incident is the same as another; mounted behind the members' guard. */
export function duplicateRoutes(deps: Deps) {
  const incidents = createIncidentStore(deps.redis);
  const lives = createLifeStore(deps.redis);
  const duplicates = createDuplicateStore(deps.redis);
  const command = incidentCommands(deps, 'endings');
  const app = new Hono<Guarded>();

  app.post(
    '/:n/incidents/:i/merge',
    describe('Say that an incident is the same as another: it closes', 201, Reported),
    json(MergeCommand),
    (c) => {
      const { into: intoId } = c.req.valid('json');
      return command(c, async ({ neighbourhoodId, incident, author, actor, at }) => {
        const target = await incidents.getWithAuthor(neighbourhoodId, intoId);
        if (target === null) throw new AppError('NOT_FOUND');
        const [life, intoLife, own, others] = await Promise.all([
          lives.get(neighbourhoodId, incident.id),
          lives.get(neighbourhoodId, intoId),
          duplicates.getDuplicates(neighbourhoodId, incident.id),
          duplicates.getDuplicates(neighbourhoodId, intoId),
        ]);
        const decided = merge({
          from: { incident, author, ownerId: life.handling?.ownerId ?? null },
          hasDuplicates: own.any,
          into: { ...target, ownerId: intoLife.handling?.ownerId ?? null },
          actor,
          at,
        });
        if (!decided.ok) {
          if (decided.refusal === 'not-yours')
            throw new AppError('FORBIDDEN', { issues: [{ path: '', message: notYours }] });
          if (decided.refusal === 'itself') throw invalid('into', 'must be another incident');
          throw new AppError('CONFLICT', { issues: [{ path: 'into', message: conflicts[decided.refusal] }] });
        }
        const more = oneMoreDuplicate(neighbourhoodId, intoId, others, incident.id);
        return {
          event: { type: 'incident.closed', by: decided.by, incident: decided.incident },
          guards: [
            {
              key: neighbourhoodKeys(neighbourhoodId).incidents,
              field: intoId,
              version: target.incident.version,
            },
            more.guard,
            noMoreDuplicates(neighbourhoodId, incident.id, own),
          ],
          writes: [...changedIncident(neighbourhoodId, decided.incident), more.write],
          body: { incident: decided.incident },
        };
      });
    },
  );

  return app;
}
