/** What became of one attempt. `reason` is for counters and logs: it never tells who or what. */
export type Outcome =
  /** The push service took it; not that anybody saw it. */
  | { kind: 'accepted' }
  /** The subscription is no more (404, 410): the only answer that removes it. */
  | { kind: 'gone' }
  /** Worth another attempt, not before `afterMs` where the service named a time. */
  | {
      kind: 'retry';
      reason: string;
      afterMs: number | null;
      /** Nobody answered: the message may have got there all the same. */
      mayHaveArrived: boolean;
    }
  /** Refused in a way that the operator has to look at, such as a wrong VAPID key; the subscription stays. */
  | { kind: 'rejected'; reason: string }
  /** The service takes no message of this size, however short. */
  | { kind: 'tooLarge' }
  /** Not sent, and never to be: the endpoint is not allowed any more, or its keys cannot receive. */
  | { kind: 'impossible'; reason: string };

const baseMs = 1000;
const capMs = 15 * 60 * 1000;

/**
 * How long to wait before the next attempt: `Retry-After` where there is one, never less; else exponential
 * back-off with full jitter, 1 s · 2ⁿ, at most 15 min.
 * @param attempt 0 after the first failure
 * @param random in [0, 1)
 */
export function retryDelay(attempt: number, afterMs: number | null, random: number): number {
  const ceiling = Math.min(baseMs * 2 ** Math.min(attempt, 30), capMs);
  // All that a service sends away with the same Retry-After would come back in the same instant: spread them.
  if (afterMs !== null) return afterMs + Math.floor(random * baseMs);
  return Math.floor(random * ceiling);
}

/**
 * Reads `Retry-After` (RFC 9110, section 10.2.3): seconds or an HTTP date.
 * @returns milliseconds from `now`, not negative; null where absent or unreadable
 */
export function parseRetryAfter(value: string | undefined, now: number): number | null {
  const text = value?.trim() ?? '';
  if (/^\d{1,9}$/u.test(text)) return Number(text) * 1000;
  // Date.parse takes much that is no HTTP date, such as '-5' for the month of May.
  if (!/^[A-Z][a-z]{2,8},? /u.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

/** What an answer's status means for the message and its subscription. */
export function outcomeOf(status: number, retryAfter: string | undefined, now: number): Outcome {
  if (status >= 200 && status < 300) return { kind: 'accepted' };
  if (status === 404 || status === 410) return { kind: 'gone' };
  if (status === 413) return { kind: 'tooLarge' };
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return {
      kind: 'retry',
      reason: `status-${status}`,
      afterMs: parseRetryAfter(retryAfter, now),
      mayHaveArrived: false,
    };
  }
  // Redirects too: following one would be a way around the allow-list.
  return { kind: 'rejected', reason: `status-${status}` };
}
