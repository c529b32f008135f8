import { defaultLockScreen, type LockScreen } from '../../../shared/push.ts';
import { codeMinutes, codeTries, maxWays, type Way } from '../../../shared/ways.ts';

const minute = 60 * 1000;
/** Somebody who did not enter the code by then will not. */
const unverifiedMs = 24 * 60 * minute;

/** A way of telling as it is stored, with its person. */
export type StoredWay = Omit<Way, 'runs'> & {
  version: number;
  /** What was sent to find out whether they read it; null once it has served. */
  code: { hash: string; expiresAt: number; tries: number } | null;
  /** Where this instance is reached, for the links in messages. */
  origin: string;
  /** What stops it from outside. */
  stop: string;
  /** The topic's access token. */
  token: string | null;
  /** What a webhook's messages are signed with. */
  signing: string | null;
  /** Of the command that added it, for its repetition. */
  fingerprint: string;
};

/** Way ids are told apart from device ids by their length. */
export const wayIdOf = (id: string) => `way-${id}`;
export const isWayId = (id: string) => id.length === 20 && id.startsWith('way-');

type New = Omit<StoredWay, 'version' | 'state' | 'code' | 'lockScreen'> & { codeHash: string };

/** A way that was just added: nothing is told by it before its code came back. */
export const newWay = ({ codeHash, ...way }: New): StoredWay => ({
  ...way,
  lockScreen: defaultLockScreen,
  version: 1,
  state: 'unverified',
  code: { hash: codeHash, expiresAt: way.addedAt + codeMinutes * minute, tries: codeTries },
});

/** Which ways make room for one more; null where there is none. */
export function roomFor(ways: readonly StoredWay[], at: number): string[] | null {
  const stale = ways.filter(({ state, addedAt }) => state === 'unverified' && at - addedAt > unverifiedMs);
  return ways.length - stale.length < maxWays ? stale.map(({ id }) => id) : null;
}

type Verified =
  | { kind: 'verified'; way: StoredWay }
  /** One try less. */
  | { kind: 'wrong'; way: StoredWay }
  /** Too late, tried too often, or there was none. */
  | { kind: 'over' };

/** Decides on a code that somebody entered. @param matches whether it is the one that was sent */
export function verify(way: StoredWay, matches: boolean, at: number): Verified {
  const { code, version } = way;
  if (way.state === 'verified') return { kind: 'verified', way };
  if (code === null || at >= code.expiresAt || code.tries <= 0) return { kind: 'over' };
  if (!matches)
    return { kind: 'wrong', way: { ...way, version: version + 1, code: { ...code, tries: code.tries - 1 } } };
  return { kind: 'verified', way: { ...way, version: version + 1, state: 'verified', code: null } };
}

/** A way that may say so much of an alert; null where it may already. */
export const choose = (way: StoredWay, lockScreen: LockScreen): StoredWay | null =>
  way.lockScreen === lockScreen ? null : { ...way, version: way.version + 1, lockScreen };

/** A way by which nobody is told any more, until it is added anew. */
export const ended = (way: StoredWay): StoredWay => ({
  ...way,
  version: way.version + 1,
  state: 'ended',
  code: null,
});
