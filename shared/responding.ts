import type { LogEvent } from './events.ts';
import type { HandlingStep, ResponseKind } from './incident-life.ts';
import type { Incident } from './incidents.ts';

/** What a member may answer after their answer before; `none` is who has not answered. The same again is harmless. */
export const mayFollow: Readonly<Record<ResponseKind | 'none', readonly ResponseKind[]>> = {
  none: ['acknowledged', 'en-route', 'on-scene'],
  acknowledged: ['en-route', 'on-scene', 'stood-down'],
  'en-route': ['on-scene', 'stood-down'],
  'on-scene': ['stood-down'],
  'stood-down': ['acknowledged', 'en-route', 'on-scene'],
};

/** Who is asked after whom, step by step; `none` is an incident that nobody has been asked about. */
export const stepsAfter: Readonly<Record<HandlingStep | 'none', readonly HandlingStep[]>> = {
  none: ['owned', 'on-duty', 'volunteers', 'everyone', 'exhausted'],
  owned: ['owned', 'on-duty', 'volunteers', 'everyone', 'exhausted'],
  'on-duty': ['owned', 'volunteers', 'everyone', 'exhausted'],
  volunteers: ['owned', 'everyone', 'exhausted'],
  everyone: ['owned', 'exhausted'],
  exhausted: ['owned'],
};

type Status = Incident['status'];
type Move = Extract<
  LogEvent['type'],
  'incident.reported' | 'incident.changed' | 'incident.widened' | 'incident.closed' | 'incident.reopened'
>;

/** What an incident is before each thing that members or time do to it, and after; null is what is not there yet. */
export const statusMoves = {
  'incident.reported': { from: null, to: 'open' },
  'incident.changed': { from: 'open', to: 'open' },
  'incident.widened': { from: 'open', to: 'open' },
  'incident.closed': { from: 'open', to: 'closed' },
  'incident.reopened': { from: 'closed', to: 'open' },
} as const satisfies Record<Move, { from: Status | null; to: Status }>;

const nearness: Readonly<Record<ResponseKind, number>> = {
  'on-scene': 3,
  'en-route': 2,
  acknowledged: 1,
  'stood-down': 0,
};

type Answer = { kind: ResponseKind; at: number; memberId: string };

/** Whoever is there comes first, then who is on the way; among equals who said so first. For sorting. */
export function byNearness(a: Answer, b: Answer): number {
  return nearness[b.kind] - nearness[a.kind] || a.at - b.at || (a.memberId < b.memberId ? -1 : 1);
}
