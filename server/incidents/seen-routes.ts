import { Hono } from 'hono';
import { SeenCommand } from '../../shared/incident-life.ts';
import { Id } from '../../shared/text.ts';
import type { Guarded } from '../auth/guards.ts';
import { commandOf } from '../auth/idempotency.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { describe, json, pathParam } from '../validate.ts';

/** An incident that was there a moment ago needs no look for each of five thousand receipts. */
const knownMs = 5000;
const mostKnown = 1000;

/**
 * Receipts: a device's own word that an alert or its correction came, or that somebody had it before them. Mounted
 * behind the members' guard. A receipt is no entry of the log and touches no version, so that a whole neighbourhood's
 * cost no conflict. By its nature a repetition changes nothing: it carries the Idempotency-Key of every POST, and no
 * answer is kept for it.
 */
export function seenRoutes({ redis, reach }: Pick<Deps, 'redis' | 'reach'>) {
  const known = new Map<string, number>();
  const app = new Hono<Guarded>();

  async function requireIncident(neighbourhoodId: string, incidentId: string): Promise<void> {
    const key = `${neighbourhoodId} ${incidentId}`;
    const at = performance.now();
    if ((known.get(key) ?? 0) > at) return;
    const { incidents } = neighbourhoodKeys(neighbourhoodId);
    if ((await redis.send(incidents, 'HEXISTS', incidents, incidentId)) !== 1)
      throw new AppError('NOT_FOUND');
    if (known.size >= mostKnown) known.clear();
    known.set(key, at + knownMs);
  }

  app.post(
    '/:n/incidents/:i/seen',
    describe('Say that this device got an alert or its correction, or showed it to somebody', 204),
    json(SeenCommand),
    async (c) => {
      const { neighbourhoodId, session } = c.var;
      const incidentId = pathParam(Id, c.req.param('i'));
      await commandOf(c);
      const { kind, of } = c.req.valid('json');
      await requireIncident(neighbourhoodId, incidentId);
      const add = (how: 'got' | 'saw') =>
        reach.add(neighbourhoodId, incidentId, { of, how }, [session.deviceId]);
      // What somebody saw has also come.
      await Promise.all([add('got'), kind === 'saw' ? add('saw') : null]);
      return c.body(null, 204);
    },
  );

  return app;
}
