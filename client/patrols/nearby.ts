import { distance, type Position } from '../../shared/geo.ts';
import { localeTag, t } from '../i18n/i18n.ts';
import { lengthText } from '../i18n/lengths.ts';

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
  const length = lengthText(metres, localeTag());
  return t(`way.${directionOf(from, to)}`, { length });
}
