import { wallClock } from '../../../shared/local-time.ts';
import { type Preferences, usualBudget } from '../../../shared/preferences.ts';
import { loadScript, type Redis } from '../../redis/client.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { asArray, asNumber } from '../../redis/reply.ts';

const countScript = loadScript(new URL('./count-attention.lua', import.meta.url));
const keptSeconds = 2 * 24 * 3600;

/** All who chose nothing: they are told the same, and share one count. Each is told by themselves that it is reached. */
const everybody = '*';
/** Of these, whoever is told besides what goes to volunteers alone. */
const volunteers = '*volunteers';

/** `first`: beyond the budget for the first time today, which the member is told. */
export type Attention = 'within' | 'beyond' | 'first';
const answers: readonly Attention[] = ['within', 'beyond', 'first'];

export type Counted = { memberId: string; preferences: Preferences; chose: boolean; isResident: boolean };
type Asked = { memberId: string; counted: string; day: string; budget: number };

/** Counts what disturbs members a day. */
export function createAttention(redis: Redis) {
  /**
   * Counts one message for members, and says how it stands with the budget of each who has one. May be repeated.
   * @param folds whether it may wait for the digest
   * @param shared whether it goes to everybody, or to all volunteers: only so it counts for those who chose nothing
   */
  return async (
    { neighbourhoodId, seq, timeZone }: { neighbourhoodId: string; seq: number; timeZone: string },
    { folds, shared }: { folds: boolean; shared: boolean },
    members: readonly Counted[],
    at: number,
  ): Promise<Map<string, Attention>> => {
    const asked = members.flatMap(({ memberId, preferences, chose, isResident }): Asked[] => {
      if (chose) {
        const { budget, timeZone: theirs } = preferences;
        return budget === null
          ? []
          : [{ memberId, counted: memberId, day: wallClock(at, theirs).date, budget }];
      }
      if (!shared) return [];
      const counted = isResident ? everybody : volunteers;
      return [{ memberId, counted, day: wallClock(at, timeZone).date, budget: usualBudget }];
    });
    if (asked.length === 0) return new Map();
    const { attention } = neighbourhoodKeys(neighbourhoodId);
    const args = asked.flatMap(({ memberId, counted, day, budget }) => [
      memberId,
      counted,
      day,
      String(budget),
    ]);
    const reply = asArray(
      await redis.run(
        countScript,
        [attention],
        [String(seq), folds ? '1' : '0', String(keptSeconds), ...args],
      ),
    );
    return new Map(asked.map(({ memberId }, i) => [memberId, answers[asNumber(reply[i])] ?? 'within']));
  };
}
