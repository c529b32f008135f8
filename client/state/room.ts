import { effect, signal } from '@preact/signals';
import * as v from 'valibot';
import { Cursor, type LogEntry } from '../../shared/events.ts';
import { IncidentLife } from '../../shared/incident-life.ts';
import { Incident, type Reach } from '../../shared/incidents.ts';
import { MemberKit } from '../../shared/kit.ts';
import { CheckIn, Search } from '../../shared/home-safe.ts';
import { Member, Neighbourhood } from '../../shared/neighbourhoods.ts';
import { Drill } from '../../shared/drills.ts';
import { type CheckpointVisited, Patrol, type PatrolPositions } from '../../shared/patrols.ts';
import { PatrolReport } from '../../shared/reports.ts';
import { PatrolWord, Shift, ShiftSeries } from '../../shared/shifts.ts';
import type { SosPosition } from '../../shared/sos.ts';
import { Cover, Swap } from '../../shared/swaps.ts';
import { Id } from '../../shared/text.ts';
import { type Api, failureCode } from '../api.ts';
import { LiveRoom, type RoomState } from '../live.ts';
import type { LiveSocket } from '../socket.ts';
import { createNeighbourhoodState, type Kept, type NeighbourhoodState } from './neighbourhood.ts';
import { forgetKept, keptKey, type Storage } from './storage.ts';

const Stored = v.object({
  cursor: Cursor,
  neighbourhood: Neighbourhood,
  me: Member,
  members: v.array(Member),
  incidents: v.array(Incident),
  lives: v.array(IncidentLife),
  // Not there in what an earlier version kept.
  kits: v.optional(v.array(MemberKit), []),
  patrols: v.optional(v.array(Patrol), []),
  shifts: v.optional(v.array(Shift), []),
  series: v.optional(v.array(ShiftSeries), []),
  patrolWords: v.optional(v.array(PatrolWord), []),
  swaps: v.optional(v.array(Swap), []),
  covers: v.optional(v.array(Cover), []),
  checkIns: v.optional(v.array(CheckIn), []),
  searches: v.optional(v.array(Search), []),
  searchesToAsk: v.optional(v.array(Id)),
  ownToAsk: v.optional(v.array(Id), []),
  reports: v.optional(v.array(PatrolReport), []),
  drills: v.optional(v.array(Drill), []),
  knownAt: v.number(),
});

// In a storm everything is written once in a while, not for every entry.
const saveAfter = 1500;

export type OpenRoom = { id: Id; state: NeighbourhoodState };

export type RoomPorts = {
  api: Pick<Api, 'snapshot' | 'incident' | 'search'>;
  kept: Storage;
  socket: () => Pick<LiveSocket, 'isConnected' | 'join' | 'leave'>;
  later: (ms: number, run: () => void) => () => void;
  now: () => number;
  signedOut: () => void;
};

/** The neighbourhood on the screen: its state, its live room, and what this device keeps of it. */
export function createRoomKeeper(ports: RoomPorts) {
  const current = signal<OpenRoom | null>(null);
  const connection = signal<RoomState>('offline');
  let room: LiveRoom | null = null;
  let cancelSave = () => {};
  let saving = false;
  let stopWatching = () => {};

  async function save(): Promise<void> {
    cancelSave();
    saving = false;
    // What was deleted with the membership or the session must not come back.
    if (connection.value === 'not-a-member' || connection.value === 'signed-out') return;
    const kept = current.value?.state.kept();
    if (current.value && kept) await ports.kept.set(keptKey(current.value.id), kept);
  }

  /** What the log says of an SOS of mine may not be what I may see: the server knows. */
  async function askAboutOwn({ id, state }: OpenRoom): Promise<void> {
    for (const incidentId of new Set(state.askAbout.value)) {
      try {
        const { incident, life, updates } = await ports.api.incident(id, incidentId);
        state.takeIncident(incident);
        state.detailed(life, updates);
      } catch (error) {
        // Not mine to see. Where the server was not heard it is asked again, after a reload too.
        if (!['NOT_FOUND', 'FORBIDDEN'].includes(failureCode(error))) continue;
      }
      state.askAbout.value = state.askAbout.value.filter((asked) => asked !== incidentId);
    }
  }

  /** The same of a search on a round of mine. */
  async function askAboutSearches({ id, state: { safety } }: OpenRoom): Promise<void> {
    for (const searchId of safety.takeQuestions()) {
      try {
        safety.takeSearch((await ports.api.search(id, searchId)).search);
        safety.asked(searchId, true);
      } catch (error) {
        safety.asked(searchId, ['NOT_FOUND', 'FORBIDDEN'].includes(failureCode(error)));
      }
    }
  }

  function known(state: NeighbourhoodState): void {
    state.knownAt.value = ports.now();
  }

  function heard(opened: OpenRoom, next: RoomState): void {
    const { id, state } = opened;
    connection.value = next;
    if (next === 'live') {
      known(state);
      state.safety.askAgain();
      void askAboutOwn(opened);
      void askAboutSearches(opened);
    }
    // At once: a page that is closed in the next moment has no time to keep anything.
    if (next === 'live' || next === 'offline') void save();
    if (next === 'signed-out') ports.signedOut();
    if (next === 'not-a-member') {
      room?.close();
      void forgetKept(ports.kept, id);
    }
  }

  function leave(): void {
    stopWatching();
    cancelSave();
    saving = false;
    room?.close();
    room = null;
    if (current.value) ports.socket().leave(current.value.id);
  }

  async function open(neighbourhoodId: Id): Promise<void> {
    if (current.value?.id === neighbourhoodId) return;
    await save();
    leave();
    const state = createNeighbourhoodState(ports.now);
    const opened = { id: neighbourhoodId, state };
    current.value = opened;
    connection.value = 'offline';
    const stored = v.safeParse(Stored, await ports.kept.get(keptKey(neighbourhoodId)));
    if (current.value !== opened) return;
    if (stored.success) state.restore(stored.output satisfies Kept);
    room = new LiveRoom(neighbourhoodId, state.cursor.value, {
      join: async (request) => {
        const answer = await ports.socket().join(request);
        if ('positions' in answer) {
          state.takePositions(answer.positions);
          if (answer.patrolPositions) state.rounds.takePositions(answer.patrolPositions);
        }
        return answer;
      },
      snapshot: (id) => ports.api.snapshot(id),
      reset: state.reset,
      apply: (entries, cursor, origin) => {
        state.apply(entries, cursor, origin);
        known(state);
        void askAboutOwn(opened);
        void askAboutSearches(opened);
        if (state.me.value?.status === 'removed') heard(opened, 'not-a-member');
      },
      state: (next) => heard(opened, next),
      later: ports.later,
      random: Math.random,
    });
    stopWatching = effect(() => {
      if (state.cursor.value === null || saving) return;
      saving = true;
      cancelSave = ports.later(saveAfter, () => void save());
    });
    if (ports.socket().isConnected()) room.connected();
  }

  return {
    current,
    connection,
    open,
    save,

    close(): void {
      leave();
      current.value = null;
      connection.value = 'offline';
    },

    /** What the socket hears; rooms that are not open are none of ours. */
    connected: () => room?.connected(),
    disconnected: () => {
      current.value?.state.rounds.loseSight();
      room?.disconnected();
    },
    refresh: () => room?.refresh(),
    /** What is known of why there is no connection. */
    away: (why: 'offline' | 'unavailable') => {
      if (connection.value === 'offline' || connection.value === 'unavailable') connection.value = why;
    },
    entries: ({ neighbourhoodId, entries }: { neighbourhoodId: Id; entries: readonly LogEntry[] }) => {
      if (neighbourhoodId === current.value?.id) room?.received(entries);
    },
    head: ({ neighbourhoodId, cursor }: { neighbourhoodId: Id; cursor: Cursor }) => {
      if (neighbourhoodId !== current.value?.id) return;
      if (connection.value === 'live') known(current.value.state);
      room?.head(cursor);
    },
    position: (position: SosPosition) => {
      if (position.neighbourhoodId === current.value?.id) current.value.state.takePositions([position]);
    },
    walkers: (frame: PatrolPositions) => {
      if (frame.neighbourhoodId === current.value?.id) current.value.state.rounds.takePositions(frame);
    },
    visited: ({ neighbourhoodId, ...visited }: { neighbourhoodId: Id } & CheckpointVisited) => {
      if (neighbourhoodId === current.value?.id) current.value.state.rounds.takeVisited(visited);
    },
    reach: ({
      neighbourhoodId,
      incidentId,
      reach,
    }: {
      neighbourhoodId: Id;
      incidentId: Id;
      reach: Reach;
    }) => {
      if (neighbourhoodId === current.value?.id) current.value.state.reached(incidentId, reach);
    },
  };
}
