import { AgreementId } from '../../../shared/agreements.ts';
import type { FlagSubject, Hide } from '../../../shared/hiding.ts';
import type { IncidentLife, Update } from '../../../shared/incident-life.ts';
import type { Incident } from '../../../shared/incidents.ts';
import type { Member } from '../../../shared/neighbourhoods.ts';
import { type FlagCommand, isSitting, type Review, type Verdict } from '../../../shared/reviews.ts';
import { circleCap } from '../../../shared/credibility.ts';
import { isNewcomer } from '../../../shared/standing.ts';

const day = 24 * 3600 * 1000;
/** How long a jury has, those who take the place of silent jurors, and the coordinators after them. */
export const juryMs = day;
export const appealMs = 7 * day;
const jurors = 3;
const appealJurors = 5;
/** Of a thing that a jury has kept, so many further ones hear of it: nobody is flagged for ever. */
const mostDecisions = 3;
const mostReasons = 20;

/** Flags of so much standing begin a review, or of a share of the members, but never of somebody alone. */
const mostNeeded = 3;
const leastNeeded = 1;
const share = 1 / 5;
const leastFlaggers = 2;

/** One member's flag. Never leaves the server. */
export type Flag = {
  memberId: string;
  agreement: AgreementId;
  reason: string;
  weight: number;
  circle: string | null;
  /** How many decisions there were before it. */
  round: number;
};
/** What one of the jury says, and why: forgotten with the decision, which keeps the reasons without their writers. */
export type Seat = { memberId: string; verdict: Verdict | null; reason: string };

/** A review with what nobody but the server knows of it. */
export type ReviewFile = {
  version: number;
  review: Review;
  flags: readonly Flag[];
  seats: readonly Seat[];
  /** Everybody who ever had a seat: whom an appeal does not ask again. */
  sat: readonly string[];
  panel: 'jury' | 'coordinators';
  /** Whether silent jurors were replaced already. */
  replaced: boolean;
  /** Of an observation or a comment what was written, while nobody sees it. */
  words: Pick<Update, 'text' | 'mentions'> | null;
};

/** What a review is decided on. */
export type Situation = {
  incident: Incident;
  /** The observation or comment that was flagged; null for the incident and its photos. */
  update: Update | null;
  /** Who reported the incident, also where neighbours do not see it; null for an import. */
  reporter: string | null;
  /** Who wrote what was flagged, also where neighbours do not see it; null for an import. */
  author: string | null;
  life: Pick<IncidentLife, 'responses' | 'confirmations'>;
  /** All active members, in an order that chance gave. */
  members: readonly Pick<Member, 'id' | 'role' | 'joinedAt'>[];
  at: number;
};

/** What happened: `changed` is for nobody in particular, by `drawn` and what opens a review somebody is asked. */
export type Step = 'changed' | 'opened' | 'drawn' | 'appealed' | 'decided';
type Next = { ok: true; file: ReviewFile; step: Step };
type Refusal = { ok: false; code: 'FORBIDDEN' | 'CONFLICT'; message: string };

const refuse = (code: Refusal['code'], message: string): Refusal => ({ ok: false, code, message });

/** What is said of a fire or an SOS is never taken off the screens before neighbours have looked at it; talk is. */
export const mayHide = (
  { severity }: Pick<Incident, 'severity'>,
  update: Pick<Update, 'kind'> | null,
): boolean => severity !== 'extreme' || update?.kind === 'comment';

/** What a review hides of its incident, or of what was written about it, at the moment. */
export function hideOf(
  { id, of, status, decisions }: Review,
  incident: Incident,
  update: Update | null,
): Hide | null {
  const removed = decisions.at(-1)?.agreement ?? null;
  // What was removed stays away while a second jury looks at it.
  if (status === 'removed' || status === 'appealed') return { of, reviewId: id, removed };
  return status === 'under-review' && mayHide(incident, update) ? { of, reviewId: id, removed: null } : null;
}

/** Whether flags are enough for a review: those of one circle count together, as their words about an incident do. */
export function isEnough(flags: readonly Flag[], members: number): boolean {
  if (flags.length < leastFlaggers) return false;
  const circles = new Map<string, number>();
  let weight = 0;
  for (const flag of flags) {
    if (flag.circle === null) weight += flag.weight;
    else circles.set(flag.circle, (circles.get(flag.circle) ?? 0) + flag.weight);
  }
  for (const together of circles.values()) weight += Math.min(circleCap, together);
  return weight >= Math.max(leastNeeded, Math.min(mostNeeded, members * share));
}

/** Who has a part in it, and so no seat. */
export function involvedIn(
  { flags }: Pick<ReviewFile, 'flags'>,
  { update, reporter, author, life }: Situation,
): ReadonlySet<string> {
  const all = [
    author,
    reporter,
    ...(update?.mentions ?? []),
    ...flags.map(({ memberId }) => memberId),
    ...life.responses.map(({ memberId }) => memberId),
    ...life.confirmations.map(({ memberId }) => memberId),
  ];
  return new Set(all.filter((id) => id !== null));
}

/** The first of them by chance who have no part in it and never sat; new accounts where there are no others. */
function draw(file: ReviewFile, situation: Situation, count: number, of: 'everyone' | 'coordinators') {
  const involved = involvedIn(file, situation);
  const free = situation.members.filter(
    ({ id, role }) =>
      !involved.has(id) && !file.sat.includes(id) && (of === 'everyone' || role === 'coordinator'),
  );
  const isNew = ({ joinedAt }: Pick<Member, 'joinedAt'>) =>
    isNewcomer({ joinedAt, founder: false }, situation.at);
  const known = free.filter((member) => !isNew(member));
  return [...known, ...free.filter(isNew)].slice(0, count).map(({ id }) => id);
}

/** The file's next version; what its review says of seats and verdicts follows from the seats. */
function become(file: ReviewFile, change: Partial<ReviewFile>, review: Partial<Review>): ReviewFile {
  const version = file.version + 1;
  const next = { ...file, ...change, version };
  const verdicts = next.seats.filter(({ verdict }) => verdict !== null).length;
  return {
    ...next,
    review: { ...file.review, ...review, version, seats: next.seats.length, verdicts },
  };
}

const emptySeat = (memberId: string): Seat => ({ memberId, verdict: null, reason: '' });

function seated(
  file: ReviewFile,
  memberIds: readonly string[],
  change: Pick<ReviewFile, 'panel' | 'replaced'>,
  { status, at }: { status: Review['status']; at: number },
): ReviewFile {
  const seats = memberIds.map((memberId) => emptySeat(memberId));
  const sat = [...file.sat, ...memberIds];
  return become(file, { ...change, seats, sat }, { status, dueAt: at + juryMs });
}

/** Asks those who coordinate in the jury's place; where none of them is uninvolved, it ends. */
function askCoordinators(file: ReviewFile, situation: Situation, status: Review['status'], step: Step): Next {
  const found = draw(file, situation, jurors, 'coordinators');
  if (found.length === 0) return decide({ ...file, review: { ...file.review, status } }, situation);
  const { at } = situation;
  return {
    ok: true,
    step,
    file: seated(file, found, { panel: 'coordinators', replaced: true }, { status, at }),
  };
}

function convene(file: ReviewFile, situation: Situation, status: 'under-review' | 'appealed'): Next {
  const step = status === 'appealed' ? 'appealed' : 'opened';
  const count = status === 'appealed' ? appealJurors : jurors;
  const found = draw(file, situation, count, 'everyone');
  if (found.length === 0) return askCoordinators({ ...file, seats: [] }, situation, status, step);
  const { at } = situation;
  return { ok: true, step, file: seated(file, found, { panel: 'jury', replaced: false }, { status, at }) };
}

function tally(seats: readonly Seat[]) {
  const keep = seats.filter(({ verdict }) => verdict === 'keep').length;
  const remove = seats.filter(({ verdict }) => verdict === 'remove').length;
  const majority = Math.floor(seats.length / 2) + 1;
  const winner = remove >= majority ? 'removed' : keep >= majority ? 'kept' : null;
  return { keep, remove, winner, complete: seats.length > 0 && keep + remove === seats.length } as const;
}

/** What most of the flags named; of equals what stands first among the agreements. */
function namedMost(agreements: Review['agreements']): AgreementId {
  const [first] = AgreementId.options.toSorted((a, b) => (agreements[b] ?? 0) - (agreements[a] ?? 0));
  return first ?? 'false';
}

/**
 * Ends a review. Removing takes a majority of the seats; as much for as against it keeps. Silence presumes that what
 * was written is in order, but that a first jury was right.
 */
function decide(file: ReviewFile, { author, at }: Pick<Situation, 'author' | 'at'>): Next {
  const { keep, remove, winner, complete } = tally(file.seats);
  const appeal = file.review.status === 'appealed';
  const silent = winner === null && !complete;
  const outcome = winner ?? (silent && appeal ? 'removed' : 'kept');
  const decision = {
    ...{ outcome, keep, remove, appeal, at },
    by: silent ? ('nobody' as const) : file.panel,
    agreement: appeal
      ? (file.review.decisions.at(-1)?.agreement ?? namedMost(file.review.agreements))
      : namedMost(file.review.agreements),
    reasons: file.seats.flatMap(({ reason }) => (reason === '' ? [] : [reason])),
  };
  const review = {
    status: outcome,
    dueAt: null,
    decisions: [...file.review.decisions, decision],
    // What nobody here wrote nobody here stands up for.
    appealUntil: outcome === 'removed' && !appeal && author !== null ? at + appealMs : null,
  };
  return { ok: true, step: 'decided', file: become(file, { seats: [] }, review) };
}

/** A review of what nobody has flagged yet, version 0. */
function newFile(id: string, of: FlagSubject, { incident, at }: Situation): ReviewFile {
  const review: Review = {
    ...{ id, version: 0, incidentId: incident.id, of, category: incident.category, status: 'flagged' },
    ...{ agreements: {}, openedAt: at, dueAt: null, seats: 0, verdicts: 0, decisions: [], appealUntil: null },
  };
  return {
    version: 0,
    review,
    flags: [],
    seats: [],
    sat: [],
    panel: 'jury',
    replaced: false,
    words: null,
  };
}

type Flagging = Situation & {
  id: string;
  before: ReviewFile | null;
  memberId: string;
  command: FlagCommand;
  weight: number;
  circle: string | null;
};

/** Decides on one member's flag; the one that makes them enough begins the review. */
export function flag(asked: Flagging): Next | Refusal {
  const { id, memberId, author, command, weight, circle, members } = asked;
  if (memberId === author) return refuse('FORBIDDEN', 'You wrote this yourself.');
  const file = asked.before ?? newFile(id, command.of, asked);
  const { status, decisions } = file.review;
  if (isSitting(file.review)) return refuse('CONFLICT', 'Neighbours are reviewing this already.');
  if (file.flags.some((given) => given.memberId === memberId)) {
    return refuse('CONFLICT', 'You flagged this already.');
  }
  const round = decisions.length;
  const isFinal = decisions.at(-1)?.appeal === true || round >= mostDecisions;
  if (status === 'removed' || isFinal) return refuse('CONFLICT', 'Neighbours have decided on this.');
  const { agreement } = command;
  const reason = file.flags.length < mostReasons ? command.reason : '';
  const flags = [...file.flags, { memberId, agreement, reason, weight, circle, round }];
  const now = flags.filter((given) => given.round === round);
  const agreements: Record<string, number> = {};
  for (const given of now) agreements[given.agreement] = (agreements[given.agreement] ?? 0) + 1;
  if (!isEnough(now, members.length)) {
    const next = become(file, { flags, seats: [] }, { status: 'flagged', agreements });
    return { ok: true, step: 'changed', file: next };
  }
  return convene({ ...file, flags, review: { ...file.review, agreements } }, asked, 'under-review');
}

/** Decides on one juror's word; a majority ends it at once. */
export function judge(
  file: ReviewFile,
  memberId: string,
  { verdict, reason }: { verdict: Verdict; reason: string },
  situation: Pick<Situation, 'author' | 'at'>,
): Next | Refusal {
  if (!file.sat.includes(memberId)) return refuse('FORBIDDEN', 'You were not drawn for this.');
  const seat = file.seats.find((given) => given.memberId === memberId);
  if (!isSitting(file.review) || seat === undefined) {
    return refuse('CONFLICT', 'Others decide on this, or have done so.');
  }
  if (seat.verdict !== null) return refuse('CONFLICT', 'You have decided already.');
  const seats = file.seats.map((given) => (given === seat ? { memberId, verdict, reason } : given));
  const { winner, complete } = tally(seats);
  if (winner !== null || complete) return decide({ ...file, seats }, situation);
  return { ok: true, step: 'changed', file: become(file, { seats }, {}) };
}

/** Decides on the author's appeal: once, in time, and heard by others than before. */
export function appeal(file: ReviewFile, memberId: string, situation: Situation): Next | Refusal {
  if (situation.author !== memberId) return refuse('FORBIDDEN', 'Only whoever wrote it may appeal.');
  const { status, appealUntil } = file.review;
  if (status !== 'removed' || (appealUntil ?? 0) <= situation.at) {
    return refuse('CONFLICT', 'There is nothing to appeal, or no more time for it.');
  }
  const review = { ...file.review, appealUntil: null };
  return convene({ ...file, seats: [], review }, situation, 'appealed');
}

/**
 * The file without what a member wrote where they flagged, or decide at the moment; null where they wrote nothing. Of
 * what was decided nobody knows who wrote it: a reason that went with its writer would say so.
 */
export function withoutReasons(file: ReviewFile, memberId: string): ReviewFile | null {
  const isTheirs = (given: Flag | Seat) => given.memberId === memberId && given.reason !== '';
  if (![...file.flags, ...file.seats].some(isTheirs)) return null;
  const flags = file.flags.map((given) => (isTheirs(given) ? { ...given, reason: '' } : given));
  const seats = file.seats.map((given) => (isTheirs(given) ? { ...given, reason: '' } : given));
  return become(file, { flags, seats }, {});
}

type Passed = { kind: 'over' } | { kind: 'wait'; dueAt: number } | ({ kind: 'go' } & Next);

/** What time does: silent jurors are replaced once, then coordinators are asked, then it ends; never silently. */
export function pass(file: ReviewFile, situation: Situation): Passed {
  const { review, seats } = file;
  const { at } = situation;
  const dueAt = isSitting(review) ? review.dueAt : review.appealUntil;
  if (dueAt === null) return { kind: 'over' };
  if (at < dueAt) return { kind: 'wait', dueAt };
  if (!isSitting(review)) {
    return { kind: 'go', ok: true, step: 'changed', file: become(file, {}, { appealUntil: null }) };
  }
  if (file.panel === 'coordinators') return { kind: 'go', ...decide(file, situation) };
  const silent = seats.filter(({ verdict }) => verdict === null);
  const others = file.replaced ? [] : draw(file, situation, silent.length, 'everyone');
  if (others.length > 0) {
    const left = new Set(silent.slice(0, others.length));
    const kept = seats.filter((seat) => !left.has(seat));
    const added = others.map((memberId) => emptySeat(memberId));
    const change = { seats: [...kept, ...added], sat: [...file.sat, ...others], replaced: true };
    return { kind: 'go', ok: true, step: 'drawn', file: become(file, change, { dueAt: at + juryMs }) };
  }
  return { kind: 'go', ...askCoordinators(file, situation, review.status, 'drawn') };
}
