import { inside, n, planners, type Row } from './authorisation.ts';
import type { Phone } from './phone.ts';
import { meeting } from './rota-scene.ts';

const hour = 3600 * 1000;
const shiftPlan = () => {
  const startsAt = Date.now() + 48 * hour;
  return { startsAt, endsAt: startsAt + hour, meeting, needed: 2, places: 3 };
};
const seriesPlan = () => ({
  ...{ startDate: new Date().toISOString().slice(0, 10), startTime: '21:00', durationMinutes: 60 },
  ...{ rule: { every: 1, days: [0, 1, 2, 3, 4, 5, 6], count: 3 }, meeting, needed: 2, places: 3 },
});

export const noRota = { shiftId: '', seriesId: '' };

/** Patrols are on; the coordinator has planned a shift, for which the last of these is signed up, and a series. */
export async function planRota(id: string, coordinator: Phone, agreeing: readonly Phone[]) {
  const base = `/api/neighbourhoods/${id}`;
  for (const phone of agreeing) await phone.must(phone.send('PUT', `${base}/patrol-word`, { word: 'agree' }));
  const plan = <T>(path: string, body: unknown) => coordinator.must(coordinator.post<T>(base + path, body));
  const { shift } = await plan<{ shift: { id: string } }>('/shifts', shiftPlan());
  const last = agreeing.at(-1) ?? coordinator;
  await last.must(last.post(`${base}/shifts/${shift.id}/sign-ups`));
  const { series } = await plan<{ series: { id: string } }>('/shift-series', seriesPlan());
  return { shiftId: shift.id, seriesId: series.id };
}

/** Rows of the authorisation matrix: the rota. */
export const rotaRows: Record<string, Row> = {
  'PUT /api/neighbourhoods/:n/patrol-word': {
    request: (s) => ({ ...n(s, '/patrol-word'), body: { word: 'agree' } }),
    expect: inside(200),
  },
  'GET /api/neighbourhoods/:n/shifts': {
    request: (s) => n(s, `/shifts?from=${Date.now()}&to=${Date.now() + 1000}`),
    expect: inside(200),
  },
  'GET /api/neighbourhoods/:n/shifts/:s': {
    request: (s) => n(s, `/shifts/${s.shiftId}`),
    expect: inside(200),
  },
  'POST /api/neighbourhoods/:n/shifts': {
    request: (s) => ({ ...n(s, '/shifts'), body: shiftPlan() }),
    expect: planners(201),
  },
  'POST /api/neighbourhoods/:n/shifts/:s/changes': {
    request: (s) => ({ ...n(s, `/shifts/${s.shiftId}/changes`), body: shiftPlan() }),
    expect: planners(201),
  },
  'POST /api/neighbourhoods/:n/shifts/:s/cancellation': {
    request: (s) => ({ ...n(s, `/shifts/${s.shiftId}/cancellation`), body: { reason: 'A storm.' } }),
    expect: planners(201),
  },
  'POST /api/neighbourhoods/:n/shifts/:s/sign-ups': {
    request: (s) => ({ ...n(s, `/shifts/${s.shiftId}/sign-ups`), body: {} }),
    expect: inside(201),
  },
  // Each leaves for themselves only; nobody who asks is signed up.
  'POST /api/neighbourhoods/:n/shifts/:s/leaving': {
    request: (s) => ({ ...n(s, `/shifts/${s.shiftId}/leaving`), body: {} }),
    expect: inside(409),
  },
  'POST /api/neighbourhoods/:n/shift-series': {
    request: (s) => ({ ...n(s, '/shift-series'), body: seriesPlan() }),
    expect: planners(201),
  },
  'POST /api/neighbourhoods/:n/shift-series/:r/changes': {
    request: (s) => ({ ...n(s, `/shift-series/${s.seriesId}/changes`), body: seriesPlan() }),
    expect: planners(201),
  },
  'POST /api/neighbourhoods/:n/shift-series/:r/end': {
    request: (s) => ({ ...n(s, `/shift-series/${s.seriesId}/end`), body: {} }),
    expect: planners(201),
  },
};
