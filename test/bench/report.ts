export const neighbourhoodId = 'bench-neighbours';

/** A log entry as it goes on the wire, about 580 bytes: a report with two sentences. The seq has a fixed width. */
export function reportEntry(n: number): string {
  const at = 1_764_000_000_000 + n;
  return JSON.stringify({
    seq: 1_000_000 + n,
    at,
    type: 'incident.reported',
    by: 'member-of-bench0',
    incident: {
      id: 'incident-bench00',
      version: 1,
      category: 'suspicious',
      severity: 'moderate',
      status: 'open',
      position: { lat: 45.760_123, lng: 4.835_456 },
      title: null,
      description:
        'Somebody tries the doors of parked cars, one after the other. Grey hood, on foot, now towards the park.',
      observedAt: at,
      reportedAt: at,
      reportedBy: 'member-of-bench0',
      source: null,
    },
  });
}
