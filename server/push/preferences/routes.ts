import type { Context } from 'hono';
import { Hono } from 'hono';
import { coarsened } from '../../../shared/geo/area.ts';
import {
  type Area,
  Digest,
  Preferences,
  PreferencesCommand,
  SnoozeCommand,
  usualPreferences,
} from '../../../shared/preferences.ts';
import { nextDigest } from '../../../shared/wanted.ts';
import { actorOf, type Guarded } from '../../auth/guards.ts';
import type { Deps } from '../../deps.ts';
import { AppError, invalid } from '../../errors.ts';
import { describe, json } from '../../validate.ts';
import { createPreferenceStore } from './store.ts';
import { loadTimeZone } from './time-zone.ts';

const hour = 3600 * 1000;
const attempts = 10;

/** Nobody's home is kept more exactly than the coarse grid. @throws AppError INVALID_INPUT */
function kept(areas: readonly Area[]): Area[] {
  return areas.map((area, i) => {
    const shape = coarsened(area.shape);
    if (shape === null) throw invalid(`areas.${i}.shape`, 'must be larger, or less thin');
    return { ...area, shape };
  });
}

/** How a member wants to be told, which nobody else learns; mounted behind the members' guard. */
export function preferenceRoutes(deps: Deps) {
  const { redis, now } = deps;
  const store = createPreferenceStore(redis);
  const app = new Hono<Guarded>();

  async function settled({ neighbourhoodId, member }: Guarded['Variables']): Promise<Preferences> {
    return (
      (await store.get(neighbourhoodId, member.id)) ??
      usualPreferences(await loadTimeZone(redis, neighbourhoodId))
    );
  }

  /** Decides and stores until nothing came in between. */
  async function settle(c: Context<Guarded>, decide: (before: Preferences, at: number) => Preferences) {
    const { neighbourhoodId } = c.var;
    const actor = actorOf(c, deps);
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const { member } = await actor();
      const before = await settled(c.var);
      const at = now();
      const next = { ...decide(before, at), version: before.version + 1 };
      if (await store.put(neighbourhoodId, member, next, at)) return c.json(next);
    }
    throw new AppError('CONFLICT');
  }

  app.get('/:n/preferences', describe('How I want to be told', 200, Preferences), async (c) =>
    c.json(await settled(c.var)),
  );

  app.put(
    '/:n/preferences',
    describe('Say how I want to be told', 200, Preferences),
    json(PreferencesCommand),
    async (c) => {
      const command = c.req.valid('json');
      const areas = kept(command.areas);
      return await settle(c, (before) => ({ ...before, ...command, areas }));
    },
  );

  app.put(
    '/:n/preferences/snooze',
    describe('Leave me alone for a while', 200, Preferences),
    json(SnoozeCommand),
    async (c) => {
      const { for: how } = c.req.valid('json');
      return await settle(c, (before, at) => ({
        ...before,
        snoozedUntil: how === 'nothing' ? null : how === 'hour' ? at + hour : nextDigest(before, at),
      }));
    },
  );

  app.get('/:n/digest', describe('What did not disturb me', 200, Digest), async (c) =>
    c.json(await store.getDigest(c.var.neighbourhoodId, c.var.member.id)),
  );

  return app;
}
