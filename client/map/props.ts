import type { Config } from '../../shared/config.ts';
import type { Bbox, Position } from '../../shared/geo.ts';
import type { Incident } from '../../shared/incidents.ts';
import type { BoundaryGeometry } from '../../shared/neighbourhoods.ts';
import type { Id, Locale } from '../../shared/text.ts';
import type { CheckpointPlace } from './checkpoint-layer.ts';
import type { SosPlace } from './sos-layer.ts';
import type { WalkerPlace } from './walker-layer.ts';

/** What `GET /api/config` says under `basemap`; null is a plain ground without any tiles. */
export type Basemap = Config['basemap'];

/** Pixels at each side which something else covers: the sheet, a bar. */
export type MapPadding = { top: number; right: number; bottom: number; left: number };

/** What the map shows, without what `padding` covers; `bbox.west > bbox.east` across the antimeridian. */
export type MapView = { bbox: Bbox; centre: Position; zoom: number };

/** What every map needs. Each map fills its parent, which must have a size. */
export type GroundProps = {
  basemap: Basemap;
  /** The theme in effect, not the setting: `auto` is the caller's to resolve. */
  theme: 'light' | 'dark';
  locale: Locale;
  padding?: MapPadding;
};

/** An alert that has not left this device. */
export type WaitingAlert = Pick<Incident, 'category' | 'severity' | 'position'>;

export type NeighbourhoodMapProps = GroundProps & {
  /** A new neighbourhood's boundary fits the view to it, once. */
  boundary: BoundaryGeometry;
  /** All that may be shown, in any order: the map clusters, and finds what changed by id and version. */
  incidents: readonly Incident[];
  /** Drawn apart from the incidents: not yet one of them. */
  waiting?: readonly WaitingAlert[];
  /** Ids that came in live. Each drops once and rings softly, when this map first shows it. */
  arrivals?: ReadonlySet<Id>;
  /** Ids that somebody has in hand: drawn half full. */
  handled?: ReadonlySet<Id>;
  /** Those that neighbours dispute. */
  disputed?: ReadonlySet<Id>;
  /** How sure it is where those are whose SOS run. */
  sosPlaces?: readonly SosPlace[];
  /** What is said of a drill that goes on. */
  drill?: string;
  /** Where those are who walk rounds, as far as it may be known. */
  walkers?: readonly WalkerPlace[];
  /** The way that I am to walk. */
  route?: readonly Position[];
  /** What is to be read on the way. */
  checkpoints?: readonly CheckpointPlace[];
  /** Where I am, where somebody finds it for the map: shown without being asked for, and looked at once. */
  me?: { position: Position; accuracy: number } | null;
  /** A switch for the walkers, where there are any to see. */
  walkersSwitch?: { label: string; on: boolean; onClick: () => void };
  /** Highlighted, and panned to where nothing covers it. */
  selectedId: Id | null;
  onSelect: (incidentId: Id) => void;
  /** The accessible name of an incident's marker, such as "Severe: break-in, open, 3 min ago". */
  incidentName: (incident: Incident) => string;
  /** At rest after each move, and once at the start. */
  onView?: (view: MapView) => void;
  /** Where to start instead of the whole boundary. */
  startView?: { centre: Position; zoom: number };
};

/** A still picture of one place: no dragging, no focus. */
export type PlaceMapProps = GroundProps & {
  boundary: BoundaryGeometry;
  incident: Pick<Incident, 'id' | 'category' | 'severity' | 'status' | 'position' | 'coarse'>;
};

export type PositionPickerProps = GroundProps & {
  boundary: BoundaryGeometry;
  /** Where the pin starts; null is the middle of the boundary, which counts for nothing until it is moved. */
  value: Position | null;
  /** At the start where `value` says it, and at rest after each move: where the pin is, and whether the server will probably take it. */
  onChange: (position: Position, inside: boolean) => void;
  /** Go to my position at once, as when the alert button was pressed. */
  startAtMe?: boolean;
  /** Only the cell of the coarse grid will be told: show it instead of a pin. */
  coarse?: boolean;
  /** Where to bring the pin, such as an address that was found; each new object is a new wish. */
  goTo?: { position: Position } | null;
};

export type RouteEditorProps = GroundProps & {
  boundary: BoundaryGeometry;
  /** Where they meet, shown beside the way; null where that is not known yet. */
  meeting: Position | null;
  /** What to begin with. */
  value: readonly Position[];
  /** Corners at most. */
  most: number;
  /** In the order in which it is walked; once at the start and after each change. */
  onChange: (route: Position[]) => void;
};

export type BoundaryEditorProps = GroundProps & {
  /** What to begin with, such as what was drawn before a step back. */
  value: BoundaryGeometry | null;
  /** Null while there is no closed, valid boundary. */
  onChange: (boundary: BoundaryGeometry | null) => void;
  /** What the file calls the place whose boundary was taken from it. */
  onName?: (name: string) => void;
  /** Where to begin; without it the map shows what the basemap covers. */
  startView?: { centre: Position; zoom: number };
};
