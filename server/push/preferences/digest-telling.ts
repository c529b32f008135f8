import { defaultLockScreen, type FoldingMessage } from '../../../shared/push.ts';
import type { Alert } from '../alert.ts';
import { digestPayloadOf } from '../lock-screen.ts';
import { topicOf } from '../sender.ts';
import { nobody, these } from '../telling.ts';

/** What nobody has looked at by then, they see on the map. */
const digestMs = 6 * 3600 * 1000;

const quietly = {
  ...{ asks: [], inSteps: false, notice: null, happening: null, besides: [], kept: null },
  exclude: nobody,
} as const;

/**
 * One round of digests.
 * @param counts of how much it tells each member
 */
export function digestAlertOf(
  { seq, at }: { seq: number; at: number },
  counts: ReadonlyMap<string, number>,
  neighbourhood: Alert['neighbourhood'],
): Alert {
  return {
    ...quietly,
    ...{ seq, at, neighbourhood, kind: 'digest', expiresAt: at + digestMs },
    subject: { kind: 'digest', id: `digest ${seq}` },
    audience: { to: 'people', people: these(...counts.keys()) },
    message: ({ memberId, locale: own, lockScreen: shows = defaultLockScreen }) => {
      const locale = own ?? neighbourhood.locale;
      const message = digestPayloadOf(counts.get(memberId) ?? 0, { neighbourhood, locale }, shows);
      return {
        payload: Buffer.from(JSON.stringify(message)),
        urgency: 'normal',
        topic: topicOf(`${neighbourhood.id} digest`),
        ttl: digestMs / 1000,
      };
    },
  };
}

/**
 * In place of an alert that is beyond a member's budget, once a day: that it and its like wait for the digest. Said in
 * words whatever a lock screen may say: it tells of none of them, and without words nobody knew of the silence.
 */
export function foldingAlertOf({ seq, at, neighbourhood, subject, audience, expiresAt }: Alert): Alert {
  return {
    ...quietly,
    ...{ seq, at, neighbourhood, subject, audience, expiresAt, kind: 'folding' },
    message: ({ locale }, now) => {
      const message: FoldingMessage = {
        ...{ kind: 'folding', neighbourhoodId: neighbourhood.id, neighbourhoodName: neighbourhood.name },
        locale: locale ?? neighbourhood.locale,
      };
      return {
        payload: Buffer.from(JSON.stringify(message)),
        urgency: 'normal',
        topic: topicOf(`${neighbourhood.id} folding`),
        ttl: Math.max(0, Math.ceil((expiresAt - now) / 1000)),
      };
    },
  };
}
