import { wallClock } from '../../../shared/local-time.ts';
import { type Preferences, usualBudget } from '../../../shared/preferences.ts';
import { loadScript, type Redis } from '../../redis/client.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { asArray, asNumber } from '../../redis/reply.ts';

const countScript = loadScript(new URL('./count-attention.lua', import.meta.url));
const keptSeconds = 2 * 24 * 3600;

/** Who is asked for in the name of all who chose nothing: they are told the same, and share one count. */
const everybody = '*';

/** `first`: beyond the budget for the first time today, which the member is told. */
export type Attention = 'within' | 'beyond' | 'first';
const answers: readonly Attention[] = ['within', 'beyond', 'first'];

export type Counted = { memberId: string; preferences: Preferences; chose: boolean };

/** Counts what disturbs members a day. */
export function createAttention(redis: Redis) {
  /**
   * Counts one message for members, and says for each how it stands with their budget. May be repeated.
   * @param folds whether it may wait for the digest
   * @param forAll whether it goes to everybody: only so it counts for those who chose nothing
   */
  return async (
    { neighbourhoodId, seq, timeZone }: { neighbourhoodId: string; seq: number; timeZone: string },
    { folds, forAll }: { folds: boolean; forAll: boolean },
    members: readonly Counted[],
    at: number,
  ): Promise<Map<string, Attention>> => {
    const whose = new Map<string, { day: string; budget: number }>();
    for (const { memberId, preferences, chose } of members) {
      if (!chose) {
        if (forAll) whose.set(everybody, { day: wallClock(at, timeZone).date, budget: usualBudget });
      } else if (preferences.budget !== null) {
        const { date } = wallClock(at, preferences.timeZone);
        whose.set(memberId, { day: date, budget: preferences.budget });
      }
    }
    if (whose.size === 0) return new Map();
    const { attention } = neighbourhoodKeys(neighbourhoodId);
    const args = [...whose].flatMap(([who, { day, budget }]) => [who, day, String(budget)]);
    const reply = asArray(
      await redis.run(
        countScript,
        [attention],
        [String(seq), folds ? '1' : '0', String(keptSeconds), ...args],
      ),
    );
    const found = new Map([...whose.keys()].map((who, i) => [who, answers[asNumber(reply[i])] ?? 'within']));
    const ofAll = found.get(everybody);
    return new Map(
      members.map(({ memberId, chose }) => [
        memberId,
        found.get(memberId) ?? (chose ? undefined : ofAll) ?? 'within',
      ]),
    );
  };
}
