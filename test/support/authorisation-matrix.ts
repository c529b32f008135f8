import { anyone, inside, n, type Row, signedIn } from './authorisation.ts';
import { relayRows } from './authorisation-relays.ts';
import { rotaRows } from './authorisation-rota.ts';
import { roundRows } from './authorisation-round.ts';
import { newSubscription } from './subscription.ts';
import { photoForm, png } from './photos.ts';
import { report, square } from './phone.ts';
import { preferencesCommand } from './preferences.ts';

const stopCode = `${'A'.repeat(16)}.way-${'A'.repeat(16)}.${'A'.repeat(22)}`;

export const matrix: Record<string, Row> = {
  'GET /health/live': { request: () => ({ path: '/health/live' }), expect: anyone(200) },
  'GET /health/ready': { request: () => ({ path: '/health/ready' }), expect: anyone(200) },
  // By address, not by person: see the process's own test.
  'GET /metrics': { request: () => ({ path: '/metrics' }), expect: anyone(200) },
  'GET /api/config': { request: () => ({ path: '/api/config' }), expect: anyone(200) },
  'GET /api/openapi.json': { request: () => ({ path: '/api/openapi.json' }), expect: anyone(200) },
  'GET /api/docs': { request: () => ({ path: '/api/docs' }), expect: anyone(200) },
  'GET /api/me': { request: () => ({ path: '/api/me' }), expect: signedIn(200) },
  'GET /api/me/export': { request: () => ({ path: '/api/me/export' }), expect: signedIn(200) },
  // The coordinator of the scene is the only one.
  'DELETE /api/me': {
    request: () => ({ path: '/api/me?confirm=erase' }),
    expect: [401, 204, 204, 204, 204, 409],
  },
  'DELETE /api/session': { request: () => ({ path: '/api/session' }), expect: anyone(204) },
  'GET /api/devices': { request: () => ({ path: '/api/devices' }), expect: signedIn(200) },
  // A device that is not the asker's own does not exist for them.
  'DELETE /api/devices/:d': {
    request: () => ({ path: `/api/devices/${'A'.repeat(16)}` }),
    expect: signedIn(404),
  },
  'POST /api/device-links': {
    request: () => ({ path: '/api/device-links', body: {} }),
    expect: signedIn(201),
  },
  'POST /api/device-links/:code/use': {
    request: () => ({ path: `/api/device-links/${'A'.repeat(16)}.${'A'.repeat(22)}/use`, body: {} }),
    expect: anyone(404),
  },
  'GET /api/ways': { request: () => ({ path: '/api/ways' }), expect: signedIn(200) },
  // Nobody listens there: it is refused like a wrong address.
  'POST /api/ways': {
    request: () => ({
      path: '/api/ways',
      body: { kind: 'webhook', address: 'https://127.0.0.1/', locale: 'en', timeZone: 'Europe/Paris' },
    }),
    expect: signedIn(422),
  },
  // A way that is not the asker's own does not exist for them.
  'PUT /api/ways/:w/verification': {
    request: () => ({ path: `/api/ways/way-${'A'.repeat(16)}/verification`, body: { code: '123456' } }),
    expect: signedIn(404),
  },
  'PUT /api/ways/:w': {
    request: () => ({ path: `/api/ways/way-${'A'.repeat(16)}`, body: { lockScreen: 'nothing' } }),
    expect: signedIn(404),
  },
  'POST /api/ways/:w/test': {
    request: () => ({ path: `/api/ways/way-${'A'.repeat(16)}/test`, body: {} }),
    expect: signedIn(404),
  },
  'DELETE /api/ways/:w': {
    request: () => ({ path: `/api/ways/way-${'A'.repeat(16)}` }),
    expect: signedIn(404),
  },
  // A mail program has no session, and learns nothing from the answer.
  'POST /api/ways/stop/:code': {
    request: () => ({ path: `/api/ways/stop/${stopCode}` }),
    expect: anyone(204),
  },
  'GET /api/ways/stop/:code': {
    request: () => ({ path: `/api/ways/stop/${stopCode}` }),
    expect: anyone(302),
  },
  'POST /api/neighbourhoods': {
    request: () => ({
      path: '/api/neighbourhoods',
      body: { name: 'New', boundary: square, memberName: 'Eve' },
    }),
    expect: anyone(201),
  },
  'GET /api/invites/:code': {
    request: (s) => ({ path: `/api/invites/${s.inviteCode}` }),
    expect: anyone(200),
  },
  'POST /api/invites/:code/accept': {
    request: (s) => ({ path: `/api/invites/${s.inviteCode}/accept`, body: { memberName: 'Eve' } }),
    expect: [201, 201, 201, 200, 200, 200],
  },
  'GET /api/neighbourhoods/:n/boundary': { request: (s) => n(s, '/boundary'), expect: inside(200) },
  'GET /api/neighbourhoods/:n/snapshot': { request: (s) => n(s, '/snapshot'), expect: inside(200) },
  'GET /api/neighbourhoods/:n/log': { request: (s) => n(s, '/log'), expect: inside(200) },
  'GET /api/neighbourhoods/:n/members': { request: (s) => n(s, '/members'), expect: inside(200) },
  'PUT /api/neighbourhoods/:n/members/:m/role': {
    request: (s) => ({ ...n(s, `/members/${s.other.id}/role`), body: { role: 'volunteer' } }),
    expect: [401, 404, 404, 403, 403, 200],
  },
  'DELETE /api/neighbourhoods/:n/members/:m': {
    request: (s) => n(s, `/members/${s.other.id}`),
    expect: [401, 404, 404, 403, 403, 204],
  },
  'PUT /api/neighbourhoods/:n/settings': {
    request: (s) => ({ ...n(s, '/settings'), body: { retentionDays: 30 } }),
    expect: [401, 404, 404, 403, 403, 200],
  },
  'POST /api/neighbourhoods/:n/invites': {
    request: (s) => ({ ...n(s, '/invites'), body: {} }),
    expect: inside(201),
  },
  'GET /api/neighbourhoods/:n/invites': { request: (s) => n(s, '/invites'), expect: inside(200) },
  'DELETE /api/neighbourhoods/:n/invites/:i': {
    request: (s) => n(s, `/invites/${s.inviteId}`),
    expect: [401, 404, 404, 403, 403, 204],
  },
  'POST /api/neighbourhoods/:n/incidents': {
    request: (s) => ({ ...n(s, '/incidents'), body: { ...report, evenSo: true } }),
    expect: inside(201),
  },
  'GET /api/neighbourhoods/:n/incidents': { request: (s) => n(s, '/incidents'), expect: inside(200) },
  'GET /api/neighbourhoods/:n/incidents/:i': {
    request: (s) => n(s, `/incidents/${s.incidentId}`),
    expect: inside(200),
  },
  'GET /api/neighbourhoods/:n/incidents/:i/history': {
    request: (s) => n(s, `/incidents/${s.incidentId}/history`),
    expect: inside(200),
  },
  // The coordinator of the scene reported it.
  'POST /api/neighbourhoods/:n/incidents/:i/confirmations': {
    request: (s) => ({ ...n(s, `/incidents/${s.incidentId}/confirmations`), body: { kind: 'confirm' } }),
    expect: [401, 404, 404, 201, 201, 403],
  },
  'POST /api/neighbourhoods/:n/incidents/:i/responses': {
    request: (s) => ({ ...n(s, `/incidents/${s.incidentId}/responses`), body: { kind: 'acknowledged' } }),
    expect: inside(201),
  },
  'POST /api/neighbourhoods/:n/incidents/:i/handling': {
    request: (s) => ({ ...n(s, `/incidents/${s.incidentId}/handling`), body: { memberId: s.other.id } }),
    expect: [401, 404, 404, 403, 403, 201],
  },
  // Two neighbours reported them, the one asking is neither.
  'POST /api/neighbourhoods/:n/incidents/:i/merge': {
    request: (s) => ({ ...n(s, `/incidents/${s.otherIncidentId}/merge`), body: { into: s.incidentId } }),
    expect: [401, 404, 404, 403, 201, 201],
  },
  // The coordinator of the scene reported it.
  'POST /api/neighbourhoods/:n/incidents/:i/resolution': {
    request: (s) => ({
      ...n(s, `/incidents/${s.incidentId}/resolution`),
      body: { kind: 'resolved', reason: 'They left.' },
    }),
    expect: [401, 404, 404, 403, 403, 201],
  },
  // It is open.
  'POST /api/neighbourhoods/:n/incidents/:i/reopening': {
    request: (s) => ({ ...n(s, `/incidents/${s.incidentId}/reopening`), body: { reason: 'They are back.' } }),
    expect: [401, 404, 404, 403, 403, 409],
  },
  'POST /api/neighbourhoods/:n/incidents/:i/freshness': {
    request: (s) => ({ ...n(s, `/incidents/${s.incidentId}/freshness`), body: {} }),
    expect: inside(201),
  },
  'POST /api/neighbourhoods/:n/incidents/:i/seen': {
    request: (s) => ({ ...n(s, `/incidents/${s.incidentId}/seen`), body: { kind: 'got', of: 'alert' } }),
    expect: inside(204),
  },
  'POST /api/neighbourhoods/:n/incidents/:i/updates': {
    request: (s) => ({
      ...n(s, `/incidents/${s.incidentId}/updates`),
      body: { kind: 'observation', text: 'They have gone north.' },
    }),
    expect: inside(201),
  },
  'GET /api/neighbourhoods/:n/incidents/:i/following': {
    request: (s) => n(s, `/incidents/${s.incidentId}/following`),
    expect: inside(200),
  },
  'PUT /api/neighbourhoods/:n/incidents/:i/following': {
    request: (s) => ({ ...n(s, `/incidents/${s.incidentId}/following`), body: { mode: 'muted' } }),
    expect: inside(200),
  },
  'POST /api/neighbourhoods/:n/sos': { request: (s) => ({ ...n(s, '/sos'), body: {} }), expect: inside(201) },
  // Another neighbour's: only whoever raised it ends it so.
  'POST /api/neighbourhoods/:n/sos/:i/end': {
    request: (s) => ({ ...n(s, `/sos/${s.sosId}/end`), body: {} }),
    expect: inside(403),
  },
  // Each has their own only.
  'GET /api/neighbourhoods/:n/sos/settings': { request: (s) => n(s, '/sos/settings'), expect: inside(200) },
  'PUT /api/neighbourhoods/:n/sos/sharing': {
    request: (s) => ({ ...n(s, '/sos/sharing'), body: { sharing: [s.other.id] } }),
    expect: inside(200),
  },
  'PUT /api/neighbourhoods/:n/sos/codes': {
    request: (s) => ({ ...n(s, '/sos/codes'), body: { cancel: '2468', duress: '1357' } }),
    expect: inside(200),
  },
  'GET /api/neighbourhoods/:n/walk': { request: (s) => n(s, '/walk'), expect: inside(200) },
  'PUT /api/neighbourhoods/:n/walk': {
    request: (s) => ({ ...n(s, '/walk'), body: { raiseAt: Date.now() + 600_000 } }),
    expect: inside(200),
  },
  'PUT /api/neighbourhoods/:n/walk/home': {
    request: (s) => ({ ...n(s, '/walk/home'), body: {} }),
    expect: inside(200),
  },
  ...roundRows,
  'POST /api/neighbourhoods/:n/photos': {
    request: (s) => ({ ...n(s, '/photos'), body: photoForm(png({ width: 9, height: 9 })) }),
    expect: inside(201),
  },
  'GET /api/neighbourhoods/:n/photos/:p': {
    request: (s) => n(s, `/photos/${s.photoId}`),
    expect: inside(200),
  },
  'GET /api/neighbourhoods/:n/photos/:p/thumbnail': {
    request: (s) => n(s, `/photos/${s.photoId}/thumbnail`),
    expect: inside(200),
  },
  // The coordinator of the scene reported it.
  'POST /api/neighbourhoods/:n/incidents/:i/flags': {
    request: (s) => ({ ...n(s, `/incidents/${s.incidentId}/flags`), body: { agreement: 'insult' } }),
    expect: [401, 404, 404, 201, 201, 403],
  },
  // Nobody has flagged it.
  'POST /api/neighbourhoods/:n/incidents/:i/reviews/:r/verdict': {
    request: (s) => ({
      ...n(s, `/incidents/${s.incidentId}/reviews/${'A'.repeat(16)}/verdict`),
      body: { verdict: 'keep' },
    }),
    expect: inside(404),
  },
  'POST /api/neighbourhoods/:n/incidents/:i/reviews/:r/appeal': {
    request: (s) => ({ ...n(s, `/incidents/${s.incidentId}/reviews/${'A'.repeat(16)}/appeal`), body: {} }),
    expect: inside(404),
  },
  'GET /api/neighbourhoods/:n/reviews/mine': { request: (s) => n(s, '/reviews/mine'), expect: inside(200) },
  'GET /api/neighbourhoods/:n/moderation': { request: (s) => n(s, '/moderation'), expect: inside(200) },
  'GET /api/neighbourhoods/:n/statistics': { request: (s) => n(s, '/statistics'), expect: inside(200) },
  'GET /api/neighbourhoods/:n/statistics/weeks': {
    request: (s) => n(s, '/statistics/weeks'),
    expect: inside(200),
  },
  ...rotaRows,
  // Each has their own only.
  'GET /api/neighbourhoods/:n/calendars': { request: (s) => n(s, '/calendars'), expect: inside(200) },
  'PUT /api/neighbourhoods/:n/calendars/:scope': {
    request: (s) => ({ ...n(s, '/calendars/mine'), body: {} }),
    expect: inside(200),
  },
  'DELETE /api/neighbourhoods/:n/calendars/:scope': {
    request: (s) => n(s, '/calendars/mine'),
    expect: inside(204),
  },
  // Its link opens it, and no session does.
  'GET /api/calendars/:code': {
    request: () => ({ path: `/api/calendars/${'A'.repeat(16)}.${'A'.repeat(16)}.${'A'.repeat(22)}` }),
    expect: anyone(404),
  },
  // Each has their own only.
  'PUT /api/neighbourhoods/:n/kit': {
    request: (s) => ({ ...n(s, '/kit'), body: { kit: ['torch', 'first-aid'] } }),
    expect: inside(200),
  },
  'GET /api/neighbourhoods/:n/preferences': { request: (s) => n(s, '/preferences'), expect: inside(200) },
  'PUT /api/neighbourhoods/:n/preferences': {
    request: (s) => ({ ...n(s, '/preferences'), body: preferencesCommand() }),
    expect: inside(200),
  },
  'PUT /api/neighbourhoods/:n/preferences/snooze': {
    request: (s) => ({ ...n(s, '/preferences/snooze'), body: { for: 'hour' } }),
    expect: inside(200),
  },
  'GET /api/neighbourhoods/:n/digest': { request: (s) => n(s, '/digest'), expect: inside(200) },
  'GET /api/push/key': { request: () => ({ path: '/api/push/key' }), expect: anyone(200) },
  'PUT /api/push/subscription': {
    request: () => ({ path: '/api/push/subscription', body: newSubscription() }),
    expect: signedIn(204),
  },
  ...relayRows,
  'GET /api/neighbourhoods/:n/drills': { request: (s) => n(s, '/drills'), expect: inside(200) },
  'POST /api/neighbourhoods/:n/drills': {
    request: (s) => ({ ...n(s, '/drills'), body: {} }),
    expect: [401, 404, 404, 403, 403, 201],
  },
  'GET /api/neighbourhoods/:n/drills/:d': {
    request: (s) => n(s, `/drills/${s.drillId}`),
    expect: inside(200),
  },
  'POST /api/neighbourhoods/:n/drills/:d/end': {
    request: (s) => ({ ...n(s, `/drills/${s.drillId}/end`), body: {} }),
    expect: [401, 404, 404, 403, 403, 201],
  },
  'POST /api/neighbourhoods/:n/drills/:d/seen': {
    request: (s) => ({ ...n(s, `/drills/${s.drillId}/seen`), body: {} }),
    expect: inside(204),
  },
  'GET /api/push/device': { request: () => ({ path: '/api/push/device' }), expect: signedIn(200) },
  // Nobody here is subscribed.
  'PUT /api/push/device': {
    request: () => ({ path: '/api/push/device', body: { lockScreen: 'nothing' } }),
    expect: signedIn(409),
  },
  'PUT /api/push/arrival': {
    request: () => ({ path: '/api/push/arrival', body: {} }),
    expect: signedIn(204),
  },
  'POST /api/push/test': {
    request: () => ({ path: '/api/push/test', body: {} }),
    expect: signedIn(409),
  },
  'DELETE /api/push/subscription': {
    request: () => ({ path: '/api/push/subscription' }),
    expect: signedIn(204),
  },
};
