import type { LogEvent } from '../../shared/events.ts';
import {
  askMs,
  type CheckIn,
  hasWalked,
  lookingMs,
  type Search,
  type SearchStep,
  stepMs,
  waitsFor,
  walkingSince,
} from '../../shared/home-safe.ts';
import { stepAfter } from '../../shared/ladder.ts';
import type { Member } from '../../shared/neighbourhoods.ts';
import type { Patrol } from '../../shared/patrols.ts';
import { type Refusal, refuse } from '../../shared/refusal.ts';
import { type Hidden, walkersEver } from './hidden-search.ts';

const minute = 60 * 1000;

const ladder = ['partners', 'on-duty', 'volunteers', 'everyone', 'exhausted'] as const satisfies SearchStep[];

/** Whom the steps could ask, without whoever is looked for: by name, or whether there is anybody. */
export type Staff = {
  partners: readonly string[];
  onDuty: readonly string[];
  volunteers: boolean;
  everyone: boolean;
};

type CodeCheck = 'right' | 'duress' | 'wrong';
export const wrongCode = refuse('FORBIDDEN', 'is not right', 'code');

/** The check-in of a walker as it stands, also before anything was stored of it; null where they do not walk. */
export function checkInOf(
  patrol: Patrol,
  memberId: string,
  id: string,
  stored: CheckIn | null,
): CheckIn | null {
  const since = walkingSince(patrol, memberId);
  if (since === null) return null;
  if (stored?.since === since) return stored;
  const dueAt = since + patrol.checkIn.everyMinutes * minute;
  const version = stored?.version ?? 0;
  const begun = { id, version, patrolId: patrol.id, memberId, since };
  return { ...begun, state: 'awaited', dueAt, nextAt: dueAt, lastAt: null };
}

/** They are well: the next word is due after the round's time, or none is any more. */
function answered(patrol: Patrol, checkIn: CheckIn, at: number): CheckIn {
  const next = { ...checkIn, version: checkIn.version + 1, lastAt: at };
  if (waitsFor(patrol, checkIn.memberId) !== 'again') return { ...next, state: 'over', nextAt: null };
  const dueAt = at + patrol.checkIn.everyMinutes * minute;
  return { ...next, state: 'awaited', dueAt, nextAt: dueAt };
}

const askedBy = (step: SearchStep, staff: Staff): readonly string[] => {
  if (step === 'partners') return staff.partners;
  return step === 'on-duty' ? staff.onDuty : [];
};

function asksAnybody(step: SearchStep, { partners, onDuty, volunteers, everyone }: Staff): boolean {
  if (step === 'partners') return partners.length > 0;
  if (step === 'on-duty') return onDuty.length > 0;
  return step === 'volunteers' ? volunteers : step === 'exhausted' || everyone;
}

/** The next step of a search, without anybody who looks. */
function climb(search: Search, from: SearchStep | null, staff: Staff, at: number): Search {
  const step = stepAfter(ladder, from, (next) => asksAnybody(next, staff));
  return {
    ...search,
    version: search.version + 1,
    step,
    ownerId: null,
    dueAt: step === 'exhausted' ? null : at + stepMs[step],
  };
}

type Beginning = { id: string; checkIn: CheckIn; staff: Staff; at: number };

function begin({ id, checkIn, staff, at }: Beginning, from: SearchStep | null): Search {
  const { patrolId, memberId, lastAt } = checkIn;
  const about = { id, version: 0, patrolId, memberId, beganAt: at, lastAt, ownerId: null, end: null };
  return climb({ ...about, step: 'partners', dueAt: null }, from, staff, at);
}

type Step = { event: LogEvent; checkIn: CheckIn | null; search: Search | null };
type Passing = { kind: 'over' } | { kind: 'wait'; nextAt: number } | ({ kind: 'go' } & Step);

/**
 * What time makes of a check-in that nobody gave: it is time to, then the walker is asked, then they are looked for.
 * Each has its time from when the one before was done, however late that was.
 * @param searched whether they are looked for already, without seeing it
 */
export function passCheckIn(patrol: Patrol, searched: boolean, beginning: Beginning): Passing {
  const { checkIn, staff, at } = beginning;
  const { nextAt, state, dueAt, memberId } = checkIn;
  if (nextAt === null || waitsFor(patrol, memberId) === 'no') return { kind: 'over' };
  if (at < nextAt) return { kind: 'wait', nextAt };
  const go = (next: Partial<CheckIn>): Passing => {
    const changed = { ...checkIn, ...next, version: checkIn.version + 1 };
    const event: LogEvent = { type: 'checkIn.changed', by: null, checkIn: changed };
    return { kind: 'go', event, checkIn: changed, search: null };
  };
  const graceEnds = dueAt + patrol.checkIn.graceMinutes * minute;
  if (state === 'awaited' && at < graceEnds) return go({ state: 'due', nextAt: graceEnds });
  if (state !== 'overdue') return go({ state: 'overdue', nextAt: at + askMs });
  if (searched) return go({ nextAt: null });
  const changed: CheckIn = { ...checkIn, version: checkIn.version + 1, state: 'searched', nextAt: null };
  const search = begin(beginning, null);
  const asked = [...askedBy(search.step, staff)];
  const event: LogEvent = { type: 'search.begun', by: null, search, checkIn: changed, asked };
  return { kind: 'go', event, checkIn: changed, search };
}

/** What time makes of a search: nothing yet, nothing ever again, or the next are asked. */
export function passSearch(search: Search, staff: Staff, at: number): Passing {
  if (search.end !== null || search.dueAt === null) return { kind: 'over' };
  if (at < search.dueAt) return { kind: 'wait', nextAt: search.dueAt };
  const next = climb(search, search.step, staff, at);
  const asked = [...askedBy(next.step, staff)];
  const event: LogEvent = { type: 'search.widened', by: null, search: next, asked };
  return { kind: 'go', event, checkIn: null, search: next };
}

/** A search ends by nobody's word: whoever was looked for is no neighbour any more. */
export function closeSearch(search: Search, at: number): { search: Search; event: LogEvent } {
  const closed = { ...search, version: search.version + 1, dueAt: null, end: { by: null, at } };
  return { search: closed, event: { type: 'search.ended', by: null, search: closed, checkIn: null } };
}

/** Somebody looks for them: the first to say so has it in hand, and renews it by saying it again. */
export function look(
  search: Search,
  memberId: string,
  at: number,
): Refusal | { ok: true; search: Search; event: LogEvent } {
  if (search.memberId === memberId) return refuse('FORBIDDEN', 'nobody looks for themselves');
  if (search.end !== null) return refuse('CONFLICT', 'is over');
  if (search.ownerId !== null && search.ownerId !== memberId)
    return refuse('CONFLICT', 'somebody looks for them already');
  const next = { ...search, version: search.version + 1, ownerId: memberId, dueAt: at + lookingMs };
  const event: LogEvent = { type: 'search.changed', by: memberId, search: next, checkIn: null };
  return { ok: true, search: next, event };
}

/** What was said that somebody is well, with what is stored and told. */
type Said = {
  ok: true;
  event: LogEvent;
  checkIn: CheckIn | null;
  search: Search | null;
  /** The search as whoever said it sees it. */
  seen: Search | null;
  hidden: Hidden | null;
};

type Ended = Said & { seen: Search };
type Ending = {
  patrol: Patrol;
  search: Search;
  /** The round that the check-in is of: the one that they walk now may be another than the search's. */
  round: Patrol;
  checkIn: CheckIn | null;
  by: string;
  check: CodeCheck;
  at: number;
};

/** Whether nothing is waited for until a search for them ends. */
export const isSearched = ({ state, nextAt }: CheckIn): boolean =>
  state === 'searched' || (state === 'overdue' && nextAt === null);

/** A search ends; under duress it only looks so, to all who walk the round. */
function endSearch({ patrol, search, round, checkIn: before, by, check, at }: Ending): Ended {
  const own = before?.memberId === by && before.nextAt !== null;
  const checkIn = before !== null && (own || isSearched(before)) ? answered(round, before, at) : null;
  const next = { ...search, version: search.version + 1 };
  const seen: Search = { ...next, ownerId: search.ownerId, dueAt: null, end: { by, at } };
  if (check !== 'duress') {
    const event: LogEvent = { type: 'search.ended', by, search: seen, checkIn };
    return { ok: true, event, checkIn, search: seen, seen, hidden: null };
  }
  const event: LogEvent = { type: 'search.changed', by: null, search: next, checkIn };
  const hidden = { version: 1, searchId: search.id, from: walkersEver(patrol), seen };
  return { ok: true, event, checkIn, search: next, seen, hidden };
}

type Saying = Beginning & {
  patrol: Patrol;
  /** The search for them that they see; null where there is none. */
  search: Search | null;
  /** Whether one goes on that they do not see. */
  unseen: boolean;
  /** Null where no code was given. */
  check: CodeCheck | null;
  /** Whether they set codes. */
  hasCodes: boolean;
};

/** A walker says that they are well. */
export function sayWell(saying: Saying): Refusal | Said {
  const { patrol, checkIn, search, unseen, check, hasCodes, at } = saying;
  if (check === 'wrong') return wrongCode;
  if (search !== null) {
    if (search.step === 'exhausted')
      return refuse('CONFLICT', 'everybody looks for you: say that you are found');
    // Others look for them by now: whoever holds the phone must be the one who carries it.
    if (hasCodes && check === null) return wrongCode;
    const by = checkIn.memberId;
    return endSearch({ patrol, search, round: patrol, checkIn, by, check: check ?? 'right', at });
  }
  if (waitsFor(patrol, checkIn.memberId) === 'no' || checkIn.state === 'over')
    return refuse('CONFLICT', 'nothing is waited for');
  const next = answered(patrol, checkIn, at);
  if (check !== 'duress' || unseen) {
    const event: LogEvent = { type: 'checkIn.changed', by: checkIn.memberId, checkIn: next };
    return { ok: true, event, checkIn: next, search: null, seen: null, hidden: null };
  }
  // Partners may stand beside them: it begins with those who do not.
  const begun = begin(saying, 'partners');
  const asked = [...askedBy(begun.step, saying.staff)];
  return {
    ok: true,
    event: { type: 'search.begun', by: null, search: begun, checkIn: next, asked },
    checkIn: next,
    search: begun,
    seen: null,
    hidden: { version: 1, searchId: begun.id, from: walkersEver(patrol), seen: null },
  };
}

/** Who has to show by a code, where they set one, that nobody makes them say it: whoever may be where it happened. */
export const needsCode = (patrol: Patrol, memberId: string): boolean => hasWalked(patrol, memberId);

type Finding = Omit<Ending, 'by'> & { actor: Member };

/** Somebody says that whoever was looked for is safe: they themselves, who walks with them, who looks, or a coordinator. */
export function find({ actor, ...ending }: Finding): Refusal | Ended {
  const { patrol, search, check } = ending;
  if (search.end !== null) return refuse('CONFLICT', 'is over');
  const may = hasWalked(patrol, actor.id) || search.ownerId === actor.id || actor.role === 'coordinator';
  if (!may) return refuse('FORBIDDEN', 'say first that you look for them');
  if (check === 'wrong') return wrongCode;
  return endSearch({ ...ending, by: actor.id });
}
