import { inside, n, type Row } from './authorisation.ts';

const coordinators = [401, 404, 404, 404, 404, 201] as const;

/** Rows of the authorisation matrix: neighbours without a phone. Whose they are not does not know that they are there. */
export const relayRows: Record<string, Row> = {
  'GET /api/neighbourhoods/:n/pairings': { request: (s) => n(s, '/pairings'), expect: inside(200) },
  'POST /api/neighbourhoods/:n/pairings': {
    request: (s) => ({ ...n(s, '/pairings'), body: { name: 'M. Petit' } }),
    expect: inside(201),
  },
  'POST /api/neighbourhoods/:n/pairings/:g/buddies': {
    request: (s) => ({
      ...n(s, `/pairings/${s.pairingId}/buddies`),
      body: { memberId: s.own.resident.id },
    }),
    expect: coordinators,
  },
  // Only who was asked answers, and only who tells them leaves: nobody who asks here.
  'POST /api/neighbourhoods/:n/pairings/:g/answer': {
    request: (s) => ({ ...n(s, `/pairings/${s.pairingId}/answer`), body: { accept: true } }),
    expect: inside(404),
  },
  'POST /api/neighbourhoods/:n/pairings/:g/leave': {
    request: (s) => ({ ...n(s, `/pairings/${s.pairingId}/leave`), body: {} }),
    expect: inside(404),
  },
  'POST /api/neighbourhoods/:n/pairings/:g/end': {
    request: (s) => ({ ...n(s, `/pairings/${s.pairingId}/end`), body: {} }),
    expect: coordinators,
  },
  'GET /api/neighbourhoods/:n/incidents/:i/relays': {
    request: (s) => n(s, `/incidents/${s.incidentId}/relays`),
    expect: inside(200),
  },
  // Nobody is to be told of anything: who may say so is a matter of each.
  'POST /api/neighbourhoods/:n/relays/:r/told': {
    request: (s) => ({ ...n(s, `/relays/${'A'.repeat(16)}/told`), body: {} }),
    expect: inside(404),
  },
};
