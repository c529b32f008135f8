import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { Incident } from '../../shared/incidents.ts';
import type { SosPosition } from '../../shared/sos.ts';
import type { Id } from '../../shared/text.ts';
import { runningDrill } from '../drills/view.ts';
import { createArchive } from '../incidents/archive.ts';
import {
  disputedIncidents,
  filters,
  handledIncidents,
  incidentName,
  known,
  shownIncidents,
} from '../incidents/view.ts';
import type { MapView } from '../map/props.ts';
import { useCheckpoints } from '../patrols/checkpoints.ts';
import { mapWalkers, showWalkers } from '../patrols/map-walkers.ts';
import { here, ownRound } from '../patrols/own.ts';
import { api, outbox } from '../runtime.ts';
import { t } from '../i18n/i18n.ts';
import { later, online, wide } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { ground, NeighbourhoodMap } from './maps.tsx';
import { paths } from './routes.ts';
import { sheetStop } from './Sheet.tsx';

const load = createArchive(api);
// A map that is still moving is not asked about.
const settled = 300;
// As the style sheet has the sheet's stops: in pixels, and as a share of the stage.
const peek = 104;
const half = 0.52;

/** An SOS is where its member is, and nowhere for whoever may not know that. */
function onMap(incidents: readonly Incident[], positions: ReadonlyMap<Id, SosPosition>): readonly Incident[] {
  if (incidents.every(({ sos }) => sos === null)) return incidents;
  return incidents.flatMap((incident) => {
    if (incident.sos === null) return [incident];
    const { position } = positions.get(incident.id) ?? {};
    return position === undefined || incident.status === 'closed' ? [] : [{ ...incident, position }];
  });
}

/** The neighbourhood's map with what the list shows, and the loading of what lies further back. */
export function MapStage({
  room,
  selectedId,
  onPatrol,
}: {
  room: OpenRoom;
  selectedId: Id | null;
  /** On my own round: what is open whatever the list shows, me and what is to be read on the way. */
  onPatrol: boolean;
}) {
  const { route } = useLocation();
  const stage = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(0);
  const [view, setView] = useState<MapView | null>(null);
  const boundary = room.state.neighbourhood.value?.boundary;

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setHeight(entry?.contentRect.height ?? 0));
    if (stage.current) observer.observe(stage.current);
    return () => observer.disconnect();
  }, []);

  const { span } = filters.value;
  const imports = room.state.imports.value;
  const connected = online.value;
  useEffect(() => {
    if (!view || span !== 'all' || !connected) return undefined;
    return later(settled, () => void load(room, view.bbox));
  }, [room, view, span, imports, connected]);

  const shown = shownIncidents.value;
  const positions = room.state.positions.value;
  const all = room.state.incidents.value;
  const open = useMemo(
    () => (onPatrol ? [...all.values()].filter(({ status }) => status === 'open') : []),
    [all, onPatrol],
  );
  const listed = onPatrol ? open : shown;
  const incidents = useMemo(() => onMap(listed, positions), [listed, positions]);
  const checkpoints = useCheckpoints(room, onPatrol);
  const walkers = mapWalkers.value;
  const bottom =
    wide.value || onPatrol || height === 0 ? 0 : sheetStop.value === 'peek' ? peek : height * half;
  return (
    <div ref={stage} class="stage__map">
      {boundary && height > 0 && (
        <NeighbourhoodMap
          {...ground()}
          key={room.id}
          boundary={boundary}
          incidents={incidents}
          sosPlaces={[...positions.values()].map(({ position, accuracy = 0 }) => ({
            position,
            accuracy,
          }))}
          waiting={outbox.letters.value
            .filter(({ neighbourhoodId, refusal }) => neighbourhoodId === room.id && !refusal)
            .map(({ command: { category, severity, position } }) => ({ category, severity, position }))}
          walkers={showWalkers.value ? walkers : []}
          {...(showWalkers.value && ownRound.value?.route ? { route: ownRound.value.route } : {})}
          {...(walkers.length > 0 || ownRound.value?.route
            ? {
                walkersSwitch: {
                  label: t('round.layer'),
                  on: showWalkers.value,
                  onClick: () => (showWalkers.value = !showWalkers.value),
                },
              }
            : {})}
          {...(runningDrill(room) === null ? {} : { drill: t('drill.onMap') })}
          checkpoints={checkpoints}
          me={onPatrol ? here.value : null}
          arrivals={known.value.arrivals}
          handled={handledIncidents.value}
          disputed={disputedIncidents.value}
          selectedId={selectedId}
          incidentName={incidentName}
          padding={{ top: 0, right: 0, bottom, left: 0 }}
          onView={setView}
          onSelect={(incidentId) => {
            if (sheetStop.value === 'peek') sheetStop.value = 'half';
            route(paths.incident(room.id, incidentId));
          }}
        />
      )}
    </div>
  );
}
