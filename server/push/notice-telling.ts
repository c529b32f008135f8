import type { CheckIn, Search } from '../../shared/home-safe.ts';
import type { LogEntry } from '../../shared/events.ts';
import type { NoticeKind } from '../../shared/notices.ts';
import { gapOf, type Shift } from '../../shared/shifts.ts';
import { handoverTellers } from './handover-telling.ts';
import { relayTellers } from './relay-telling.ts';
import { about, type Subject } from './subjects.ts';
import { type Audience, nobody, type People, these } from './telling.ts';

/** What one log entry tells of a shift, a round or a neighbour without a phone, and whom. */
export type NoticeTelling = {
  notice: NoticeKind;
  /** Of what it is about, as in its address. */
  id: string;
  audience: Audience;
  /** Not told though in the audience: whoever did it knows. */
  exclude: People;
  subject: Subject;
  /**
   * `alert` keeps which devices were told, `correction` goes to exactly them; of most that is told nobody has to be told
   * that it is over.
   */
  kept?: 'alert' | 'correction';
};

export type Teller<Type> = (entry: Extract<LogEntry, { type: Type }>) => NoticeTelling | null;
export type Tellers = { [Type in LogEntry['type']]?: Teller<Type> };

const volunteers = { to: 'roles', roles: ['volunteer', 'coordinator'], and: nobody } satisfies Audience;

/** Which log entries tell whom what of shifts and rounds: one line for each. */
const tellers: Tellers = {
  ...handoverTellers,
  ...relayTellers,
  'checkIn.changed': ({ checkIn }) => tellingOfCheckIn(checkIn),
  'search.begun': ({ search, asked }) => tellingOfSearch(search, asked),
  'search.widened': ({ search, asked }) => tellingOfSearch(search, asked),
  'search.ended': ({ by, search }) => ({
    notice: 'walker-safe',
    id: search.id,
    audience: { to: 'told' },
    exclude: { ...(by === null ? nobody : these(by)), notKnowingOf: search.id },
    subject: about('search', search.id, ({ end }) => end !== null),
    kept: 'correction',
  }),
  // Whoever holds it is told too: whether it gets through is what it is for.
  'drill.started': ({ drill }) => ({
    ...{ notice: 'drill', id: drill.id, audience: { to: 'everyone' }, exclude: nobody, kept: 'alert' },
    subject: about('drill', drill.id, ({ end }) => end === null),
  }),
  'drill.ended': ({ drill }) => ({
    ...{ notice: 'drill-over', id: drill.id, audience: { to: 'told' }, exclude: nobody, kept: 'correction' },
    subject: about('drill', drill.id, ({ end }) => end !== null),
  }),
  'drill.due': ({ drill }) => ({
    ...{ notice: 'drill-due', id: drill.id, exclude: nobody },
    audience: { to: 'roles', roles: ['coordinator'], and: nobody },
    subject: about('drill', drill.id, () => true),
  }),
  'shift.changed': ({ by, shift, memberIds }) =>
    tellingOfShift('shift-changed', by, shift, [...signedUp(shift), ...memberIds]),
  'shift.cancelled': ({ by, shift }) => tellingOfShift('shift-cancelled', by, shift, signedUp(shift)),
  'shift.firmed': ({ by, shift, memberIds }) => tellingOfShift('shift-firmed', by, shift, memberIds),
  'shift.short': ({ shift }) => ({
    notice: 'shift-short',
    id: shift.id,
    audience: volunteers,
    // They come already, and see on the way who else does.
    exclude: these(...signedUp(shift)),
    subject: about('shift', shift.id, (now) => now.status === 'planned' && gapOf(now) > 0),
  }),
};

const signedUp = ({ signUps }: Shift): string[] => signUps.map(({ memberId }) => memberId);

/** To those who are signed up for a shift, or were. A later change tells them itself. */
function tellingOfShift(
  notice: NoticeKind,
  by: string | null,
  { id, status, startsAt, endsAt }: Shift,
  memberIds: readonly string[],
): NoticeTelling | null {
  if (memberIds.length === 0) return null;
  return {
    notice,
    id,
    audience: { to: 'people', people: these(...memberIds) },
    exclude: by === null ? nobody : these(by),
    subject: about(
      'shift',
      id,
      (now) => now.status === status && now.startsAt === startsAt && now.endsAt === endsAt,
    ),
  };
}

function tellingOfCheckIn({ id, version, patrolId, memberId, state }: CheckIn): NoticeTelling | null {
  if (state !== 'due' && state !== 'overdue') return null;
  return {
    notice: state === 'due' ? 'check-in-due' : 'check-in-overdue',
    id: patrolId,
    audience: { to: 'people', people: these(memberId) },
    exclude: nobody,
    subject: about('checkIn', id, (now) => now.version === version),
  };
}

function tellingOfSearch({ id, memberId, step }: Search, asked: readonly string[]): NoticeTelling {
  return {
    notice: step === 'exhausted' ? 'walker-not-found' : 'walker-overdue',
    id,
    audience: audienceOfStep(step, asked),
    // Their own phone asks them already.
    exclude: { ...these(memberId), notKnowingOf: id },
    // Whoever looks has it in hand.
    subject: about('search', id, ({ end, ownerId }) => end === null && ownerId === null),
    kept: 'alert',
  };
}

function audienceOfStep(step: Search['step'], asked: readonly string[]): Audience {
  if (step === 'partners' || step === 'on-duty') return { to: 'people', people: these(...asked) };
  return step === 'volunteers' ? volunteers : { to: 'everyone' };
}

/** Whether entries of this type can tell anybody of a shift or a round. */
export const tellsOfNotice = (type: string): boolean => type in tellers;

function tellingOf<Type extends LogEntry['type']>(
  type: Type,
  entry: Extract<LogEntry, { type: Type }>,
): NoticeTelling | null {
  const teller: Teller<Type> | undefined = tellers[type];
  return teller?.(entry) ?? null;
}

/** What a log entry tells of a shift or a round; null where it tells nobody. */
export const noticeTellingOf = (entry: LogEntry): NoticeTelling | null => tellingOf(entry.type, entry);
