import { isOnDuty, type Patrol, walkersOf } from '../../shared/patrols.ts';

/** Ended rounds that are remembered, so that an older word of them does not bring them back. */
const mostEnded = 200;

/** When a walker came along, or their round began to run if that was later; null where they walk none. */
export function beganAt(patrol: Patrol | null, memberId: string): number | null {
  const walker = patrol?.walkers.findLast((one) => one.memberId === memberId && one.leftAt === null);
  return patrol === null || walker === undefined ? null : Math.max(walker.joinedAt, patrol.runningSince ?? 0);
}

/** Who is on duty in one neighbourhood, as the log says it; to be told of each patrol's newest version. */
export function createDuty() {
  const patrols = new Map<string, Patrol>();
  let on = new Set<string>();

  /** @returns those who came on duty or went off it */
  function recount(): string[] {
    const before = on;
    on = new Set([...patrols.values()].flatMap((one) => (one.state === 'running' ? walkersOf(one) : [])));
    return [...new Set([...before, ...on])].filter((id) => before.has(id) !== on.has(id));
  }

  return {
    isOn: (memberId: string): boolean => on.has(memberId),
    /** The running patrol, where this member walks it. */
    walkedBy(patrolId: string, memberId: string): Patrol | null {
      const patrol = patrols.get(patrolId);
      return patrol !== undefined && isOnDuty(patrol, memberId) ? patrol : null;
    },
    /** The rounds that this member walks at the moment. */
    roundsOf: (memberId: string): Patrol[] =>
      [...patrols.values()].filter((patrol) => isOnDuty(patrol, memberId)),
    take(found: readonly Patrol[]): string[] {
      for (const patrol of found) {
        if (patrol.version <= (patrols.get(patrol.id)?.version ?? 0)) continue;
        patrols.delete(patrol.id);
        patrols.set(patrol.id, patrol);
      }
      const ended = [...patrols.values()].filter(({ state }) => state === 'ended');
      for (const { id } of ended.slice(0, -mostEnded)) patrols.delete(id);
      return recount();
    },
    /** The patrols that were heard of so far. */
    known: (): ReadonlySet<string> => new Set(patrols.keys()),
    /**
     * All there are, by the store: what is not among them is over.
     * @param before what was known as the reading began; what was heard of since is newer than what was read
     */
    replace(found: readonly Patrol[], before: ReadonlySet<string>): string[] {
      const ids = new Set(found.map(({ id }) => id));
      for (const [id, { state }] of patrols)
        if (state !== 'ended' && before.has(id) && !ids.has(id)) patrols.delete(id);
      return this.take(found);
    },
    /** Somebody who is no member any more walks nothing; the patrol itself is told so by its timer. */
    remove(memberId: string): string[] {
      for (const [id, patrol] of patrols) {
        const walkers = patrol.walkers.filter((walker) => walker.memberId !== memberId);
        if (walkers.length < patrol.walkers.length) patrols.set(id, { ...patrol, walkers });
      }
      return recount();
    },
  };
}

export type Duty = ReturnType<typeof createDuty>;
