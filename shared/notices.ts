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

export const noticePages = ['shifts', 'patrols', 'searches', 'drills', 'incidents', 'pairings'] as const;
/** What is said of a notice where nothing of it may be said. */
export const bareNotices = ['alert', 'correction', 'asked'] as const;

type Notice = {
  /** Where it is about lies, in the API below the neighbourhood and on the screen alike. */
  at: (typeof noticePages)[number];
  /** On the lock screen, and while it waits at the push service, it takes the place of what is of its group. */
  group: string;
  /** How long telling still helps, in milliseconds. */
  lifeMs: number;
  /** Whether the phone is woken for it. */
  urgent: boolean;
  /** `quiet`: makes no sound; `stays`: until somebody puts it away. */
  shows: 'quiet' | 'rings' | 'stays';
  actions: readonly NoticeAction[];
  /**
   * What is said of it to whoever wants nothing said. Not there: it says what it is all the same. A shift or a round
   * without its words asks nothing that could be answered, and a drill without them is a false alarm.
   */
  bare?: (typeof bareNotices)[number];
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
    ...{ at: 'searches', group: 'search', lifeMs: 4 * hour, urgent: true, shows: 'stays', bare: 'alert' },
    actions: ['looking'],
  },
  'walker-not-found': {
    ...{ at: 'searches', group: 'search', lifeMs: 4 * hour, urgent: true, shows: 'stays', bare: 'alert' },
    actions: ['looking'],
  },
  drill: { at: 'drills', group: 'drill', lifeMs: day, urgent: true, shows: 'rings', actions: ['drill-seen'] },
  'drill-over': { at: 'drills', group: 'drill', lifeMs: day, urgent: false, shows: 'quiet', actions: [] },
  'drill-due': { at: 'drills', group: 'drill-due', lifeMs: day, urgent: false, shows: 'quiet', actions: [] },
  'relay-asked': {
    ...{ at: 'incidents', group: 'relay', lifeMs: 4 * hour, urgent: true, shows: 'rings', actions: [] },
    bare: 'asked',
  },
  'relay-untold': {
    ...{ at: 'incidents', group: 'relay', lifeMs: 4 * hour, urgent: true, shows: 'rings', actions: [] },
    bare: 'asked',
  },
  'relay-over': {
    ...{ at: 'incidents', group: 'relay', lifeMs: day, urgent: true, shows: 'rings', actions: [] },
    bare: 'asked',
  },
  'buddy-asked': {
    ...{ at: 'pairings', group: 'buddy', lifeMs: day, urgent: false, shows: 'rings', actions: [] },
    bare: 'asked',
  },
  'walker-safe': {
    ...{ at: 'searches', group: 'search', lifeMs: day, urgent: true, shows: 'rings', actions: [] },
    bare: 'correction',
  },
} as const satisfies Record<string, Notice>;
export type NoticeKind = keyof typeof notices;

export const noticeKinds = Object.keys(notices) as [NoticeKind, ...NoticeKind[]];
export const noticeActionNames = Object.keys(noticeActions) as [NoticeAction, ...NoticeAction[]];
export const noticeOf = (kind: NoticeKind): Notice => notices[kind];

/** Whether all who may help are asked: somebody on patrol does not answer, or nobody tells a neighbour of an alert. */
export const isRescue = (kind: NoticeKind): boolean =>
  noticeOf(kind).at === 'searches' || kind === 'relay-untold';
