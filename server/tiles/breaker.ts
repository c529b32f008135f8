const failuresToOpen = 3;
const firstPause = 15_000;
const longestPause = 5 * 60_000;

/**
 * A circuit breaker: after three failures in a row nothing is tried for 15 s, then a single try decides;
 * each further failure doubles the pause, up to five minutes.
 */
export class Breaker {
  private failures = 0;
  private pause = firstPause;
  private openUntil = 0;
  private probing = false;
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  /** Whether to try now. While the circuit heals, only one caller hears yes until it has reported back. */
  admits(): boolean {
    if (this.failures < failuresToOpen) return true;
    if (this.probing || this.now() < this.openUntil) return false;
    this.probing = true;
    return true;
  }

  /** Milliseconds until another try may make sense. */
  get wait(): number {
    return Math.max(0, this.openUntil - this.now());
  }

  succeeded(): void {
    this.failures = 0;
    this.pause = firstPause;
    this.probing = false;
  }

  /** @returns whether this failure opened the circuit */
  failed(): boolean {
    this.failures += 1;
    const wasProbe = this.probing;
    this.probing = false;
    if (this.failures < failuresToOpen) return false;
    // Those that were under way when it opened come back late: they must not lengthen the pause.
    if (!wasProbe && this.now() < this.openUntil) return false;
    this.openUntil = this.now() + this.pause;
    this.pause = Math.min(this.pause * 2, longestPause);
    return true;
  }
}
