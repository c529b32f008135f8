import proj4, { type Converter } from 'proj4';

/** From metres on a projection to degrees; null where the point lies outside what the projection can tell. */
export type Unproject = (x: number, y: number) => { lng: number; lat: number } | null;

const ellipsoid = '+ellps=GRS80 +towgs84=0,0,0,0,0,0,0 +units=m +no_defs';
const known: Readonly<Record<string, string>> = {
  '2154': `+proj=lcc +lat_0=46.5 +lon_0=3 +lat_1=49 +lat_2=44 +x_0=700000 +y_0=6600000 ${ellipsoid}`,
  '3857': '+proj=merc +a=6378137 +b=6378137 +units=m +nadgrids=@null +no_defs',
};

/** PROJ's definition of an EPSG code: UTM zones on WGS 84, NAD 83 and ETRS 89, Lambert-93, Web Mercator. */
function definitionOf(crs: string): string | null {
  if (/^\+proj=[\w+=.,\- ]{3,300}$/u.test(crs)) return crs;
  const code = /^EPSG:(\d{4,5})$/iu.exec(crs)?.[1];
  if (code === undefined) return null;
  const zone = Number(code.slice(-2));
  const utm = (south: boolean, datum: string) =>
    zone >= 1 && zone <= 60 ? `+proj=utm +zone=${zone}${south ? ' +south' : ''} ${datum}` : null;
  if (code.startsWith('326')) return utm(false, '+datum=WGS84 +units=m +no_defs');
  if (code.startsWith('327')) return utm(true, '+datum=WGS84 +units=m +no_defs');
  if (code.startsWith('269') && zone <= 23) return utm(false, '+datum=NAD83 +units=m +no_defs');
  if (code.startsWith('258') && zone >= 28 && zone <= 38) return utm(false, ellipsoid);
  return known[code] ?? null;
}

/**
 * Prepares a projection.
 * @param crs `EPSG:26910` and the like, or a PROJ string
 * @returns null where it is not known
 */
export function unprojection(crs: string): Unproject | null {
  const definition = definitionOf(crs);
  if (definition === null) return null;
  let converter: Converter;
  try {
    converter = proj4(definition, 'WGS84');
  } catch {
    return null;
  }
  return (x, y) => {
    const [lng, lat] = converter.forward([x, y]);
    return lng !== undefined && lat !== undefined && Math.abs(lng) <= 180 && Math.abs(lat) <= 90
      ? { lng, lat }
      : null;
  };
}
