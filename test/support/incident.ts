import type { Incident } from '../../shared/incidents.ts';

/** An open incident as nobody reported it; tests say what matters to them. */
export function incidentOf(over: Partial<Incident> & { id: string }): Incident {
  return {
    version: 1,
    category: 'fire',
    severity: 'severe',
    status: 'open',
    position: { lat: 0, lng: 0 },
    coarse: false,
    title: null,
    description: '',
    answers: {},
    photoIds: [],
    observedAt: 1_700_000_000_000,
    reportedAt: 1_700_000_000_000,
    reportedBy: null,
    source: null,
    audience: 'everyone',
    outcome: null,
    reopened: null,
    freshAt: null,
    askedAt: null,
    sos: null,
    ...over,
  };
}
