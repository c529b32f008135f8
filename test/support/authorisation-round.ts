import { inside, n, type Row } from './authorisation.ts';
import { inside as place } from './phone.ts';

/** Rows of the authorisation matrix: the round, its check-ins and whom neighbours look for. */
export const roundRows: Record<string, Row> = {
  // The neighbours want patrols; the scene's is gathered for by none of those who ask.
  'POST /api/neighbourhoods/:n/patrols': {
    request: (s) => ({ ...n(s, '/patrols'), body: {} }),
    expect: [401, 404, 404, 403, 201, 201],
  },
  'GET /api/neighbourhoods/:n/patrols/:p/code': {
    request: (s) => n(s, `/patrols/${s.patrolId}/code`),
    expect: inside(403),
  },
  // Without a code: they ask.
  'POST /api/neighbourhoods/:n/patrols/:p/walkers': {
    request: (s) => ({ ...n(s, `/patrols/${s.patrolId}/walkers`), body: {} }),
    expect: inside(201),
  },
  'POST /api/neighbourhoods/:n/patrols/:p/walkers/:m': {
    request: (s) => ({ ...n(s, `/patrols/${s.patrolId}/walkers/${s.own.resident.id}`), body: {} }),
    expect: inside(403),
  },
  'POST /api/neighbourhoods/:n/patrols/:p/leave': {
    request: (s) => ({ ...n(s, `/patrols/${s.patrolId}/leave`), body: {} }),
    expect: inside(403),
  },
  'POST /api/neighbourhoods/:n/patrols/:p/end': {
    request: (s) => ({ ...n(s, `/patrols/${s.patrolId}/end`), body: {} }),
    expect: inside(403),
  },
  'POST /api/neighbourhoods/:n/patrols/:p/visits': {
    request: (s) => ({
      ...n(s, `/patrols/${s.patrolId}/visits`),
      body: { code: `${'A'.repeat(16)}.${'A'.repeat(22)}`, position: place, accuracy: 5, at: Date.now() },
    }),
    expect: inside(403),
  },
  // Each has their own only.
  'POST /api/neighbourhoods/:n/patrols/:p/check-ins': {
    request: (s) => ({ ...n(s, `/patrols/${s.patrolId}/check-ins`), body: {} }),
    expect: inside(403),
  },
  'POST /api/neighbourhoods/:n/patrols/:p/report': {
    request: (s) => ({ ...n(s, `/patrols/${s.patrolId}/report`), body: {} }),
    expect: inside(403),
  },
  // The scene's has not set out: it is no round to read of, for anybody.
  'GET /api/neighbourhoods/:n/patrols/:p/report': {
    request: (s) => n(s, `/patrols/${s.patrolId}/report`),
    expect: inside(404),
  },
  'GET /api/neighbourhoods/:n/patrols': { request: (s) => n(s, '/patrols'), expect: inside(200) },
  'GET /api/neighbourhoods/:n/patrols/summary': {
    request: (s) => n(s, '/patrols/summary'),
    expect: inside(200),
  },
  'GET /api/neighbourhoods/:n/searches/:s': {
    request: (s) => n(s, `/searches/${s.searchId}`),
    expect: inside(200),
  },
  'POST /api/neighbourhoods/:n/searches/:s/looking': {
    request: (s) => ({ ...n(s, `/searches/${s.searchId}/looking`), body: {} }),
    expect: inside(201),
  },
  'POST /api/neighbourhoods/:n/searches/:s/end': {
    request: (s) => ({ ...n(s, `/searches/${s.searchId}/end`), body: {} }),
    expect: [401, 404, 404, 403, 403, 201],
  },
  'GET /api/neighbourhoods/:n/patrols/blocking': {
    request: (s) => n(s, '/patrols/blocking'),
    expect: inside(200),
  },
  'PUT /api/neighbourhoods/:n/patrols/blocking': {
    request: (s) => ({ ...n(s, '/patrols/blocking'), body: { blocked: [s.other.id] } }),
    expect: inside(200),
  },
  'GET /api/neighbourhoods/:n/checkpoints': { request: (s) => n(s, '/checkpoints'), expect: inside(200) },
  'POST /api/neighbourhoods/:n/checkpoints': {
    request: (s) => ({ ...n(s, '/checkpoints'), body: { name: 'The bridge', position: place } }),
    expect: [401, 404, 404, 403, 201, 201],
  },
  'DELETE /api/neighbourhoods/:n/checkpoints/:k': {
    request: (s) => n(s, `/checkpoints/${'A'.repeat(16)}`),
    expect: [401, 404, 404, 403, 404, 404],
  },
};
