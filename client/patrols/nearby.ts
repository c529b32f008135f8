import { distance, type Position } from '../../shared/geo.ts';
import { localeTag, t } from '../i18n/i18n.ts';

const directions = [
  ...(['north', 'north-east', 'east', 'south-east'] as const),
  ...(['south', 'south-west', 'west', 'north-west'] as const),
];
export type Direction = (typeof directions)[number];

/** Nearer is nowhere else, as sure as phones are. */
const besideMetres = 20;

/** In which of eight directions it lies; over a neighbourhood the earth is flat. */
export function directionOf(from: Position, to: Position): Direction {
  const turn = ((to.lng - from.lng + 540) % 360) - 180;
  const east = turn * Math.cos((from.lat * Math.PI) / 180);
  const degrees = (Math.atan2(east, to.lat - from.lat) * 180) / Math.PI;
  return directions[Math.round((degrees + 360) / 45) % 8] ?? 'north';
}

/** How far it is, in words: "120 m to the north-east". */
export function wayTo(from: Position, to: Position): string {
  const metres = distance(from, to);
  if (metres < besideMetres) return t('way.beside');
  const long = metres >= 995;
  const number = new Intl.NumberFormat(localeTag(), {
    ...{ style: 'unit', unit: long ? 'kilometer' : 'meter', maximumFractionDigits: 1 },
  });
  const length = number.format(long ? metres / 1000 : Math.round(metres / 10) * 10);
  return t(`way.${directionOf(from, to)}`, { length });
}
