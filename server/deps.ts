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
