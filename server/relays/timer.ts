import { getMember } from '../auth/membership.ts';
import type { Deps } from '../deps.ts';
import { withoutMember } from './pairing.ts';
import { pass } from './relay.ts';
import { changedBook, changedRelay, createRelayStore, relayIdOf, unchangedBook } from './store.ts';

type TimerDeps = Pick<Deps, 'redis' | 'eventLog' | 'now'>;

/**
 * The timer `relay:<neighbourhood>:<incident>`, set with each change of a grave incident: whoever tells somebody without
 * a phone is asked to, then the next. However often and wherever it runs, each step is done once.
 */
export function relayTimer({ redis, eventLog, now }: TimerDeps) {
  const store = createRelayStore(redis);
  return async (neighbourhoodId: string, incidentId: string): Promise<number | null> => {
    for (;;) {
      const [incident, book] = await Promise.all([
        store.getIncident(neighbourhoodId, incidentId),
        store.getBook(neighbourhoodId),
      ]);
      if (incident === null || book.pairings.length === 0) return null;
      const at = now();
      const relays = await store.relaysOf(neighbourhoodId, incidentId, book.pairings);
      const next = book.pairings.map((pairing, i) =>
        pass(relays[i] ?? null, relayIdOf(incidentId, pairing.id), { incident, pairing, at }),
      );
      for (const relay of next) {
        if (relay === null) continue;
        const change = changedRelay(neighbourhoodId, relay);
        await eventLog.commit({
          ...{ neighbourhoodId, at, body: {} },
          event: { type: 'relay.changed', by: null, relay },
          guards: [...change.guards, unchangedBook(neighbourhoodId, book)],
          writes: change.writes,
        });
      }
      if (next.some((relay) => relay !== null)) continue;
      const due = relays.flatMap((relay) => relay?.dueAt ?? []);
      return due.length === 0 ? null : Math.min(...due);
      // Looked at once more, moved or committed.
    }
  };
}

/** With the timer `memberLeft:<neighbourhood>:<member>`: whoever left tells nobody any more, which coordinators see. */
export function relayLeaver({ redis, eventLog, now }: TimerDeps) {
  const store = createRelayStore(redis);
  return async (neighbourhoodId: string, memberId: string): Promise<void> => {
    const member = await getMember(redis, neighbourhoodId, memberId);
    if (member?.status === 'active') return;
    for (;;) {
      const book = withoutMember(await store.getBook(neighbourhoodId), memberId);
      if (book === null) return;
      await eventLog.commit({
        ...{ neighbourhoodId, at: now(), body: {} },
        // Nobody is told: who left is no business of devices.
        event: { type: 'entry.erased', by: null },
        ...changedBook(neighbourhoodId, book),
      });
    }
  };
}
