import type { ResponseKind } from './incident-life.ts';

/** What a member may answer after their answer before; `none` is who has not answered. The same again is harmless. */
export const mayFollow: Readonly<Record<ResponseKind | 'none', readonly ResponseKind[]>> = {
  none: ['acknowledged', 'en-route', 'on-scene'],
  acknowledged: ['en-route', 'on-scene', 'stood-down'],
  'en-route': ['on-scene', 'stood-down'],
  'on-scene': ['stood-down'],
  'stood-down': ['acknowledged', 'en-route', 'on-scene'],
};

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
