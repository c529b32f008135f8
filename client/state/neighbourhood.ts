import { batch, computed, signal } from '@preact/signals';
import type { Cursor, LogEntry } from '../../shared/events.ts';
import { hasWalked } from '../../shared/home-safe.ts';
import type { IncidentLife, Update } from '../../shared/incident-life.ts';
import type { Incident, Reach } from '../../shared/incidents.ts';
import type { MemberKit } from '../../shared/kit.ts';
import type { Invite, Member, Neighbourhood } from '../../shared/neighbourhoods.ts';
import type { Snapshot } from '../../shared/protocol.ts';
import type { Duty, Review } from '../../shared/reviews.ts';
import type { SosPosition } from '../../shared/sos.ts';
import type { Id } from '../../shared/text.ts';
import { createAsksState } from './asks.ts';
import { createDrillState } from './drills.ts';
import { createRelayState } from './relays.ts';
import { partOf, withLifeEntry, withNewerLife, withWitness } from './lives.ts';
import { byId, withNewer as newest, without } from './newer.ts';
import { createRotaState } from './rota.ts';
import { createRoundState } from './rounds.ts';
import { createSafetyState, type KeptSafety } from './safety.ts';

/** What is stored on the device, in one record: the state and the cursor it is at belong together. */
export type Kept = Snapshot & KeptSafety & { knownAt: number; ownToAsk?: readonly Id[] };

// An incident that came in live rings once; what is older than this is history, also when it arrives late.
const freshFor = 5 * 60_000;
const mostArrivals = 100;

const withNewer = <Entity extends { id: Id; version: number }>(
  known: ReadonlyMap<Id, Entity>,
  entities: Iterable<Entity>,
) => newest(known, entities, byId);

/** One neighbourhood as this device knows it, in signals. `now` gives epoch milliseconds. */
export function createNeighbourhoodState(now: () => number) {
  const neighbourhood = signal<Neighbourhood | null>(null);
  const me = signal<Member | null>(null);
  const members = signal<ReadonlyMap<Id, Member>>(new Map());
  /** What members bring and can do. */
  const kits = signal<ReadonlyMap<Id, MemberKit>>(new Map());
  const invites = signal<ReadonlyMap<Id, Invite>>(new Map());
  const reported = signal<ReadonlyMap<Id, Incident>>(new Map());
  /** Older ones that the map asked for; not kept on the device. */
  const archive = signal<ReadonlyMap<Id, Incident>>(new Map());
  const arrivals = signal<ReadonlySet<Id>>(new Set());
  /** Who does what about the open incidents. */
  const lives = signal<ReadonlyMap<Id, IncidentLife>>(new Map());
  /** What was told of each incident that was looked at, oldest first. */
  const updates = signal<ReadonlyMap<Id, readonly Update[]>>(new Map());
  const reach = signal<ReadonlyMap<Id, Reach>>(new Map());
  /** What was heard of reviews since the start, and of the incidents that were looked at. */
  const reviews = signal<ReadonlyMap<Id, Review>>(new Map());
  /** What this member was drawn to decide. */
  const duties = signal<readonly Duty[]>([]);
  /** Where those are whose SOS run and who share it with me: never kept on the device. */
  const positions = signal<ReadonlyMap<Id, SosPosition>>(new Map());
  /** SOS whose members had to end them; only who helps is told. */
  const duress = signal<ReadonlySet<Id>>(new Set());
  /** Own SOS of which the log said something: the server is asked what of it I may see. */
  const askAbout = signal<readonly Id[]>([]);
  /** What this member reported without their name, as far as it was looked at; not kept on the device. */
  const own = signal<ReadonlySet<Id>>(new Set());
  const rota = createRotaState();
  const asks = createAsksState(rota.take);
  const rounds = createRoundState();
  const drills = createDrillState();
  const relays = createRelayState();
  const safety = createSafetyState((patrolId) => {
    const patrol = rounds.patrols.value.get(patrolId);
    return patrol !== undefined && me.value !== null && hasWalked(patrol, me.value.id);
  });
  const cursor = signal<Cursor | null>(null);
  /** Up to when this is known to be complete. */
  const knownAt = signal<number | null>(null);
  /** Counts imports: what was loaded of the archive before one is not all there is. */
  const imports = signal(0);

  const incidents = computed(() => withNewer(reported.value, archive.value.values()));

  const isOwnSos = (incident: Incident | undefined): boolean =>
    incident !== undefined && incident.sos !== null && incident.reportedBy === me.value?.id;

  /** What the server said of one incident, to this member. */
  function takeIncident(incident: Incident): void {
    reported.value = withNewer(reported.value, [incident]);
    if (incident.status === 'closed') positions.value = without(positions.value, [incident.id]);
  }

  function forget(incidentIds: readonly Id[]): void {
    reported.value = without(reported.value, incidentIds);
    archive.value = without(archive.value, incidentIds);
    lives.value = without(lives.value, incidentIds);
    updates.value = without(updates.value, incidentIds);
  }

  function takeMembers(changed: readonly Member[]): void {
    // Who was erased is known as a former member, like those whom this device never knew.
    const nameless = changed.filter(({ name }) => name === '').map(({ id }) => id);
    members.value = without(withNewer(members.value, changed), nameless);
    const mine = me.value && members.value.get(me.value.id);
    if (mine) me.value = mine;
  }

  /** Adds what is new; one list an incident, in the order of its times. */
  function addUpdates(incidentId: Id, found: readonly Update[]): void {
    const known = updates.value.get(incidentId) ?? [];
    const all = withNewer(new Map(known.map((update) => [update.id, update])), found);
    const sorted = [...all.values()].toSorted((a, b) => a.at - b.at);
    updates.value = new Map(updates.value).set(incidentId, sorted);
  }

  /** To me my own SOS is over, whatever others still do about it. */
  function isOverForMe({ incidentId }: { incidentId: Id }): boolean {
    const incident = reported.value.get(incidentId);
    return isOwnSos(incident) && incident?.status === 'closed';
  }

  function apply(entries: readonly LogEntry[], after: Cursor, origin: 'caught-up' | 'live'): void {
    const came: Incident[] = [];
    for (const entry of entries) {
      if (asks.apply(entry) || rota.apply(entry) || rounds.apply(entry)) continue;
      if (safety.apply(entry) || drills.apply(entry) || relays.apply(entry)) continue;
      switch (entry.type) {
        case 'neighbourhood.founded':
        case 'neighbourhood.changed':
          if (entry.neighbourhood.version > (neighbourhood.value?.version ?? -1)) {
            neighbourhood.value = entry.neighbourhood;
          }
          if ('member' in entry && entry.member) takeMembers([entry.member]);
          break;
        case 'member.joined':
        case 'member.roleChanged':
        case 'member.removed':
          takeMembers([entry.member]);
          if (entry.type === 'member.removed') kits.value = without(kits.value, [entry.member.id]);
          break;
        case 'member.kitChanged':
          kits.value = newest(kits.value, [entry.kit], ({ memberId }) => memberId);
          break;
        case 'invite.created':
        case 'invite.revoked':
          invites.value = withNewer(invites.value, [entry.invite]);
          break;
        case 'incident.reported':
        case 'incident.changed':
        case 'incident.closed':
        case 'incident.reopened':
        case 'incident.widened':
          if (isOwnSos(entry.incident)) {
            askAbout.value = [...askAbout.value, entry.incident.id];
            break;
          }
          came.push(entry.incident);
          if (entry.type === 'incident.closed')
            positions.value = without(positions.value, [entry.incident.id]);
          if (entry.type === 'incident.widened') lives.value = withWitness(lives.value, entry);
          break;
        case 'response.given':
        case 'handling.changed':
        case 'confirmation.given':
          if (isOverForMe(partOf(entry))) break;
          lives.value = withLifeEntry(lives.value, entry);
          break;
        case 'review.changed':
        case 'review.opened':
        case 'review.drawn':
        case 'review.appealed':
        case 'review.decided':
          reviews.value = withNewer(reviews.value, [entry.review]);
          if (entry.incident !== null) came.push(entry.incident);
          if (entry.update) addUpdates(entry.update.incidentId, [entry.update]);
          break;
        case 'update.posted':
          if (isOverForMe(entry.update)) break;
          addUpdates(entry.update.incidentId, [entry.update]);
          lives.value = withLifeEntry(lives.value, entry);
          break;
        case 'incidents.imported':
          imports.value += 1;
          break;
        case 'incidents.forgotten':
          reported.value = withNewer(reported.value, came.splice(0));
          forget(entry.incidentIds);
          break;
        default:
          // A newer server says more than this version understands: the update that is under way will.
          break;
      }
    }
    reported.value = withNewer(reported.value, came);
    cursor.value = after;
    if (origin === 'live') {
      const fresh = came
        .filter(({ reportedAt, version }) => version === 1 && now() - reportedAt < freshFor)
        .map(({ id }) => id);
      if (fresh.length > 0) arrivals.value = new Set([...arrivals.value, ...fresh].slice(-mostArrivals));
    }
  }

  function start(from: Omit<Kept, 'knownAt'>): void {
    neighbourhood.value = from.neighbourhood;
    me.value = from.me;
    members.value = new Map(from.members.map((member) => [member.id, member]));
    kits.value = new Map(from.kits.map((kit) => [kit.memberId, kit]));
    reported.value = new Map(from.incidents.map((incident) => [incident.id, incident]));
    lives.value = new Map(from.lives.map((life) => [life.incidentId, life]));
    rota.start(from);
    asks.start(from);
    rounds.start(from);
    safety.start(from);
    drills.start(from);
    askAbout.value = from.ownToAsk ?? [];
    cursor.value = from.cursor;
  }

  return {
    neighbourhood,
    me,
    members,
    kits,
    invites,
    incidents,
    arrivals,
    lives,
    updates,
    reach,
    reviews,
    duties,
    positions,
    duress,
    askAbout,
    own,
    rota,
    asks,
    rounds,
    safety,
    drills,
    relays,
    cursor,
    knownAt,
    imports,

    takeKit: (kit: MemberKit) => {
      kits.value = newest(kits.value, [kit], ({ memberId }) => memberId);
    },

    /** Entries in order without a gap, and the cursor after them: in one step for everything that looks on. */
    apply: (entries: readonly LogEntry[], after: Cursor, origin: 'caught-up' | 'live') =>
      batch(() => apply(entries, after, origin)),

    /** Forgets what was known and starts from the server's snapshot. */
    reset: (snapshot: Omit<Kept, 'knownAt'>) =>
      batch(() => {
        start(snapshot);
        // Complete as of now, also where the connection goes again before the room is joined.
        knownAt.value = now();
        archive.value = new Map();
        updates.value = new Map();
        imports.value += 1;
      }),

    /** Starts from what this device kept. */
    restore: (kept: Kept) =>
      batch(() => {
        start(kept);
        knownAt.value = kept.knownAt;
      }),

    /** What to keep, or null while nothing is known. */
    kept(): Kept | null {
      if (!neighbourhood.value || !me.value || cursor.value === null) return null;
      return {
        cursor: cursor.value,
        neighbourhood: neighbourhood.value,
        me: me.value,
        members: [...members.value.values()],
        kits: [...kits.value.values()],
        incidents: [...reported.value.values()],
        lives: [...lives.value.values()],
        ...rota.kept(),
        ...asks.kept(),
        ...rounds.kept(),
        ...safety.kept(),
        ...drills.kept(),
        ownToAsk: askAbout.value,
        knownAt: knownAt.value ?? now(),
      };
    },

    /** Incidents that were asked for, in the archive or by a link: shown, but not kept. */
    addToArchive: (found: readonly Incident[]) => {
      archive.value = withNewer(archive.value, found);
    },

    /** What the server told of one incident: newer than what was known, or the same. */
    detailed: (life: IncidentLife, found: readonly Update[]) =>
      batch(() => {
        lives.value = withNewerLife(lives.value, life);
        addUpdates(life.incidentId, found);
      }),

    reportedHere: (incidentId: Id) => {
      own.value = new Set(own.value).add(incidentId);
    },

    takeReviews: (found: readonly Review[]) => {
      reviews.value = withNewer(reviews.value, found);
    },

    takeIncident: (incident: Incident) => batch(() => takeIncident(incident)),

    /** The newest of each; an older one that was late is dropped. */
    takePositions: (found: readonly SosPosition[]) => {
      const next = new Map(positions.value);
      for (const position of found) {
        if (position.at > (next.get(position.incidentId)?.at ?? 0)) next.set(position.incidentId, position);
      }
      positions.value = next;
    },

    tellDuress: (incidentId: Id, is: boolean) => {
      if (duress.value.has(incidentId) === is) return;
      const next = new Set(duress.value);
      if (is) next.add(incidentId);
      else next.delete(incidentId);
      duress.value = next;
    },

    takeInvites: (found: readonly Invite[]) => {
      invites.value = withNewer(invites.value, found);
    },

    reached: (incidentId: Id, how: Reach) => {
      if (isOverForMe({ incidentId })) return;
      reach.value = new Map(reach.value).set(incidentId, how);
    },
  };
}

export type NeighbourhoodState = ReturnType<typeof createNeighbourhoodState>;

/** Tells who is a member at the moment, as far as this device knows. */
export function activeIn({ members }: Pick<NeighbourhoodState, 'members'>): (memberId: Id) => boolean {
  const known = members.value;
  return (memberId) => known.get(memberId)?.status === 'active';
}
