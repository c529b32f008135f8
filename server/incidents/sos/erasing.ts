import * as v from 'valibot';
import { Incident } from '../../../shared/incidents.ts';
import { withoutName } from '../../../shared/sos.ts';
import type { Deps, Own } from '../../deps.ts';
import { eraseEntries } from '../../eventlog/erasing.ts';
import { takeFromReceiptsOf } from '../../eventlog/receipts.ts';
import { requestCompaction } from '../../redis/compaction.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { createHistoryStore } from '../history-store.ts';
import { changedIncident, createIncidentStore } from '../store.ts';
import { eraseOwn, historyWithoutName } from './sos.ts';
import { changedSos, createSosStore, nobodyId } from './store.ts';

type ErasingDeps = Pick<Deps, 'redis' | 'eventLog' | 'now'>;

/** What a command about an incident was answered with. */
const Answered = v.looseObject({ incident: Incident });

/** Takes somebody who is erased out of an SOS that goes on without them seeing it. */
export function sosErasing({ redis, eventLog, now }: ErasingDeps) {
  const incidents = createIncidentStore(redis);
  const store = createSosStore(redis);
  return {
    /** Leaves it to those who help, with nothing of its member but their name. @returns false where it is over, or seen */
    async leave({ neighbourhoodId, memberId }: Own, incidentId: string): Promise<boolean> {
      const { incidents: key, incidentAuthors } = neighbourhoodKeys(neighbourhoodId);
      const nobody = nobodyId(incidentId);
      for (;;) {
        const [incident, record] = await Promise.all([
          incidents.get(neighbourhoodId, incidentId),
          store.getRecord(neighbourhoodId, incidentId),
        ]);
        if (incident === null || record?.memberId !== memberId) return false;
        const next = eraseOwn(incident, record, nobody);
        if (next === null) return false;
        const kept = changedSos(neighbourhoodId, next.record);
        const committed = await eventLog.commit({
          ...{ neighbourhoodId, at: now(), body: {} },
          // Told by the snapshot that every device begins with once they are erased; theirs hears nothing of it.
          event: { type: 'entry.erased', by: null },
          guards: [{ key, field: incidentId, version: incident.version }, kept.guard],
          writes: [
            ...changedIncident(neighbourhoodId, next.incident),
            ['HSET', incidentAuthors, incidentId, nobody],
            kept.write,
          ],
        });
        if (committed !== null) return true;
      }
    },
  };
}

/**
 * The timer `sos-name:<neighbourhood>:<incident>`, set when an SOS ends whose member was erased: takes their name and
 * words out of its entries, its history and what was answered about it. What a crash leaves undone is done again.
 */
export function sosNameTimer({ redis, eventLog, now }: ErasingDeps) {
  const store = createSosStore(redis);
  const history = createHistoryStore(redis);

  const nameless = (body: string): string => {
    const answered = v.safeParse(Answered, JSON.parse(body));
    if (!answered.success) return body;
    return JSON.stringify({ ...answered.output, incident: withoutName(answered.output.incident) });
  };

  return async (neighbourhoodId: string, incidentId: string): Promise<number | null> => {
    const record = await store.getRecord(neighbourhoodId, incidentId);
    if (record?.memberId !== nobodyId(incidentId)) return null;
    await eraseEntries(redis, neighbourhoodId, { memberId: record.memberId });
    await takeFromReceiptsOf(redis, neighbourhoodId, incidentId, nameless);
    const kept = changedSos(neighbourhoodId, { ...record, version: record.version + 1, name: '' });
    const committed = await eventLog.commit({
      ...{ neighbourhoodId, at: now(), body: {} },
      event: { type: 'entry.erased', by: null },
      guards: [kept.guard],
      writes: [kept.write, ...(await history.rewritten(neighbourhoodId, incidentId, historyWithoutName))],
    });
    if (committed === null) return now();
    await requestCompaction(redis, now());
    return null;
  };
}
