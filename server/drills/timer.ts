import { drillReminderMs } from '../../shared/drills.ts';
import type { Deps } from '../deps.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { end } from './drill.ts';
import { changedDrill, createDrillStore } from './store.ts';

type TimerDeps = Pick<Deps, 'redis' | 'eventLog' | 'now'>;

/** The timer `drill:<neighbourhood>:<drill>`: a drill that nobody ended ends by itself, with its figures. */
export function drillTimer({ redis, eventLog, now }: TimerDeps) {
  const store = createDrillStore(redis);
  return async (neighbourhoodId: string, drillId: string): Promise<number | null> => {
    for (;;) {
      const drill = await store.get(neighbourhoodId, drillId);
      const at = now();
      if (drill === null || drill.end !== null) return null;
      if (at < drill.endsAt) return drill.endsAt;
      const decided = end(drill, null, await store.figures(neighbourhoodId, drillId, at), at);
      if (!decided.ok) return null;
      await eventLog.commit({
        ...{ neighbourhoodId, at, body: {} },
        event: { type: 'drill.ended', by: null, drill: decided.drill },
        ...changedDrill(neighbourhoodId, decided.drill),
      });
      // Looked at once more, moved or committed.
    }
  };
}

/** The timer `drill-due:<neighbourhood>`: a month after the last drill coordinators are reminded, once. */
export function drillDueTimer({ redis, eventLog, now }: TimerDeps) {
  const store = createDrillStore(redis);
  return async (neighbourhoodId: string): Promise<number | null> => {
    const drill = await store.last(neighbourhoodId);
    const at = now();
    if (drill === null) return null;
    const dueAt = drill.startedAt + drillReminderMs;
    if (at < dueAt) return dueAt;
    await eventLog.commit({
      ...{ neighbourhoodId, at, body: {} },
      event: { type: 'drill.due', by: null, drill },
      guards: [],
      // A worker that dies after this reminds nobody again.
      writes: [['ZREM', neighbourhoodKeys(neighbourhoodId).timers, `drill-due:${neighbourhoodId}`]],
    });
    return null;
  };
}
