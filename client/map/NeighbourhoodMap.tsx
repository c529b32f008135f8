import type * as L from 'leaflet';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useBoundaryLayer } from './boundary-layer.ts';
import { useDrillLayer } from './drill-layer.ts';
import { useCheckpointLayer } from './checkpoint-layer.ts';
import { useGround } from './ground.ts';
import { IncidentLayer } from './incident-layer.ts';
import { nearTo } from './longitudes.ts';
import { MapButton, MapFrame, MyPositionButton, myPositionMessage } from './MapFrame.tsx';
import { type MyPosition, useMyPosition, useMyPositionLayer } from './my-position.ts';
import type { MapPadding, NeighbourhoodMapProps } from './props.ts';
import { useRouteLayer } from './route-layer.ts';
import { type Shape, shapeOf } from './shape.ts';
import { useSosLayer } from './sos-layer.ts';
import { useLatest, useLeaflet } from './use-map.ts';
import { bringIntoView, centreOn, fitShape, noPadding, viewOf } from './view.ts';
import { useWalkerLayer } from './walker-layer.ts';
import { useWaitingLayer } from './waiting-layer.ts';
import { mapWords } from './words.ts';

const streetZoom = 16;
const none: ReadonlySet<string> = new Set();

/** Shows the start view or the whole shape, and keeps doing so while the layout settles and nobody moved the map. */
function useStartView(
  map: L.Map | null,
  shape: Shape | null,
  padding: MapPadding,
  startView: NeighbourhoodMapProps['startView'],
): void {
  const fitted = useRef<{ shape: Shape; centre: L.LatLng; zoom: number } | null>(null);
  const start = useRef(startView);
  const { top, right, bottom, left } = padding;
  useEffect(() => {
    if (map === null || shape === null) return undefined;
    const fit = () => {
      const last = fitted.current;
      const moved =
        last !== null && !(map.getZoom() === last.zoom && map.getCenter().equals(last.centre, 1e-9));
      if (map.getSize().x === 0 || (last?.shape === shape && moved)) return;
      const covered = { top, right, bottom, left };
      if (last === null && start.current !== undefined) {
        const { centre, zoom } = start.current;
        centreOn(map, [centre.lat, nearTo(shape.middle, centre.lng)], zoom, covered);
      } else if (last === null || last.shape !== shape || start.current === undefined) {
        start.current = undefined;
        fitShape(map, shape, covered);
      }
      fitted.current = { shape, centre: map.getCenter(), zoom: map.getZoom() };
    };
    fit();
    map.on('resize', fit);
    return () => {
      map.off('resize', fit);
    };
  }, [map, shape, top, right, bottom, left]);
}

/** A column that opens beside the map takes from both its sides: the middle stays in the middle. */
function useSteadyMiddle(map: L.Map | null): void {
  useEffect(() => {
    if (map === null) return undefined;
    let middle = map.getCenter();
    let width = map.getSize().x;
    // A new size ends a move as well, which is nobody's wish.
    const remember = () => {
      if (map.getSize().x === width) middle = map.getCenter();
    };
    const keep = () => {
      const changed = map.getSize().x !== width;
      width = map.getSize().x;
      if (changed) map.setView(middle, map.getZoom(), { animate: false });
    };
    map.on('moveend', remember);
    map.on('resize', keep);
    return () => {
      map.off('moveend', remember);
      map.off('resize', keep);
    };
  }, [map]);
}

/** The neighbourhood's live map. Fills its parent. */
export function NeighbourhoodMap(props: NeighbourhoodMapProps) {
  const {
    basemap,
    theme,
    locale,
    padding = noPadding,
    incidents,
    arrivals = none,
    handled = none,
    disputed = none,
    selectedId,
    me = null,
  } = props;
  const words = mapWords[locale];
  const { container, map } = useLeaflet();
  const boundaryKey = useMemo(() => JSON.stringify(props.boundary), [props.boundary]);
  const shape = useMemo(() => shapeOf(props.boundary), [boundaryKey]);
  const middle = shape?.middle ?? 0;
  const latest = useLatest({ ...props, padding, words });
  const [layer, setLayer] = useState<IncidentLayer | null>(null);
  const { mine: asked, start, stop } = useMyPosition();
  const mine: MyPosition = me === null ? asked : { state: 'on', ...me };

  const groundMissing = useGround(map, basemap, theme, locale);
  useBoundaryLayer(map, shape);
  useMyPositionLayer(map, mine, middle);
  useWaitingLayer(map, props.waiting, middle);
  useDrillLayer(map, shape, props.drill);
  useSosLayer(map, props.sosPlaces, middle);
  useWalkerLayer(map, props.walkers, middle);
  useRouteLayer(map, props.route, middle);
  useCheckpointLayer(map, props.checkpoints, middle);
  useSteadyMiddle(map);
  useStartView(map, shape, padding, props.startView);

  useEffect(() => {
    if (map === null) return undefined;
    const created = new IncidentLayer(map, {
      onSelect: (incidentId) => latest.current.onSelect(incidentId),
      onOpenCluster: (cluster, index) => {
        const at = [cluster.position.lat, cluster.position.lng] as const;
        const zoom = index.expansionZoom(cluster);
        if (zoom !== null && zoom > map.getZoom()) {
          centreOn(map, [...at], Math.min(zoom, map.getMaxZoom()), latest.current.padding);
          return;
        }
        // All at one place: no zoom tells them apart, so each press opens the next of them.
        const ids = index.incidentsOf(cluster).map(({ id }) => id);
        const next = ids[ids.indexOf(latest.current.selectedId ?? '') + 1] ?? ids[0];
        if (next !== undefined) latest.current.onSelect(next);
      },
      onFocus: (position) => bringIntoView(map, position, latest.current.padding),
      nameOf: (pin, index) => {
        const { incidentName, words, locale } = latest.current;
        if (pin.kind === 'incident') return incidentName(pin.incident);
        const count = pin.count.toLocaleString(locale);
        const atOnePlace = index.expansionZoom(pin) === null;
        return (atOnePlace ? words.clusterAtOnePlace : words.cluster)(count, words.severity[pin.severity]);
      },
      countText: (count) =>
        Intl.NumberFormat(latest.current.locale, { notation: 'compact', maximumSignificantDigits: 2 }).format(
          count,
        ),
    });
    setLayer(created);
    return () => {
      setLayer(null);
      created.remove();
    };
  }, [map]);

  useEffect(() => layer?.setIncidents(incidents, middle), [layer, incidents, middle]);
  useEffect(() => layer?.ring(arrivals), [layer, incidents, arrivals]);
  useEffect(() => layer?.setHandled(handled), [layer, handled]);
  useEffect(() => layer?.setDisputed(disputed), [layer, disputed]);
  useEffect(() => layer?.select(selectedId), [layer, selectedId]);

  const known = selectedId !== null && incidents.some(({ id }) => id === selectedId);
  useEffect(() => {
    // The column that shows it makes the map narrower.
    if (map === null || selectedId === null) return undefined;
    const bring = () => {
      const at = layer?.positionOf(selectedId);
      if (at) bringIntoView(map, at, latest.current.padding);
    };
    map.on('resize', bring);
    return () => {
      map.off('resize', bring);
    };
  }, [map, layer, selectedId]);
  useEffect(() => {
    const at = selectedId === null ? null : layer?.positionOf(selectedId);
    if (map === null || at === null || at === undefined) return;
    if (map.getZoom() < streetZoom - 2) centreOn(map, at, streetZoom, latest.current.padding);
    else bringIntoView(map, at, latest.current.padding);
  }, [map, layer, selectedId, known, padding.top, padding.right, padding.bottom, padding.left]);

  useEffect(() => {
    if (map === null || shape === null) return undefined;
    const report = () => latest.current.onView?.(viewOf(map, latest.current.padding));
    report();
    map.on('moveend', report);
    return () => {
      map.off('moveend', report);
    };
  }, [map, shape]);

  const found = mine.state === 'on';
  const follow = () => {
    if (map === null || mine.state !== 'on') return;
    const at: [number, number] = [mine.position.lat, nearTo(middle, mine.position.lng)];
    centreOn(map, at, Math.max(map.getZoom(), streetZoom), latest.current.padding);
  };
  useEffect(follow, [found]);
  const onMyPosition = () => {
    if (me !== null) {
      follow();
      return;
    }
    if (mine.state === 'off' || mine.state === 'denied' || mine.state === 'unavailable') start();
    else stop();
  };

  return (
    <MapFrame
      container={container}
      map={map}
      basemap={basemap}
      theme={theme}
      locale={locale}
      padding={padding}
      groundMissing={groundMissing}
      keys={words.mapKeys}
    >
      <div class="map__tools">
        <MyPositionButton mine={mine} locale={locale} onClick={onMyPosition} />
        {props.walkersSwitch && (
          <MapButton
            icon="walk"
            label={props.walkersSwitch.label}
            pressed={props.walkersSwitch.on}
            onClick={props.walkersSwitch.onClick}
          />
        )}
      </div>
      <p class="map__message" role="status">
        {myPositionMessage(mine, locale)}
      </p>
    </MapFrame>
  );
}
