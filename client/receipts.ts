import type { LogEntry } from '../shared/events.ts';
import type { SeenCommand } from '../shared/incident-life.ts';
import type { Incident } from '../shared/incidents.ts';
import type { Id } from '../shared/text.ts';

/** As long as the server keeps who was told; a look at what is older is no receipt. */
const worthMs = 30 * 24 * 3600 * 1000;

export type ReceiptPorts = {
  /** Rejects where the server did not take it. */
  send: (neighbourhoodId: Id, incidentId: Id, receipt: SeenCommand) => Promise<void>;
  /** Runs once after `ms`. */
  later: (ms: number, run: () => void) => void;
  /** How many others may have been told in the same moment: their receipts are spread over as many milliseconds. */
  others: (neighbourhoodId: Id) => number;
  random: () => number;
  now: () => number;
};

/** What an incident on the screen is: the alert while it is open, what took it back afterwards. */
export const aboutOf = ({ status }: Pick<Incident, 'status'>): SeenCommand['of'] =>
  status === 'open' ? 'alert' : 'correction';

/**
 * This page's word of what came and what was on the screen, each once. Only these let anybody say that an alert was
 * seen: a receipt that is lost is simply not counted, and sent with the next occasion.
 */
export function createReceipts(ports: ReceiptPorts) {
  const given = new Set<string>();

  function give(neighbourhoodId: Id, incidentId: Id, receipt: SeenCommand): void {
    const key = `${incidentId} ${receipt.of} ${receipt.kind}`;
    if (given.has(key)) return;
    given.add(key);
    ports.send(neighbourhoodId, incidentId, receipt).catch(() => given.delete(key));
  }

  return {
    /** Entries that came live. */
    heard({ neighbourhoodId, entries }: { neighbourhoodId: Id; entries: readonly LogEntry[] }): void {
      for (const entry of entries) {
        if (entry.type !== 'incident.reported' && entry.type !== 'incident.closed') continue;
        const of = entry.type === 'incident.reported' ? 'alert' : 'correction';
        const { id } = entry.incident;
        const wait = ports.random() * ports.others(neighbourhoodId);
        ports.later(wait, () => give(neighbourhoodId, id, { kind: 'got', of }));
      }
    },

    /** An incident is on the screen, in front of somebody. */
    showed(neighbourhoodId: Id, incident: Incident): void {
      if (incident.source !== null || ports.now() - incident.reportedAt > worthMs) return;
      give(neighbourhoodId, incident.id, { kind: 'saw', of: aboutOf(incident) });
    },
  };
}
