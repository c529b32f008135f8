import type { Joined } from '../../shared/neighbourhoods.ts';
import type { Phone } from './phone.ts';

/**
 * Who is asking. `operator` is whoever runs the machine without being a member, which earns nothing here.
 */
export const askers = ['anonymous', 'elsewhere', 'removed', 'resident', 'volunteer', 'coordinator'] as const;
export type Asker = (typeof askers)[number];

/** What the row's requests are made on. */
export type Scene = {
  id: string;
  phones: Record<Asker, Phone>;
  /** a resident nobody here is */
  other: Joined['member'];
  own: Record<'resident' | 'volunteer' | 'coordinator', Joined['member']>;
  incidentId: string;
  /** of the incident */
  photoId: string;
  /** reported by `other` */
  otherIncidentId: string;
  /** raised by `other` */
  sosId: string;
  /** gathered for by a volunteer nobody here is */
  patrolId: string;
  /** for that volunteer */
  searchId: string;
  /** goes on, and is no hindrance to another */
  drillId: string;
  /** somebody without a phone, whom `other` tells */
  pairingId: string;
  inviteId: string;
  inviteCode: string;
  /** planned by the coordinator; `other` is signed up */
  shiftId: string;
  seriesId: string;
};
export type Row = {
  request: (scene: Scene, asker: Asker) => { path: string; body?: unknown };
  /** Status by asker, in the order of `askers`. */
  expect: readonly [number, number, number, number, number, number];
};

export const n = (scene: Scene, rest: string) => ({ path: `/api/neighbourhoods/${scene.id}${rest}` });
export const inside = (status: number) => [401, 404, 404, status, status, status] as const;
export const anyone = (status: number) => [status, status, status, status, status, status] as const;
/** What volunteers and coordinators may do. */
export const planners = (status: number) => [401, 404, 404, 403, status, status] as const;
export const signedIn = (status: number) => [401, status, status, status, status, status] as const;
