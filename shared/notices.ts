const minute = 60 * 1000;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * What a notification may offer to do at once: a POST below the address of what it is about. Where that fails, the page
 * opens.
 */
export const noticeActions = {
  fine: { path: 'check-ins', body: {} },
  looking: { path: 'looking', body: {} },
  coming: { path: 'attendance', body: { answer: 'coming' } },
  cannot: { path: 'attendance', body: { answer: 'cannot' } },
  'take-over': { path: 'cover', body: { answer: 'yes' } },
  'pass-on': { path: 'cover', body: { answer: 'no' } },
  'drill-seen': { path: 'seen', body: {} },
} as const satisfies Record<string, { path: string; body: Record<string, string> }>;
export type NoticeAction = keyof typeof noticeActions;

type Notice = {
  /** Where it is about lies, in the API below the neighbourhood and on the screen alike. */
  at: 'shifts' | 'patrols' | 'searches' | 'drills' | 'incidents' | 'pairings';
  /** On the lock screen, and while it waits at the push service, it takes the place of what is of its group. */
  group: string;
  /** How long telling still helps, in milliseconds. */
  lifeMs: number;
  /** Whether the phone is woken for it. */
  urgent: boolean;
  /** `quiet`: makes no sound; `stays`: until somebody puts it away. */
  shows: 'quiet' | 'rings' | 'stays';
  actions: readonly NoticeAction[];
};

/** All that is pushed about shifts, rounds and drills, one line each. What it says is in the client's words, `notice.…`. */
export const notices = {
  'shift-changed': { at: 'shifts', group: 'plan', lifeMs: day, urgent: true, shows: 'rings', actions: [] },
  'shift-cancelled': { at: 'shifts', group: 'plan', lifeMs: day, urgent: true, shows: 'rings', actions: [] },
  'shift-firmed': { at: 'shifts', group: 'plan', lifeMs: day, urgent: true, shows: 'rings', actions: [] },
  'shift-short': { at: 'shifts', group: 'short', lifeMs: day, urgent: false, shows: 'rings', actions: [] },
  'shift-tomorrow': {
    ...{ at: 'shifts', group: 'reminder', lifeMs: 12 * hour, urgent: false, shows: 'rings' },
    actions: ['coming', 'cannot'],
  },
  'shift-soon': {
    ...{ at: 'shifts', group: 'reminder', lifeMs: hour, urgent: true, shows: 'rings' },
    actions: ['coming', 'cannot'],
  },
  'cover-asked': {
    ...{ at: 'shifts', group: 'cover', lifeMs: 6 * hour, urgent: true, shows: 'rings' },
    actions: ['take-over', 'pass-on'],
  },
  'cover-failed': { at: 'shifts', group: 'cover', lifeMs: day, urgent: true, shows: 'rings', actions: [] },
  'swap-asked': { at: 'shifts', group: 'swap', lifeMs: day, urgent: false, shows: 'rings', actions: [] },
  'swap-accepted': { at: 'shifts', group: 'swap', lifeMs: day, urgent: false, shows: 'rings', actions: [] },
  'swap-over': { at: 'shifts', group: 'swap', lifeMs: day, urgent: false, shows: 'quiet', actions: [] },
  'check-in-due': {
    ...{ at: 'patrols', group: 'check-in', lifeMs: 10 * minute, urgent: true, shows: 'rings' },
    actions: ['fine'],
  },
  'check-in-overdue': {
    ...{ at: 'patrols', group: 'check-in', lifeMs: 10 * minute, urgent: true, shows: 'stays' },
    actions: ['fine'],
  },
  'walker-overdue': {
    ...{ at: 'searches', group: 'search', lifeMs: 4 * hour, urgent: true, shows: 'stays' },
    actions: ['looking'],
  },
  'walker-not-found': {
    ...{ at: 'searches', group: 'search', lifeMs: 4 * hour, urgent: true, shows: 'stays' },
    actions: ['looking'],
  },
  drill: { at: 'drills', group: 'drill', lifeMs: day, urgent: true, shows: 'rings', actions: ['drill-seen'] },
  'drill-over': { at: 'drills', group: 'drill', lifeMs: day, urgent: false, shows: 'quiet', actions: [] },
  'drill-due': { at: 'drills', group: 'drill-due', lifeMs: day, urgent: false, shows: 'quiet', actions: [] },
  'relay-asked': {
    ...{ at: 'incidents', group: 'relay', lifeMs: 4 * hour, urgent: true, shows: 'rings', actions: [] },
  },
  'relay-untold': {
    ...{ at: 'incidents', group: 'relay', lifeMs: 4 * hour, urgent: true, shows: 'rings', actions: [] },
  },
  'relay-over': { at: 'incidents', group: 'relay', lifeMs: day, urgent: true, shows: 'rings', actions: [] },
  'buddy-asked': { at: 'pairings', group: 'buddy', lifeMs: day, urgent: false, shows: 'rings', actions: [] },
  'walker-safe': { at: 'searches', group: 'search', lifeMs: day, urgent: true, shows: 'rings', actions: [] },
} as const satisfies Record<string, Notice>;
export type NoticeKind = keyof typeof notices;

export const noticeKinds = Object.keys(notices) as [NoticeKind, ...NoticeKind[]];
export const noticeActionNames = Object.keys(noticeActions) as [NoticeAction, ...NoticeAction[]];
export const noticeOf = (kind: NoticeKind): Notice => notices[kind];

/** Whether all who may help are asked: somebody on patrol does not answer, or nobody tells a neighbour of an alert. */
export const isRescue = (kind: NoticeKind): boolean =>
  noticeOf(kind).at === 'searches' || kind === 'relay-untold';
