import { describe, expect, it } from 'vitest';
import { ApiError, NetworkError } from '../../client/api.ts';
import { createRoomKeeper } from '../../client/state/room.ts';
import { createSession } from '../../client/state/session.ts';
import { keptKey } from '../../client/state/storage.ts';
import type { Me } from '../../shared/auth.ts';
import type { JoinAnswer, JoinRequest, Snapshot } from '../../shared/protocol.ts';
import { entry, neighbourhoodId, snapshotAt } from './live-room.ts';
import { memoryStorage } from './storage.ts';
import { incidentOf } from '../support/incident.ts';

const me = (name: string): Me => ({
  person: { id: name.padEnd(16, '-'), deviceId: 'd'.repeat(16) },
  memberships: [],
});
const refused = new ApiError({ type: 'about:blank', title: 'No', status: 401, code: 'NOT_SIGNED_IN' }, null);
const offline = new NetworkError('offline');

/** A session whose server answers with what `answers` holds next: a person, or an error. */
function sessionWith(answers: (Me | Error)[], kept = memoryStorage()) {
  const session = createSession({
    api: {
      me: async () => {
        const next = answers.shift();
        if (next === undefined || next instanceof Error) throw next ?? offline;
        return next;
      },
      signOut: async () => undefined,
    },
    kept,
  });
  return { session, kept };
}

describe('the session on this device', () => {
  it('[UI17] a start without a network knows who this is, from last time', async () => {
    const kept = memoryStorage();
    await sessionWith([me('ada')], kept).session.start();
    const { session } = sessionWith([offline], kept);
    await session.start();
    expect(session.status.value).toBe('signed-in');
    expect(session.me.value?.person.id).toBe(me('ada').person.id);
  });

  it('[UI17] a first start without a network is not taken for being signed out', async () => {
    const { session } = sessionWith([offline]);
    await session.start();
    expect(session.status.value).toBe('unreachable');
  });

  it('[UI18] a lost session is told apart from none, and what was kept is deleted', async () => {
    const { session, kept } = sessionWith([me('ada'), refused]);
    await session.start();
    await kept.set('n:somewhere', { secret: true });
    await session.refresh();
    expect(session.status.value).toBe('lost');
    expect(kept.values.size).toBe(0);

    const stranger = sessionWith([refused]).session;
    await stranger.start();
    expect(stranger.status.value).toBe('signed-out');
  });

  it('[UI18] another person on this device sees nothing of the one before', async () => {
    const { session, kept } = sessionWith([me('ada'), me('bo')]);
    await session.start();
    await kept.set('n:somewhere', { secret: true });
    await session.refresh();
    expect(kept.values.has('n:somewhere')).toBe(false);
    expect(session.me.value?.person.id).toBe(me('bo').person.id);
  });

  it('[UI18] a broken line does not sign anybody out', async () => {
    const { session, kept } = sessionWith([me('ada'), offline]);
    await session.start();
    expect(await session.refresh()).toBe('NETWORK');
    expect(session.status.value).toBe('signed-in');
    expect(kept.values.size).toBe(1);
  });
});

/** A keeper with a socket that answers joins from a log of `head` entries. */
function keeperWith(kept = memoryStorage(), head = 3) {
  const joins: JoinRequest[] = [];
  const saves: (() => void)[] = [];
  const world = { connected: true, now: 1000, signedOut: 0, asked: [] as string[] };
  const keeper = createRoomKeeper({
    api: {
      snapshot: async (): Promise<Snapshot> => snapshotAt(`epoch-aaaa.${head}`),
      incident: (_neighbourhoodId, incidentId) => {
        world.asked.push(incidentId);
        return Promise.reject(offline);
      },
      search: () => Promise.reject(offline),
    },
    kept,
    socket: () => ({
      isConnected: () => world.connected,
      join: async (request): Promise<JoinAnswer> => {
        joins.push(request);
        const from = Number(request.cursor?.split('.')[1] ?? 0);
        const entries = Array.from({ length: head - from }, (_, index) => entry(from + index + 1));
        return { ok: true, entries, cursor: `epoch-aaaa.${head}`, positions: [] };
      },
      leave: () => undefined,
    }),
    later: (_ms, run) => {
      saves.push(run);
      return () => {};
    },
    now: () => world.now,
    signedOut: () => {
      world.signedOut += 1;
    },
  });
  const settle = async () => {
    for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
  };
  return { keeper, kept, joins, saves, world, settle };
}

describe('the neighbourhood on this device', () => {
  it('[CU23] after a reload it starts from what was kept and asks only for what came since', async () => {
    const first = keeperWith();
    await first.keeper.open(neighbourhoodId);
    await first.settle();
    await first.keeper.save();

    const later = keeperWith(first.kept, 5);
    await later.keeper.open(neighbourhoodId);
    await later.settle();
    expect(later.joins[0]?.cursor).toBe('epoch-aaaa.3');
    expect(later.keeper.current.value?.state.cursor.value).toBe('epoch-aaaa.5');
    expect(later.keeper.connection.value).toBe('live');
  });

  it('[CU23] without a connection it shows what was kept, and up to when that is known', async () => {
    const first = keeperWith();
    await first.keeper.open(neighbourhoodId);
    await first.settle();
    await first.keeper.save();

    const away = keeperWith(first.kept);
    away.world.connected = false;
    away.world.now = 99_000;
    await away.keeper.open(neighbourhoodId);
    const state = away.keeper.current.value?.state;
    expect(state?.neighbourhood.value?.name).toBe('Rue des Lilas');
    expect(state?.knownAt.value).toBe(1000);
    expect(away.keeper.connection.value).toBe('offline');
  });

  it('[SO13] what the server was to be asked of my own SOS is asked again once it is heard, after a reload too', async () => {
    const first = keeperWith();
    await first.keeper.open(neighbourhoodId);
    await first.settle();
    const mine = incidentOf({
      id: 'i'.repeat(16),
      reportedBy: 'm'.repeat(16),
      sos: { startedBy: 'member', silent: false, told: 'all' },
    });
    first.keeper.entries({
      neighbourhoodId,
      entries: [{ seq: 4, at: 1, type: 'incident.reported', by: 'm'.repeat(16), incident: mine }],
    });
    await first.settle();
    expect(first.world.asked).toEqual([mine.id]);
    await first.keeper.save();

    const later = keeperWith(first.kept, 4);
    await later.keeper.open(neighbourhoodId);
    await later.settle();
    expect(later.world.asked).toContain(mine.id);
  });

  it('[CU23] what another version kept in another form is not used', async () => {
    const { keeper, kept, joins, settle } = keeperWith();
    await kept.set(`n:${neighbourhoodId}`, { cursor: 'epoch-aaaa.3', members: 'two' });
    await keeper.open(neighbourhoodId);
    await settle();
    expect(keeper.current.value?.state.neighbourhood.value?.name).toBe('Rue des Lilas');
    expect(joins[0]?.cursor).toBe('epoch-aaaa.3');
  });

  it('[CU24] frames of a room that is not open are not applied', async () => {
    const { keeper, settle } = keeperWith();
    await keeper.open(neighbourhoodId);
    await settle();
    keeper.entries({ neighbourhoodId: 'm'.repeat(16), entries: [entry(4)] });
    expect(keeper.current.value?.state.cursor.value).toBe('epoch-aaaa.3');
    keeper.entries({ neighbourhoodId, entries: [entry(4)] });
    expect(keeper.current.value?.state.cursor.value).toBe('epoch-aaaa.4');
  });

  it('[CU25] when the log says that I was removed, what was kept of the neighbourhood is deleted', async () => {
    const { keeper, kept, settle } = keeperWith();
    await keeper.open(neighbourhoodId);
    await settle();
    await keeper.save();
    // What was noted on a round of theirs, too.
    await kept.set(keptKey(neighbourhoodId, 'notes', 'p'.repeat(16)), [{ at: 1, text: 'a light' }]);
    const mine = keeper.current.value?.state.me.value;
    if (!mine) throw new Error('nobody');
    const removed = { ...mine, version: 2, status: 'removed' as const };
    keeper.entries({
      neighbourhoodId,
      entries: [{ seq: 4, at: 1, type: 'member.removed', by: null, member: removed }],
    });
    await settle();
    expect(keeper.connection.value).toBe('not-a-member');
    await keeper.save();
    expect(kept.values.size).toBe(0);
  });
});
