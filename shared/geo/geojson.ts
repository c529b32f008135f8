import * as v from 'valibot';
import { BoundaryGeometry } from '../neighbourhoods.ts';

export type GeometryResult = { ok: true; geometry: BoundaryGeometry } | { ok: false; message: string };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Takes the geometry out of what a person chose as a file: a bare geometry, a Feature, or a FeatureCollection of one.
 *
 * @returns the geometry, its form checked, or one line that continues "The file …"; never throws
 */
export function geometryOf(json: unknown): GeometryResult {
  if (!isObject(json)) return { ok: false, message: 'is not GeoJSON' };
  const reference = referenceSystem(json['crs']);
  if (reference !== null) {
    return { ok: false, message: `is in ${reference}: convert it to longitude/latitude first` };
  }
  if (json['type'] === 'FeatureCollection') {
    const features: unknown = json['features'];
    if (!Array.isArray(features) || features.length === 0) return { ok: false, message: 'has no features' };
    if (features.length > 1) return { ok: false, message: `has ${features.length} features: choose one` };
    return geometryOf(features[0]);
  }
  if (json['type'] === 'Feature') {
    const geometry = json['geometry'];
    return isObject(geometry) && geometry['type'] !== 'Feature' && geometry['type'] !== 'FeatureCollection'
      ? geometryOf(geometry)
      : { ok: false, message: 'has a feature without a geometry' };
  }
  if (json['type'] !== 'Polygon' && json['type'] !== 'MultiPolygon') {
    const type =
      typeof json['type'] === 'string' && /^[a-z]{1,20}$/iu.test(json['type']) ? json['type'] : 'something';
    return { ok: false, message: `holds a ${type}, not a Polygon or MultiPolygon` };
  }
  const parsed = v.safeParse(BoundaryGeometry, json, { abortEarly: true });
  return parsed.success
    ? { ok: true, geometry: parsed.output }
    : { ok: false, message: 'has coordinates that are not lists of [longitude, latitude]' };
}

/**
 * Names the reference system of GeoJSON 2008's `crs` member unless that is WGS 84 in degrees, longitude first (RFC 7946
 * took the member out; files of older tools still carry it, and it is all that tells metres from degrees).
 */
export function referenceSystem(crs: unknown): string | null {
  if (crs === undefined || crs === null) return null;
  const properties = isObject(crs) ? crs['properties'] : undefined;
  const name = isObject(properties) ? properties['name'] : undefined;
  if (typeof name !== 'string') return 'an unknown reference system';
  if (/(?:CRS:{1,2}|OGC:+1\.3:|OGC:+)?CRS84$/iu.test(name) || /EPSG:.*?\b(?:4326|4979)$/iu.test(name))
    return null;
  const code = /EPSG:.*?(\d{4,6})$/iu.exec(name)?.[1];
  if (code === undefined) return 'an unknown reference system';
  return `EPSG:${code}${geographic.has(code) ? '' : ' (metres)'}`;
}

// Geographic systems that are in degrees but shifted against WGS 84; other codes met in practice are projected.
const geographic = new Set(['4258', '4269', '4267', '4171', '4230', '4277', '4283', '4314', '7844']);
