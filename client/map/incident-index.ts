import Supercluster from 'supercluster';
import type { Position } from '../../shared/geo.ts';
import type { Incident, IncidentStatus, Severity } from '../../shared/incidents.ts';
import { nearTo } from './longitudes.ts';

const severities: readonly Severity[] = ['minor', 'moderate', 'severe', 'extreme'];
const radius = 58; // pixels: two 48 px targets side by side, and a little air
const tileExtent = 256; // Leaflet's zoom counts tiles of 256 px, supercluster's default is 512
const deepest = 19;

/** Several incidents too close to be told apart at this zoom. */
export type ClusterPin = {
  kind: 'cluster';
  /** The same for the same content at the same place, also after a rebuild. */
  key: string;
  position: Position;
  count: number;
  /** Of the open ones where there are any, else of the closed. */
  severity: Severity;
  status: IncidentStatus;
  clusterId: number;
};
export type IncidentPin = { kind: 'incident'; key: string; position: Position; incident: Incident };
export type Pin = ClusterPin | IncidentPin;

type Leaf = { incident: Incident; rank: number };
type Branch = { rank: number };

/** Urgency as a number: any open one before every closed one, then the severity. */
function rankOf({ severity, status }: Pick<Incident, 'severity' | 'status'>): number {
  return severities.indexOf(severity) + (status === 'open' ? severities.length : 0);
}

/** The order of the list: the more urgent, then the later. */
export function byUrgency(a: Incident, b: Incident): number {
  return rankOf(b) - rankOf(a) || b.observedAt - a.observedAt || (a.id < b.id ? -1 : 1);
}

function comparePins(a: Pin, b: Pin): number {
  if (a.kind === 'incident' && b.kind === 'incident') return byUrgency(a.incident, b.incident);
  const difference =
    rankOf(b.kind === 'incident' ? b.incident : b) - rankOf(a.kind === 'incident' ? a.incident : a);
  return difference || (a.kind === b.kind ? 0 : a.kind === 'incident' ? -1 : 1) || (a.key < b.key ? -1 : 1);
}

/**
 * Finds what to draw in a view. Longitudes are kept relative to the neighbourhood's middle, so that no neighbourhood is
 * ever cut by the antimeridian.
 */
export class IncidentIndex {
  private readonly clusters: Supercluster<Leaf, Branch>;
  private readonly middle: number;

  /** About 40 ms for 10,000 incidents on a laptop. */
  constructor(incidents: readonly Incident[], middle: number) {
    this.middle = middle;
    this.clusters = new Supercluster<Leaf, Branch>({
      radius,
      extent: tileExtent,
      maxZoom: deepest,
      map: ({ rank }) => ({ rank }),
      reduce: (into, from) => {
        into.rank = Math.max(into.rank, from.rank);
      },
    });
    this.clusters.load(
      incidents.map((incident) => ({
        type: 'Feature',
        properties: { incident, rank: rankOf(incident) },
        geometry: {
          type: 'Point',
          coordinates: [nearTo(middle, incident.position.lng) - middle, incident.position.lat],
        },
      })),
    );
  }

  /** What to draw in the box at a whole zoom, the more urgent first. */
  query(box: { west: number; south: number; east: number; north: number }, zoom: number): Pin[] {
    const half = (lng: number) => Math.max(-180, Math.min(180, lng - this.middle));
    return this.clusters
      .getClusters([half(box.west), box.south, half(box.east), box.north], Math.min(zoom, deepest))
      .map(({ properties, geometry: { coordinates } }): Pin => {
        const [x = 0, lat = 0] = coordinates;
        const position = { lat, lng: x + this.middle };
        if ('incident' in properties) {
          const { incident } = properties;
          return { kind: 'incident', key: incident.id, position, incident };
        }
        const { rank, point_count: count, cluster_id: clusterId } = properties;
        return {
          kind: 'cluster',
          key: `${count} ${rank} ${x.toFixed(6)} ${lat.toFixed(6)}`,
          position,
          count,
          severity: severities[rank % severities.length] ?? 'minor',
          status: rank >= severities.length ? 'open' : 'closed',
          clusterId,
        };
      })
      .toSorted(comparePins);
  }

  /** The zoom at which the cluster falls apart, or null where its incidents are all at one place. */
  expansionZoom({ clusterId }: ClusterPin): number | null {
    const zoom = this.clusters.getClusterExpansionZoom(clusterId);
    return zoom > deepest ? null : zoom;
  }

  /** A cluster's incidents, the more urgent first; at most `most` of them are looked at. */
  incidentsOf({ clusterId }: ClusterPin, most = 500): Incident[] {
    return this.clusters
      .getLeaves(clusterId, most)
      .map(({ properties }) => properties.incident)
      .toSorted(byUrgency);
  }
}
