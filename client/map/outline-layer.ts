import * as L from 'leaflet';
import type { Position } from '../../shared/geo.ts';
import type { Outline, Stroke } from './outline.ts';
import { toLatLng } from './view.ts';

const target = 44;
const nudge = 6; // pixels a press of an arrow key moves a corner; five times with Shift

export type OutlineLayerEvents = {
  onStroke: (stroke: Stroke) => void;
  onPick: (corner: number | null) => void;
  cornerName: (corner: number, of: number) => string;
  middleName: (corner: number) => string;
  /** Whether a tap on its first corner closes the line; a way stays open. */
  closes: boolean;
};

type Handle = { marker: L.Marker; button: HTMLButtonElement };
const arrows: Record<string, [x: number, y: number]> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

const toPosition = ({ lat, lng }: L.LatLng): Position => ({ lat, lng });

/** The line being drawn and its handles: a corner each, and between two corners a smaller one that adds one. */
export class OutlineLayer {
  private readonly map: L.Map;
  private readonly events: OutlineLayerEvents;
  private readonly shape: L.Polygon;
  private readonly line: L.Polyline;
  private readonly corners: Handle[] = [];
  private readonly middles: Handle[] = [];
  private outline: Outline = { corners: [], closed: false };
  private focusNext: number | null = null;

  constructor(map: L.Map, events: OutlineLayerEvents) {
    this.map = map;
    this.events = events;
    this.shape = L.polygon([], { interactive: false, stroke: false, className: 'outline-area' }).addTo(map);
    this.line = L.polyline([], { interactive: false, className: 'outline-line' }).addTo(map);
  }

  remove(): void {
    this.shape.remove();
    this.line.remove();
    for (const { marker } of [...this.corners, ...this.middles]) marker.remove();
  }

  show(outline: Outline, crossing: boolean, picked: number | null): void {
    this.outline = outline;
    const points = outline.corners.map(toLatLng);
    const [first] = points;
    this.shape.setLatLngs(outline.closed ? points : []);
    this.line.setLatLngs(outline.closed && first !== undefined ? [...points, first] : points);
    this.line.getElement()?.classList.toggle('outline-line--crossing', crossing);
    this.fit(this.corners, outline.corners.length, (index) => this.createCorner(index));
    const gaps = outline.closed ? outline.corners.length : Math.max(0, outline.corners.length - 1);
    this.fit(this.middles, gaps, (index) => this.createMiddle(index));
    for (const [index, { marker, button }] of this.corners.entries()) {
      const corner = outline.corners[index];
      if (corner !== undefined) marker.setLatLng(toLatLng(corner));
      button.ariaLabel = this.events.cornerName(index, outline.corners.length);
      button.classList.toggle('handle--picked', index === picked);
    }
    for (const [index, { marker, button }] of this.middles.entries()) {
      marker.setLatLng(this.middleOf(index));
      button.ariaLabel = this.events.middleName(index);
    }
    if (this.focusNext !== null) this.corners[this.focusNext]?.button.focus();
    this.focusNext = null;
  }

  private fit(handles: Handle[], count: number, create: (index: number) => Handle): void {
    while (handles.length > count) handles.pop()?.marker.remove();
    while (handles.length < count) handles.push(create(handles.length));
  }

  private middleOf(index: number): L.LatLng {
    const { corners } = this.outline;
    const [a, b] = [corners[index], corners[(index + 1) % corners.length]];
    if (a === undefined || b === undefined) return L.latLng(0, 0);
    // The middle on the screen, not in degrees.
    const half = this.map
      .project(toLatLng(a))
      .add(this.map.project(toLatLng(b)))
      .divideBy(2);
    return this.map.unproject(half);
  }

  private createHandle(className: string, options: L.MarkerOptions, activate: () => void): Handle {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = `handle ${className}`;
    const icon = L.divIcon({ html: button, className: 'pin-place', iconSize: [target, target] });
    const marker = L.marker([0, 0], { icon, keyboard: false, draggable: true, ...options }).addTo(this.map);
    marker.on('click', activate);
    button.addEventListener('click', (event) => {
      if (event.detail !== 0) return; // a pointer: Leaflet tells a drag from a tap
      event.stopPropagation();
      activate();
    });
    return { marker, button };
  }

  private createCorner(index: number): Handle {
    const activate = () => {
      if (index === 0 && this.events.closes && !this.outline.closed) this.events.onStroke({ kind: 'close' });
      else this.events.onPick(index);
    };
    const handle = this.createHandle('handle--corner', { zIndexOffset: 1000 }, activate);
    const { marker, button } = handle;
    let dragged = false;
    marker.on('dragstart', () => {
      dragged = false;
      this.events.onPick(index);
    });
    marker.on('drag', () => {
      const at = toPosition(marker.getLatLng());
      this.events.onStroke({ kind: 'move', corner: index, at, sameAsLast: dragged });
      dragged = true;
    });
    let held = false;
    button.addEventListener('focus', () => {
      if (button.matches(':focus-visible')) this.events.onPick(index);
    });
    button.addEventListener('keyup', () => {
      held = false;
    });
    button.addEventListener('keydown', (event) => {
      const arrow = arrows[event.key];
      if (arrow !== undefined) {
        event.preventDefault();
        event.stopPropagation();
        const far = nudge * (event.shiftKey ? 5 : 1);
        const moved = this.map
          .latLngToContainerPoint(marker.getLatLng())
          .add([arrow[0] * far, arrow[1] * far]);
        const at = toPosition(this.map.containerPointToLatLng(moved));
        this.events.onStroke({ kind: 'move', corner: index, at, sameAsLast: held });
        held = true;
      } else if (event.key === 'Delete' || event.key === 'Backspace') {
        event.preventDefault();
        this.focusNext = Math.max(0, index - 1);
        this.events.onStroke({ kind: 'remove', corner: index });
      }
    });
    return handle;
  }

  private createMiddle(index: number): Handle {
    const insert = () => {
      this.focusNext = index + 1;
      this.events.onStroke({ kind: 'insert', after: index, at: toPosition(this.middleOf(index)) });
      this.events.onPick(index + 1);
    };
    const handle = this.createHandle('handle--middle', {}, insert);
    const { marker } = handle;
    // Dragging a middle makes it a corner; the handle itself returns to the new middle.
    marker.on('dragend', () => {
      const at = toPosition(marker.getLatLng());
      this.events.onStroke({ kind: 'insert', after: index, at });
      this.events.onPick(index + 1);
    });
    return handle;
  }
}
