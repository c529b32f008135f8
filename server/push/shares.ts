export type SharesOptions = {
  /** So many pushes a worker has in hand at a time. */
  capacity?: number;
  /** So many of them for one host. */
  perHost?: number;
  /** Told when there is room again for whoever found none. */
  onRoom?: () => void;
};

/** After so many that ended whoever found no room looks again. */
const roomEvery = 128;

/**
 * Shares out what a worker may have in hand among hosts: none has more than a quarter of what the others left it.
 * However much those want that hang, something is left for the next one.
 */
export function createShares({ capacity = 1024, perHost = 256, onRoom }: SharesOptions = {}) {
  const inHand = new Map<string, string>();
  const byHost = new Map<string, number>();
  let ended = 0;

  const held = (host: string) => byHost.get(host) ?? 0;
  const free = () => capacity - inHand.size;

  /** How many more of this host may be taken. */
  function roomOf(host: string): number {
    const has = held(host);
    return Math.max(0, Math.min(perHost, Math.ceil((free() + has) / 4)) - has);
  }

  /** @returns false when there is no room for it: others must not wait because of this host */
  function take(name: string, host: string): boolean {
    if (roomOf(host) === 0) return false;
    inHand.set(name, host);
    byHost.set(host, held(host) + 1);
    return true;
  }

  /** It is over, however it ended. */
  function give(name: string): void {
    const host = inHand.get(name);
    if (host === undefined) return;
    inHand.delete(name);
    const left = held(host) - 1;
    if (left > 0) byHost.set(host, left);
    else byHost.delete(host);
    ended += 1;
    if (left > 0 && ended < roomEvery) return;
    ended = 0;
    onRoom?.();
  }

  return { take, give, roomOf, free, hosts: () => [...byHost.keys()] };
}

export type Shares = ReturnType<typeof createShares>;
