import { isIP } from 'node:net';
import { RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from './errors.ts';
import type { Redis } from './redis/client.ts';
import { rateLimitPrefix } from './redis/keys.ts';

/**
 * What is counted, how much of it in how many seconds. Counters lie in Redis, so that processes share them.
 * While Redis is away nothing is counted: the requests themselves are refused then.
 */
const budgets = {
  /** all requests of an address */
  address: { points: 1200, duration: 60 },
  /** words of walkers that they are well, from an address: nothing else that comes from there may use them up */
  addressSafety: { points: 300, duration: 60 },
  /** wrong invites and links of an address: guessing */
  guesses: { points: 10, duration: 60 },
  /** cookies that open nothing: a phone with an old one must not shut its neighbours out of their invites */
  sessions: { points: 60, duration: 60 },
  founding: { points: 30, duration: 3600 },
  joining: { points: 60, duration: 3600 },
  /** what a member asks for */
  reads: { points: 600, duration: 60 },
  /** commands of a member */
  commands: { points: 120, duration: 60 },
  /** a member’s words that somebody on a round is well, or looked for: no other command may use them up */
  safety: { points: 60, duration: 60 },
  /** what the devices of a member say of alerts that came: they must not use up what an alert of theirs needs */
  receipts: { points: 600, duration: 60 },
  /** pushes that a person sends to their own devices, to see whether they come */
  pushTests: { points: 20, duration: 3600 },
  /** alerts of a member: a bad night has a handful, and each wakes everybody */
  reports: { points: 12, duration: 3600 },
  /** observations and comments of a member: who watches something tells it once a minute at most */
  updates: { points: 60, duration: 3600 },
  /** what a member does about incidents, or says of their truth: a busy night has dozens, and some wake volunteers */
  answers: { points: 100, duration: 3600 },
  /** endings, reopenings and merges by a member: each wakes everybody who was told */
  endings: { points: 40, duration: 3600 },
  /** codes of a member that were not right: four digits must not be found by trying */
  codes: { points: 5, duration: 900 },
  /** planning, signing up and leaving by a member: some of it wakes those who are signed up */
  rota: { points: 120, duration: 3600 },
  /** starting, joining and ending rounds, and checkpoints on the way */
  patrols: { points: 120, duration: 3600 },
  /** saying that one is well, and looking for who does not: nothing else of a round may use it up */
  homeSafe: { points: 240, duration: 3600 },
  /** partner codes of a member that were not right: six digits that hold for two minutes must not be found by trying */
  partnerCodes: { points: 10, duration: 900 },
  /** starting and ending drills */
  drills: { points: 20, duration: 3600 },
  /** what a member says of neighbours without a phone, and that they told them */
  relays: { points: 120, duration: 3600 },
  invites: { points: 60, duration: 3600 },
  /** taking all that is one's own along, or erasing it: each looks through everything */
  exports: { points: 10, duration: 3600 },
  photos: { points: 60, duration: 3600 },
  /** new links to calendars of a member */
  calendars: { points: 30, duration: 3600 },
  /** how often one calendar is asked for: programs do once an hour, some of several devices by one link */
  feeds: { points: 120, duration: 3600 },
  /** codes and tests that a person, or an address, has sent by other ways than push */
  ways: { points: 10, duration: 3600 },
  /** what anybody has sent to one mail address, topic or webhook whose reader may not want it */
  wayAddresses: { points: 5, duration: 24 * 3600 },
  flags: { points: 20, duration: 3600 },
} as const;
export type Budget = keyof typeof budgets;

/** An IPv6 customer has at least a /64: counting single addresses there would count nothing. */
export function addressGroup(address: string): string {
  if (isIP(address) !== 6) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/iu.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  const [head = '', tail = ''] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const groups = address.includes('::')
    ? [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
    : left;
  return `${groups.slice(0, 4).join(':')}::/64`;
}

export type Limits = {
  /** Counts one; @throws AppError RATE_LIMITED with the seconds to wait, counting nothing more */
  count(budget: Budget, who: string): Promise<void>;
  /** Takes back what was counted: it turned out that nothing was done. */
  giveBack(budget: Budget, who: string): Promise<void>;
  /** Whether the budget is used up already, without counting. */
  check(budget: Budget, who: string): Promise<void>;
};

function refusal(result: RateLimiterRes): AppError {
  return new AppError('RATE_LIMITED', { retryAfter: result.msBeforeNext / 1000 });
}

/** Creates the limits; `on: false` (development, load tests) counts nothing. */
export function createLimits(redis: Redis, on: boolean): Limits {
  if (!on) {
    const nothing = async () => undefined;
    return { count: nothing, giveBack: nothing, check: nothing };
  }
  const limiters = new Map(
    Object.entries(budgets).map(([name, budget]) => [
      name,
      new RateLimiterRedis({
        storeClient: redis.client,
        useRedisPackage: true,
        keyPrefix: `${rateLimitPrefix}:${name}`,
        ...budget,
      }),
    ]),
  );
  const limiter = (budget: Budget) => {
    const found = limiters.get(budget);
    if (found === undefined) throw new TypeError(budget);
    return found;
  };
  return {
    async count(budget, who) {
      try {
        await limiter(budget).consume(who);
      } catch (error) {
        // The library rejects with a result when the budget is used up, with an error when Redis is away.
        if (error instanceof Error) throw new AppError('UNAVAILABLE', { cause: error });
        throw refusal(error as RateLimiterRes);
      }
    },
    async giveBack(budget, who) {
      try {
        await limiter(budget).reward(who);
      } catch (error) {
        throw new AppError('UNAVAILABLE', { cause: error });
      }
    },
    async check(budget, who) {
      let result: RateLimiterRes | null;
      try {
        result = await limiter(budget).get(who);
      } catch (error) {
        throw new AppError('UNAVAILABLE', { cause: error });
      }
      if (result !== null && result.remainingPoints <= 0) throw refusal(result);
    },
  };
}
