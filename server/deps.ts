import type { Logger } from 'pino';
import type { Sessions } from './auth/session.ts';
import type { Env } from './env.ts';
import type { EventLog, Guard, Write } from './eventlog/eventlog.ts';
import type { ReachCounter } from './eventlog/reach.ts';
import type { Limits } from './limits.ts';
import type { Redis } from './redis/client.ts';

/**
 * Makes photos part of an incident in the commit that reports it.
 * @throws AppError INVALID_INPUT for a photo that the member did not upload here, or has used
 */
export type ClaimPhotos = (claim: {
  neighbourhoodId: string;
  memberId: string;
  incidentId: string;
  photoIds: readonly string[];
}) => Promise<{ guards: Guard[]; writes: Write[] }>;

/** A member of one neighbourhood, whose data is asked for or erased. */
export type Own = { neighbourhoodId: string; memberId: string };

/** What a feature holds of a member. Each call may be repeated. */
export type Keeper = {
  /** @throws AppError CONFLICT where something must be settled before they can be erased */
  refuse?: (own: Own) => Promise<void>;
  /** All that is theirs, as fields of their neighbourhood's part of the file; times in epoch milliseconds. */
  handOver?: (own: Own) => Promise<object>;
  /** While their membership, and with it their name, is still there. */
  beforeErasing?: (own: Own) => Promise<void>;
  erase?: (own: Own) => Promise<void>;
  /** Once all keepers and the log have erased. */
  afterErasing?: (own: Own) => Promise<void>;
};

/** What a feature holds of a person outside of neighbourhoods. */
export type PersonKeeper = {
  handOver: (personId: string) => Promise<object>;
  /** While devices and memberships are still there. */
  erase: (personId: string) => Promise<void>;
};

/** What the process's parts share; made once in `index.ts`, given to each. */
export type Deps = {
  env: Env;
  logger: Logger;
  redis: Redis;
  eventLog: EventLog;
  sessions: Sessions;
  limits: Limits;
  reach: ReachCounter;
  /**
   * To be called by whoever made a person a member, once that is recorded, also for a repeated command: features that
   * keep something for each of a person's neighbourhoods learn here of one more.
   */
  onMembership: (personId: string, neighbourhoodId: string, memberId: string) => Promise<void>;
  /** Epoch milliseconds. */
  now: () => number;
};
