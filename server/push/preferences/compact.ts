import { indexShapes } from '../../../shared/geo/area.ts';
import { wallClock } from '../../../shared/local-time.ts';
import { type Preferences, usualPreferences } from '../../../shared/preferences.ts';
import {
  areaWants,
  choiceWants,
  type Happening,
  type PreparedArea,
  prepareArea,
} from '../../../shared/wanted.ts';
import type { PreferenceStore } from './store.ts';

/** So many neighbourhoods are kept in memory; the one that was asked for longest ago goes. */
const mostKept = 200;

type Known = { preferences: Preferences; areas: PreparedArea[] };
type Find = ReturnType<typeof indexShapes<[memberId: string, area: PreparedArea]>>;

/**
 * What the members of a neighbourhood chose, for deciding about many at once. Who chose nothing is not in it and costs
 * nothing; places are found by where something happens, and not by asking each member for theirs.
 */
export class Compact {
  /** As of so many changes. */
  upTo = 0;
  private readonly members = new Map<string, Known>();
  private find: Find | null = null;

  get size(): number {
    return this.members.size;
  }

  set(memberId: string, preferences: Preferences): void {
    const areas = preferences.choice === 'near' ? preferences.areas.map(prepareArea) : [];
    // Of a place only what decides is kept, ready to be asked.
    this.members.set(memberId, { preferences: { ...preferences, areas: [] }, areas });
    this.find = null;
  }

  has = (memberId: string): boolean => this.members.has(memberId);

  /** What a member chose, without their places; what holds for all where they chose nothing. */
  of(memberId: string, timeZone: string): Preferences {
    return this.members.get(memberId)?.preferences ?? usualPreferences(timeZone);
  }

  /** Those who want to hear all of each incident. */
  *followers(): Generator<string> {
    for (const [memberId, { preferences }] of this.members) {
      if (preferences.follow === 'all') yield memberId;
    }
  }

  /** Members whose places want to be told of it now. */
  private wantedNear(happening: Happening, at: number): Set<string> {
    this.find ??= indexShapes(
      [...this.members].flatMap(([memberId, { areas }]) =>
        areas.map((area) => ({ shape: area.shape, of: [memberId, area] as [string, PreparedArea] })),
      ),
    );
    const minutes = new Map<string, number>();
    const minuteIn = (timeZone: string): number => {
      const known = minutes.get(timeZone) ?? wallClock(at, timeZone).minute;
      minutes.set(timeZone, known);
      return known;
    };
    const wanted = new Set<string>();
    for (const [memberId, area] of this.find(happening.position)) {
      if (wanted.has(memberId)) continue;
      const timeZone = this.members.get(memberId)?.preferences.timeZone ?? 'UTC';
      if (areaWants(area, happening, minuteIn(timeZone))) wanted.add(memberId);
    }
    return wanted;
  }

  /** Decides for any member whether they want to be told of it at all. */
  wanting(happening: Happening, at: number): (memberId: string) => boolean {
    let near: Set<string> | null = null;
    return (memberId) => {
      const known = this.members.get(memberId);
      if (known === undefined) return true;
      const decided = choiceWants(known.preferences.choice, happening);
      return decided ?? (near ??= this.wantedNear(happening, at)).has(memberId);
    };
  }
}

/** Keeps each neighbourhood's preferences in memory and reads again only whose changed. */
export function createCompacts(store: PreferenceStore) {
  type Kept = { compact: Compact; refreshing: Promise<void> };
  const kept = new Map<string, Kept>();

  /** Takes over what changed since. @returns whether it has all that there is then */
  async function takeChanges(neighbourhoodId: string, compact: Compact): Promise<boolean> {
    const change = await store.changesAfter(neighbourhoodId, compact.upTo);
    const found = await store.getMany(neighbourhoodId, change.memberIds);
    for (const memberId of change.memberIds) {
      const preferences = found.get(memberId);
      if (preferences !== undefined) compact.set(memberId, preferences);
    }
    compact.upTo = change.upTo;
    return compact.size === change.count;
  }

  async function refresh(neighbourhoodId: string, entry: Kept): Promise<void> {
    if (await takeChanges(neighbourhoodId, entry.compact)) return;
    // Somebody is gone, and what they chose with them. Whoever is deciding meanwhile goes on with what they have.
    const afresh = new Compact();
    await takeChanges(neighbourhoodId, afresh);
    entry.compact = afresh;
  }

  /** What members chose, as it is now. */
  return async (neighbourhoodId: string): Promise<Compact> => {
    const entry = kept.get(neighbourhoodId) ?? { compact: new Compact(), refreshing: Promise.resolve() };
    kept.delete(neighbourhoodId);
    kept.set(neighbourhoodId, entry);
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
    // One after the other: two that read at once would undo each other's work.
    entry.refreshing = entry.refreshing.catch(() => undefined).then(() => refresh(neighbourhoodId, entry));
    await entry.refreshing;
    return entry.compact;
  };
}

export type Compacts = ReturnType<typeof createCompacts>;
