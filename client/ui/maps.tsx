import { locale } from '../i18n/i18n.ts';
import { config } from '../runtime.ts';
import { shownTheme } from '../state/theme.ts';
import { lazily } from './Lazy.tsx';

/** Leaflet and everything on it come in chunks of their own: the words are there before the map. */
export const NeighbourhoodMap = lazily(
  async () => (await import('../map/NeighbourhoodMap.tsx')).NeighbourhoodMap,
);
export const PlaceMap = lazily(async () => (await import('../map/PlaceMap.tsx')).PlaceMap);
export const MeetingMap = lazily(async () => (await import('../map/MeetingMap.tsx')).MeetingMap);
export const PositionPicker = lazily(async () => (await import('../map/PositionPicker.tsx')).PositionPicker);
export const RouteEditor = lazily(async () => (await import('../map/RouteEditor.tsx')).RouteEditor);
export const BoundaryEditor = lazily(async () => (await import('../map/BoundaryEditor.tsx')).BoundaryEditor);

export const AreaEditor = lazily(async () => (await import('../map/AreaEditor.tsx')).AreaEditor);

export const AddressSearch = lazily(
  async () => (await import('../incidents/AddressSearch.tsx')).AddressSearch,
);

/** What every map needs: its ground, the theme in effect and the language. */
export const ground = () => ({
  basemap: config.value?.basemap ?? null,
  theme: shownTheme.value,
  locale: locale.value,
});
