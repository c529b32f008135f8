import * as L from 'leaflet';
import type { Incident } from '../../shared/incidents.ts';
import type { Id } from '../../shared/text.ts';
import { severityHtml } from '../ui/severity.tsx';
import { CoarseAreas } from './coarse-area.ts';
import { type ClusterPin, IncidentIndex, type Pin } from './incident-index.ts';
import { nearTo } from './longitudes.ts';
import { prefersStillness, toLatLng } from './view.ts';

const rebuildEvery = 250; // ms: a storm of arrivals must not rebuild the index for each of them
const mostRings = 8;
const target = 48;

export type IncidentLayerEvents = {
  onSelect: (incidentId: Id) => void;
  onOpenCluster: (cluster: ClusterPin, index: IncidentIndex) => void;
  onFocus: (position: L.LatLng) => void;
  nameOf: (pin: Pin, index: IncidentIndex) => string;
  /** A cluster's count, short enough to stand inside its shape. */
  countText: (count: number) => string;
};

type Shown = { pin: Pin; marker: L.Marker; button: HTMLButtonElement; look: string };
/** What is drawn of a pin besides what it shows. */
type Looks = { selected: boolean; handled: boolean; disputed: boolean };

function lookOf(pin: Pin, { selected, handled, disputed }: Looks): string {
  if (pin.kind === 'cluster') return pin.key;
  const { severity, status, category, coarse } = pin.incident;
  return `${severity} ${status} ${category} ${coarse} ${selected} ${handled} ${disputed}`;
}

/** Draws incidents and clusters as real buttons, and changes only what changed. */
export class IncidentLayer {
  private readonly map: L.Map;
  private readonly events: IncidentLayerEvents;
  private readonly areas: CoarseAreas;
  private readonly shown = new Map<string, Shown>();
  private readonly arrived = new Set<Id>();
  /** Arrived, but not drawn yet. */
  private readonly falling = new Set<Id>();
  private incidents: readonly Incident[] = [];
  private index = new IncidentIndex([], 0);
  private middle = 0;
  private selectedId: Id | null = null;
  private handled: ReadonlySet<Id> = new Set();
  private disputed: ReadonlySet<Id> = new Set();
  private builtAt = -Infinity;
  private rebuildTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly refresh = () => {
    this.draw();
  };

  constructor(map: L.Map, events: IncidentLayerEvents) {
    this.map = map;
    this.events = events;
    this.areas = new CoarseAreas(map);
    map.on('moveend', this.refresh);
  }

  remove(): void {
    clearTimeout(this.rebuildTimer);
    this.map.off('moveend', this.refresh);
    for (const { marker } of this.shown.values()) marker.remove();
    this.shown.clear();
    this.areas.draw([], this.middle);
  }

  /** @param middle longitude beside which everything is drawn */
  setIncidents(incidents: readonly Incident[], middle: number): void {
    this.incidents = incidents;
    this.middle = middle;
    clearTimeout(this.rebuildTimer);
    const rest = this.builtAt + rebuildEvery - performance.now();
    if (rest <= 0) this.rebuild();
    else this.rebuildTimer = setTimeout(() => this.rebuild(), rest);
  }

  select(incidentId: Id | null): void {
    this.selectedId = incidentId;
    this.draw();
  }

  /** Which of them somebody has in hand. */
  setHandled(ids: ReadonlySet<Id>): void {
    this.handled = ids;
    this.draw();
  }

  /** Which of them neighbours dispute. */
  setDisputed(ids: ReadonlySet<Id>): void {
    this.disputed = ids;
    this.draw();
  }

  /** Rings once for each of these that has not rung here yet. */
  ring(ids: ReadonlySet<Id>): void {
    const fresh = this.incidents.filter(({ id }) => ids.has(id) && !this.arrived.has(id));
    for (const { id } of fresh) this.arrived.add(id);
    if (prefersStillness()) return;
    for (const incident of fresh.slice(-mostRings)) {
      this.ringAt(incident);
      const shown = this.shown.get(incident.id);
      if (shown === undefined) this.falling.add(incident.id);
      else shown.button.classList.add('pin--dropping');
    }
  }

  /** Where the incident is on this map, or null where it is not among those to show. */
  positionOf(incidentId: Id): L.LatLngTuple | null {
    const incident = this.incidents.find(({ id }) => id === incidentId);
    return incident === undefined ? null : this.place(incident);
  }

  private place({ position: { lat, lng } }: Incident): L.LatLngTuple {
    return [lat, nearTo(this.middle, lng)];
  }

  private rebuild(): void {
    this.builtAt = performance.now();
    this.index = new IncidentIndex(this.incidents, this.middle);
    this.draw();
  }

  private draw(): void {
    const bounds = this.map.getBounds().pad(0.2);
    const box = {
      west: bounds.getWest(),
      south: bounds.getSouth(),
      east: bounds.getEast(),
      north: bounds.getNorth(),
    };
    const pins = this.index.query(box, Math.round(this.map.getZoom()));
    const wanted = pins.filter(({ key }) => key !== this.selectedId);
    // The selected one is always told apart, even where a cluster has swallowed it.
    const selected = this.incidents.find(({ id }) => id === this.selectedId);
    if (selected !== undefined) {
      const [lat, lng] = this.place(selected);
      wanted.unshift({ kind: 'incident', key: selected.id, position: { lat, lng }, incident: selected });
    }
    const keys = new Set(wanted.map(({ key }) => key));
    for (const [key, { marker }] of this.shown) {
      if (keys.has(key)) continue;
      marker.remove();
      this.shown.delete(key);
    }
    for (const pin of wanted) this.show(pin);
    this.arrange(wanted);
    const incidents = wanted.flatMap((pin) => (pin.kind === 'incident' ? [pin.incident] : []));
    this.areas.draw(
      incidents.filter(({ coarse }) => coarse),
      this.middle,
    );
  }

  private show(pin: Pin): void {
    const selected = pin.key === this.selectedId;
    const isIncident = pin.kind === 'incident';
    const handled = isIncident && this.handled.has(pin.incident.id);
    const disputed = isIncident && this.disputed.has(pin.incident.id);
    const looks = { selected, handled, disputed };
    const look = lookOf(pin, looks);
    const shown = this.shown.get(pin.key) ?? this.create(pin);
    shown.pin = pin;
    if (shown.look !== look) {
      shown.look = look;
      this.paint(shown.button, pin, looks);
      shown.marker.setZIndexOffset(selected ? 20_000 : pin.kind === 'cluster' ? 5000 : 0);
    }
    if (this.falling.delete(pin.key)) shown.button.classList.add('pin--dropping');
    const at = toLatLng(pin.position);
    if (!shown.marker.getLatLng().equals(at)) shown.marker.setLatLng(at);
    shown.button.ariaLabel = this.events.nameOf(pin, this.index);
  }

  private create(pin: Pin): Shown {
    const button = document.createElement('button');
    button.type = 'button';
    const icon = L.divIcon({ html: button, className: 'pin-place', iconSize: [target, target] });
    const marker = L.marker(toLatLng(pin.position), { icon, keyboard: false, riseOnHover: true });
    const shown: Shown = { pin, marker, button, look: '' };
    const activate = () => {
      if (shown.pin.kind === 'incident') this.events.onSelect(shown.pin.incident.id);
      else this.events.onOpenCluster(shown.pin, this.index);
    };
    // Leaflet's click knows a drag from a tap, but forgets the keys after a drag: those are taken from the button.
    marker.on('click', activate);
    button.addEventListener('click', (event) => {
      if (event.detail !== 0) return;
      event.stopPropagation();
      activate();
    });
    button.addEventListener('focus', () => {
      button.ariaLabel = this.events.nameOf(shown.pin, this.index);
      if (button.matches(':focus-visible')) this.events.onFocus(marker.getLatLng());
    });
    button.addEventListener('keydown', (event) => {
      // The arrows move the map, Enter and Space belong to the button.
      if (event.key === 'Enter' || event.key === ' ') event.stopPropagation();
    });
    marker.addTo(this.map);
    this.shown.set(pin.key, shown);
    return shown;
  }

  private paint(button: HTMLButtonElement, pin: Pin, { selected, handled, disputed }: Looks): void {
    button.className = `pin pin--${pin.kind}`;
    button.classList.toggle('pin--selected', selected);
    if (selected) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
    if (pin.kind === 'incident') {
      button.classList.toggle('pin--coarse', pin.incident.coarse);
      button.classList.toggle('pin--disputed', disputed);
      button.innerHTML = severityHtml({ ...pin.incident, handled }, 34); // constants only
      return;
    }
    button.innerHTML = severityHtml(pin, pin.count < 100 ? 42 : 48);
    const count = document.createElement('span');
    count.className = `pin__count pin__count--${pin.severity} pin__count--${pin.status}`;
    count.textContent = this.events.countText(pin.count);
    button.append(count);
  }

  /** Brings the elements, and so the Tab key, into the list's order without moving the one that has the focus. */
  private arrange(pins: readonly Pin[]): void {
    let previous: Element | null = null;
    const pane = this.map.getPane('markerPane');
    for (const { key } of pins) {
      const element: HTMLElement | undefined = this.shown.get(key)?.marker.getElement();
      if (pane === undefined || element === undefined) continue;
      const next: Element | null = previous === null ? pane.firstElementChild : previous.nextElementSibling;
      if (next !== element && !element.contains(document.activeElement)) pane.insertBefore(element, next);
      previous = element;
    }
  }

  private ringAt(incident: Incident): void {
    const wave = document.createElement('span');
    wave.className = `pin-ring__wave severity--${incident.severity}`;
    const icon = L.divIcon({ html: wave, className: 'pin-ring', iconSize: [0, 0] });
    const ring = L.marker(this.place(incident), {
      icon,
      interactive: false,
      keyboard: false,
      pane: 'shadowPane',
    });
    wave.addEventListener('animationend', () => ring.remove());
    ring.addTo(this.map);
  }
}
