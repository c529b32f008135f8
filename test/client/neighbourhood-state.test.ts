import { effect } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { createNeighbourhoodState } from '../../client/state/neighbourhood.ts';
import type { LogEntry, LogEvent } from '../../shared/events.ts';
import { type Incident, noReach } from '../../shared/incidents.ts';
import type { Member } from '../../shared/neighbourhoods.ts';
import { incidentOf } from '../support/incident.ts';
import { snapshotAt } from './live-room.ts';

const now = 1_700_000_000_000;
const idOf = (name: string) => name.padEnd(16, '-');

const incident = (name: string, changed: Partial<Incident> = {}): Incident =>
  incidentOf({ id: idOf(name), ...changed });

const entriesOf = (...events: LogEvent[]): LogEntry[] =>
  events.map((event, index) => ({ seq: index + 1, at: now, ...event }));
const reported = (one: Incident): LogEvent => ({ type: 'incident.reported', by: null, incident: one });

function stateAt(incidents: Incident[] = []) {
  const state = createNeighbourhoodState(() => now);
  state.reset({ ...snapshotAt('epoch-aaaa.0'), incidents });
  return state;
}

describe('what a device knows of a neighbourhood', () => {
  it('[CU14] an entity is taken only where its version is higher than what is known', () => {
    const state = stateAt([incident('a', { version: 3, description: 'third' })]);
    state.apply(
      entriesOf(reported(incident('a', { version: 2, description: 'second' }))),
      'epoch-aaaa.1',
      'live',
    );
    expect(state.incidents.value.get(idOf('a'))?.description).toBe('third');
    state.apply(
      entriesOf(reported(incident('a', { version: 4, description: 'fourth' }))),
      'epoch-aaaa.2',
      'live',
    );
    expect(state.incidents.value.get(idOf('a'))?.description).toBe('fourth');
  });

  it('[CU15] a frame of entries changes the screen once, together with its cursor', () => {
    const state = stateAt();
    const seen: string[] = [];
    effect(() => {
      seen.push(`${state.incidents.value.size} at ${state.cursor.value}`);
    });
    state.apply(entriesOf(reported(incident('a')), reported(incident('b'))), 'epoch-aaaa.2', 'live');
    expect(seen).toEqual(['0 at epoch-aaaa.0', '2 at epoch-aaaa.2']);
  });

  it('[CU16] only what comes in live and is fresh counts as an arrival', () => {
    const state = stateAt();
    state.apply(entriesOf(reported(incident('missed'))), 'epoch-aaaa.1', 'caught-up');
    state.apply(
      entriesOf(reported(incident('new')), reported(incident('old', { reportedAt: now - 3_600_000 }))),
      'epoch-aaaa.3',
      'live',
    );
    expect([...state.arrivals.value]).toEqual([idOf('new')]);
    expect(state.incidents.value.size).toBe(3);
  });

  it('[CU17] what retention forgets is gone, also where it was reported in the same frame', () => {
    const state = stateAt([incident('a')]);
    state.addToArchive([incident('c')]);
    state.apply(
      entriesOf(reported(incident('b')), {
        type: 'incidents.forgotten',
        by: null,
        incidentIds: [idOf('a'), idOf('b'), idOf('c')],
      }),
      'epoch-aaaa.2',
      'live',
    );
    expect(state.incidents.value.size).toBe(0);
  });

  it('[CU18] an entry of a newer server’s kind is passed over, and the cursor moves on', () => {
    const state = stateAt();
    const unknown = { seq: 1, at: now, type: 'patrol.started', patrol: {} } as unknown as LogEntry;
    state.apply(
      [unknown, { ...entriesOf(reported(incident('a')))[0], seq: 2 } as LogEntry],
      'epoch-aaaa.2',
      'live',
    );
    expect(state.incidents.value.size).toBe(1);
    expect(state.cursor.value).toBe('epoch-aaaa.2');
  });

  it('[CU19] my own role and removal show as soon as the log tells of them', () => {
    const state = stateAt();
    const me = state.me.value as Member;
    const changed = (version: number, change: Partial<Member>): LogEvent => ({
      type: 'member.roleChanged',
      by: null,
      member: { ...me, version, ...change },
    });
    state.apply(entriesOf(changed(2, { role: 'coordinator' })), 'epoch-aaaa.1', 'live');
    expect(state.me.value?.role).toBe('coordinator');
    state.apply(entriesOf(changed(3, { status: 'removed' })), 'epoch-aaaa.2', 'live');
    expect(state.me.value?.status).toBe('removed');
  });

  it('[CU20] what is kept is the state with its cursor; the archive is not kept', () => {
    const state = stateAt([incident('a')]);
    state.addToArchive([incident('b')]);
    state.apply(entriesOf(reported(incident('c'))), 'epoch-aaaa.1', 'live');
    const kept = state.kept();
    expect(kept?.cursor).toBe('epoch-aaaa.1');
    expect(kept?.incidents.map(({ id }) => id)).toEqual([idOf('a'), idOf('c')]);

    expect(kept?.knownAt, 'a snapshot is complete as of now').toBe(now);
    expect(state.knownAt.value).toBe(now);

    const next = createNeighbourhoodState(() => now + 1);
    if (kept) next.restore({ ...kept, knownAt: now - 60_000 });
    expect(next.incidents.value.size).toBe(2);
    expect(next.knownAt.value).toBe(now - 60_000);
    expect(next.arrivals.value.size).toBe(0);
  });

  it('[SO6] no figure comes of my own SOS once it looks ended', () => {
    const mine = { reportedBy: stateAt().me.value?.id ?? '', status: 'closed' as const };
    const sos = { startedBy: 'member', silent: false, told: 'all' } as const;
    const state = stateAt([incident('mine', { ...mine, sos }), incident('other', mine)]);
    for (const name of ['mine', 'other']) state.reached(idOf(name), { ...noReach, maps: 3 });
    expect([...state.reach.value.keys()]).toEqual([idOf('other')]);
  });

  it('[CU20] nothing is kept while nothing is known', () => {
    expect(createNeighbourhoodState(() => now).kept()).toBeNull();
  });

  it('[CU21] an import makes the map ask again for what it shows', () => {
    const state = stateAt();
    const before = state.imports.value;
    state.apply(
      entriesOf({ type: 'incidents.imported', by: null, source: 'csv', count: 9 }),
      'epoch-aaaa.1',
      'caught-up',
    );
    expect(state.imports.value).toBeGreaterThan(before);
  });
});
