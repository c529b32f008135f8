import type { Logger } from 'pino';

const againMs = 10 * 60 * 1000;
const kept = 1000;

/**
 * Tells the operator of what only they can mend, such as a VAPID key that a push service does not take: in the log, of
 * each service and reason now and then only, and in the metrics until the service takes a message again.
 * @param refusing services that refuse, by reason; kept up to date here
 */
export function createAlarms(options: {
  logger: Logger;
  clock: () => number;
  refusing: Record<string, string>;
}) {
  const { logger, clock, refusing } = options;
  const told = new Map<string, number>();

  /** Something about the service or one of its subscriptions: said, nothing more. */
  function tell(service: string, reason: string): void {
    const key = `${service} ${reason}`;
    const last = told.get(key);
    if (last !== undefined && clock() - last < againMs) return;
    if (told.size >= kept) told.clear();
    told.set(key, clock());
    logger.error({ service, reason }, 'a push service does not take our messages');
  }

  return {
    tell,
    /** The service refuses what we send. */
    refused(service: string, reason: string): void {
      refusing[service] = reason;
      tell(service, reason);
    },
    /** It took a message. */
    taken(service: string): void {
      const reason = refusing[service];
      if (reason === undefined) return;
      delete refusing[service];
      logger.info({ service, reason }, 'the push service takes our messages again');
    },
  };
}
