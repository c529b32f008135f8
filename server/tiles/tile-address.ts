/** One tile of the XYZ scheme: 2^zoom columns and rows, row 0 in the north. */
export type TileAddress = { z: number; x: number; y: number };

const digits = /^(?:0|[1-9]\d{0,7})$/u;

/**
 * Reads the three path parts of a tile.
 * @returns null where they are no plain numbers, or name no tile between the two zooms
 */
export function parseTileAddress(
  parts: { z: string; x: string; y: string },
  zooms: { min: number; max: number },
): TileAddress | null {
  if (!digits.test(parts.z) || !digits.test(parts.x) || !digits.test(parts.y)) return null;
  const address = { z: Number(parts.z), x: Number(parts.x), y: Number(parts.y) };
  if (address.z < zooms.min || address.z > zooms.max) return null;
  const count = 2 ** address.z;
  return address.x < count && address.y < count ? address : null;
}

/** Fills a template's `{z}`, `{x}` and `{y}`. */
export function fillTemplate(template: string, { z, x, y }: TileAddress): string {
  return template.replaceAll('{z}', String(z)).replaceAll('{x}', String(x)).replaceAll('{y}', String(y));
}
