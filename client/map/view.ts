import * as L from 'leaflet';
import type { Bbox, Position } from '../../shared/geo.ts';
import { onEarth, toBbox } from './longitudes.ts';
import type { MapPadding, MapView } from './props.ts';
import type { Shape } from './shape.ts';

export const noPadding: MapPadding = { top: 0, right: 0, bottom: 0, left: 0 };
const air = 20; // pixels kept free around what is fitted

/** The part of the map that nothing covers, in container pixels; never empty. */
function freeArea(map: L.Map, padding: MapPadding): L.Bounds {
  const { x: width, y: height } = map.getSize();
  const left = Math.min(padding.left, width - 1);
  const top = Math.min(padding.top, height - 1);
  const right = Math.max(left + 1, width - padding.right);
  const bottom = Math.max(top + 1, height - padding.bottom);
  return L.bounds([left, top], [right, bottom]);
}

/** What a person sees now. */
export function viewOf(map: L.Map, padding: MapPadding): MapView {
  const free = freeArea(map, padding);
  const northWest = map.containerPointToLatLng(free.getTopLeft());
  const southEast = map.containerPointToLatLng(free.getBottomRight());
  const centre = map.containerPointToLatLng(free.getCenter());
  return {
    bbox: toBbox({ west: northWest.lng, south: southEast.lat, east: southEast.lng, north: northWest.lat }),
    centre: { lat: centre.lat, lng: onEarth(centre.lng) },
    zoom: map.getZoom(),
  };
}

/** Shows the whole shape where nothing covers it. */
export function fitShape(map: L.Map, { corners }: Shape, padding: MapPadding): void {
  fitCorners(map, L.latLngBounds(corners), padding);
}

/** Shows a whole box where nothing covers it; `west > east` goes across the antimeridian. */
export function fitBox(map: L.Map, { west, south, east, north }: Bbox, padding: MapPadding): void {
  const corners = L.latLngBounds([south, west], [north, east < west ? east + 360 : east]);
  fitCorners(map, corners, padding);
}

function fitCorners(map: L.Map, corners: L.LatLngBounds, padding: MapPadding): void {
  map.fitBounds(corners, {
    animate: false,
    maxZoom: 17,
    paddingTopLeft: [padding.left + air, padding.top + air],
    paddingBottomRight: [padding.right + air, padding.bottom + air],
  });
}

/** Puts the point at the middle of what nothing covers. */
export function centreOn(map: L.Map, point: L.LatLngExpression, zoom: number, padding: MapPadding): void {
  const offset = freeArea(map, padding).getCenter().subtract(map.getSize().divideBy(2));
  const target = map.unproject(map.project(point, zoom).subtract(offset), zoom);
  map.setView(target, zoom, { animate: !prefersStillness() });
}

/** Moves the map only if the point is covered or too near an edge, and then to the middle. */
export function bringIntoView(map: L.Map, point: L.LatLngExpression, padding: MapPadding): void {
  const free = freeArea(map, padding);
  const at = map.latLngToContainerPoint(point);
  const { x, y } = free.getSize();
  const margin = L.point(Math.min(48, x / 3), Math.min(48, y / 3));
  const comfortable = L.bounds(free.getTopLeft().add(margin), free.getBottomRight().subtract(margin));
  if (comfortable.contains(at)) return;
  map.panBy(at.subtract(free.getCenter()), { animate: !prefersStillness(), duration: 0.2 });
}

export function prefersStillness(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

export function toLatLng({ lat, lng }: Position): L.LatLngTuple {
  return [lat, lng];
}
