import * as v from 'valibot';
import { Update } from '../../shared/incident-life.ts';
import type { Deps, Own } from '../deps.ts';
import { encodeEntity } from '../eventlog/eventlog.ts';
import { takeFromReceiptsOf } from '../eventlog/receipts.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { createLifeStore } from './life-store.ts';

type Words = Pick<Update, 'text' | 'mentions'>;
export type Mentioned = { memberId: string; name: string };

const Answered = v.looseObject({ update: Update });
/** Stands where a neighbour wrote the name of somebody who is erased; understood in every language. */
const somebody = '@…';

/** What was written without the name of somebody whom it mentions; the words themselves where it does not. */
export function withoutMention<Of extends Words>(words: Of, { memberId, name }: Mentioned): Of {
  if (!words.mentions.includes(memberId)) return words;
  const [first = '', ...others] = words.text.split(`@${name}`);
  // Not the beginning of a longer name.
  const isName = (rest: string) => !/^[\p{L}\p{N}]/u.test(rest);
  const text = others.reduce((said, rest) => said + (isName(rest) ? somebody : `@${name}`) + rest, first);
  return { ...words, text, mentions: words.mentions.filter((id) => id !== memberId) };
}

function answerWithout(body: string, mentioned: Mentioned): string {
  if (!body.includes(mentioned.memberId)) return body;
  const answered = v.safeParse(Answered, JSON.parse(body));
  if (!answered.success) return body;
  return JSON.stringify({ ...answered.output, update: withoutMention(answered.output.update, mentioned) });
}

/** Takes the name of somebody out of what neighbours wrote to them about an incident, and were answered with. */
export function mentionErasing({ redis, eventLog, now }: Pick<Deps, 'redis' | 'eventLog' | 'now'>) {
  const lives = createLifeStore(redis);

  async function takeFrom({ neighbourhoodId }: Own, { incidentId, id }: Update, mentioned: Mentioned) {
    const key = neighbourhoodKeys(neighbourhoodId).incidentUpdates(incidentId);
    for (;;) {
      const before = await lives.getUpdate(neighbourhoodId, incidentId, id);
      const after = before && withoutMention(before, mentioned);
      if (before === null || after === null || after === before) return;
      await eventLog.commit({
        ...{ neighbourhoodId, at: now(), body: {} },
        event: { type: 'entry.erased', by: null },
        guards: [{ key, field: id, version: before.version }],
        writes: [['HSET', key, id, encodeEntity({ ...after, version: before.version + 1 })]],
      });
    }
  }

  return async function take(own: Own, incidentId: string, name: string): Promise<void> {
    const { neighbourhoodId, memberId } = own;
    const mentioned = { memberId, name };
    const updates = await lives.getUpdates(neighbourhoodId, incidentId);
    for (const update of updates) await takeFrom(own, update, mentioned);
    await takeFromReceiptsOf(redis, neighbourhoodId, incidentId, (body) => answerWithout(body, mentioned));
  };
}
