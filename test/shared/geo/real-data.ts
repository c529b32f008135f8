import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));

/** The path of a real published file beside the repository, or null (and a line that says so) where it is not there. */
export function realPath(name: string): string | null {
  if (existsSync(folder + name)) return folder + name;
  process.stdout.write(`not checked, because ../shared/data/${name} is not beside this repository\n`);
  return null;
}

type Feature = { properties: Record<string, unknown>; geometry: unknown };

/** The features of a real boundary file, or null where it is not there. */
export function realFeatures(name: string): { crs: unknown; features: Feature[] } | null {
  const path = realPath(`boundaries/${name}`);
  return path === null
    ? null
    : (JSON.parse(readFileSync(path, 'utf8')) as { crs: unknown; features: Feature[] });
}
