import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { MePage } from '../auth/MePage.tsx';
import { locale, t } from '../i18n/i18n.ts';
import { AlertFlow } from '../incidents/AlertFlow.tsx';
import { IncidentFilters } from '../incidents/IncidentFilters.tsx';
import { IncidentList } from '../incidents/IncidentList.tsx';
import { IncidentPanel } from '../incidents/IncidentPanel.tsx';
import { DrillBanner } from '../drills/DrillBanner.tsx';
import { DrillPage } from '../drills/DrillPage.tsx';
import { DrillsPage } from '../drills/DrillsPage.tsx';
import { useDuties } from '../incidents/use-duties.ts';
import { Sending } from '../incidents/Sending.tsx';
import { known, summary } from '../incidents/view.ts';
import { DecisionsPage } from '../neighbourhoods/DecisionsPage.tsx';
import { NeighboursPage } from '../neighbourhoods/NeighboursPage.tsx';
import { CheckpointsPage } from '../patrols/CheckpointsPage.tsx';
import { ownRound, useRound } from '../patrols/own.ts';
import { PatrolPage, RoundStrip } from '../patrols/PatrolPage.tsx';
import { RoundPage } from '../patrols/RoundPage.tsx';
import { RoundsPage } from '../patrols/RoundsPage.tsx';
import { SearchBanner } from '../patrols/SearchBanner.tsx';
import { SearchPage } from '../patrols/SearchPage.tsx';
import { SummaryPage } from '../patrols/SummaryPage.tsx';
import { DigestPage } from '../notifications/DigestPage.tsx';
import { NotificationsPage } from '../notifications/NotificationsPage.tsx';
import { SilentDevice } from '../push/OwnDevice.tsx';
import { PlatformPage } from '../push/PlatformPage.tsx';
import { refreshPush } from '../push/push.ts';
import { WaysPage } from '../push/WaysPage.tsx';
import { PairingsPage } from '../relays/PairingsPage.tsx';
import { api, rooms, session } from '../runtime.ts';
import { ConsentPage } from '../shifts/ConsentPage.tsx';
import { PatrolsPage } from '../shifts/PatrolsPage.tsx';
import { PlanPage } from '../shifts/PlanPage.tsx';
import { ShiftPage } from '../shifts/ShiftPage.tsx';
import { SosButton } from '../sos/SosButton.tsx';
import { SosPage } from '../sos/SosPage.tsx';
import { useSharing } from '../sos/use-sharing.ts';
import { WalkPage } from '../sos/WalkPage.tsx';
import { wide } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { Icon } from './icons.tsx';
import { KeysDialog } from './KeysDialog.tsx';
import { LiveRegion } from './LiveRegion.tsx';
import { MapStage } from './MapStage.tsx';
import { Notice } from './Notice.tsx';
import { PageHeading } from './PageHeading.tsx';
import { paths, type Route } from './routes.ts';
import { Sheet, sheetStop } from './Sheet.tsx';
import { StatusBar } from './StatusBar.tsx';
import { Switcher } from './Switcher.tsx';
import { Tabs } from './Tabs.tsx';
import { useKeys } from './use-keys.ts';

function AlertButton({ room }: { room: OpenRoom }) {
  return (
    <a class="button button--primary button--fear" href={paths.alert(room.id)}>
      <Icon name="bell" />
      {t('alert.button')}
    </a>
  );
}

function ListSheet({ room, route }: { room: OpenRoom; route: Route }) {
  const selectedId = route.name === 'incident' ? route.incidentId : null;
  const name = room.state.neighbourhood.value?.name ?? t('nav.map');
  const head = (
    <div class="sheet__row">
      <p class="sheet__summary">{summary()}</p>
      <AlertButton room={room} />
    </div>
  );
  if (selectedId !== null && !wide.value) {
    return (
      <Sheet head={head}>
        <IncidentPanel room={room} incidentId={selectedId} />
      </Sheet>
    );
  }
  return (
    <Sheet head={head}>
      {route.name === 'neighbourhood' && <PageHeading unseen text={name} />}
      {route.name === 'neighbourhood' && <SilentDevice />}
      {known.value.incidents.size > 0 && <IncidentFilters />}
      <IncidentList neighbourhoodId={room.id} selectedId={selectedId} />
    </Sheet>
  );
}

function Panel({ room, route }: { room: OpenRoom; route: Route }) {
  if (route.name === 'neighbours') return <NeighboursPage room={room} />;
  if (route.name === 'decisions') return <DecisionsPage room={room} />;
  if (route.name === 'drills') return <DrillsPage room={room} />;
  if (route.name === 'drill') return <DrillPage key={route.drillId} room={room} drillId={route.drillId} />;
  if (route.name === 'me') return <MePage />;
  if (route.name === 'notifications') return <NotificationsPage key={room.id} room={room} />;
  if (route.name === 'digest') return <DigestPage key={room.id} room={room} />;
  if (route.name === 'platform') return <PlatformPage />;
  if (route.name === 'ways') return <WaysPage />;
  if (route.name === 'sos') return <SosPage room={room} />;
  if (route.name === 'patrol')
    return <PatrolPage room={room} partner={route.partner} checkpoint={route.checkpoint} />;
  if (route.name === 'checkpoints') return <CheckpointsPage room={room} />;
  if (route.name === 'round') return <RoundPage room={room} patrolId={route.patrolId} />;
  if (route.name === 'rounds') return <RoundsPage room={room} />;
  if (route.name === 'search') return <SearchPage room={room} searchId={route.searchId} />;
  if (route.name === 'summary') return <SummaryPage room={room} />;
  if (route.name === 'pairings') return <PairingsPage room={room} />;
  if (route.name === 'walk') return <WalkPage room={room} />;
  if (route.name === 'patrols') return <PatrolsPage room={room} />;
  if (route.name === 'consent') return <ConsentPage room={room} />;
  if (route.name === 'shift') return <ShiftPage key={route.shiftId} room={room} shiftId={route.shiftId} />;
  if (route.name === 'plan') {
    const { shiftId, seriesId } = route;
    return <PlanPage key={shiftId ?? seriesId ?? ''} room={room} shiftId={shiftId} seriesId={seriesId} />;
  }
  if (route.name === 'alert') return <AlertFlow room={room} step={route.step} />;
  if (route.name === 'sending') return <Sending room={room} letterKey={route.key} />;
  return <ListSheet room={room} route={route} />;
}

/** No longer a member: what this device knew of the neighbourhood is gone with it. Or never was one, as far as is known. */
function NotAMember({ room }: { room: OpenRoom }) {
  const { route } = useLocation();
  const goOn = async () => {
    rooms.close();
    await session.refresh();
    route(paths.home, true);
  };
  const memberships = session.me.value?.memberships ?? [];
  const wasMember =
    room.state.neighbourhood.value !== null ||
    memberships.some(({ neighbourhood }) => neighbourhood.id === room.id);
  return (
    <Notice title={t(wasMember ? 'live.removed' : 'live.unknown')}>
      <p>{t(wasMember ? 'live.removedHint' : 'live.unknownHint')}</p>
      <button
        type="button"
        class="button button--primary"
        onClick={() => {
          void goOn();
        }}
      >
        {t('app.home')}
      </button>
    </Notice>
  );
}

/** The signed-in frame: one map, one sheet, four tabs; on a desktop the sheet is a column and details a second one. */
export function Shell({ room, route }: { room: OpenRoom; route: Route }) {
  const { route: go } = useLocation();
  const [keys, setKeys] = useState(false);
  useDuties(room);
  const list = paths.neighbourhood(room.id);
  const incidentId = route.name === 'incident' ? route.incidentId : null;
  const onMap = route.name === 'neighbourhood' || route.name === 'incident';
  const onPatrol = route.name === 'patrol' && ownRound.value?.state === 'running';
  useSharing(room.id);
  useRound(room.id);

  useKeys({
    '/': () => {
      // The search shows in the full list only; it is there once that is drawn.
      sheetStop.value = 'full';
      requestAnimationFrame(() => document.getElementById('search')?.focus());
    },
    n: () => go(paths.alert(room.id)),
    '?': () => setKeys(true),
    Escape: () => {
      if (route.name !== 'neighbourhood') go(list);
    },
  });

  useEffect(() => {
    // The session, the server's key or the language may be other ones than when this device subscribed.
    void refreshPush(api, locale.value).catch(() => undefined);
  }, [locale.value]);

  // Back from an incident, the focus returns to its row.
  const [last, setLast] = useState(incidentId);
  useEffect(() => {
    if (incidentId === null && last !== null && route.name === 'neighbourhood') {
      document.querySelector<HTMLElement>(`[data-incident="${last}"]`)?.focus({ preventScroll: false });
    }
    setLast(incidentId);
  }, [incidentId, route.name]);

  const removed = rooms.connection.value === 'not-a-member';
  return (
    <div class={`shell shell--${route.name} ${onPatrol ? 'shell--on-patrol' : ''}`}>
      <a
        class="skip"
        href="#content"
        onClick={(event) => {
          // The content itself has no box on a desktop, and so cannot take the focus: its heading does.
          event.preventDefault();
          document.querySelector<HTMLElement>('#content h1')?.focus();
        }}
      >
        {t('app.skip')}
      </a>
      <header class="topbar">
        <Switcher />
      </header>
      <div class="notices">
        {rooms.connection.value !== 'not-a-member' && route.name !== 'search' && <SearchBanner room={room} />}
        {rooms.connection.value !== 'not-a-member' && route.name !== 'drill' && <DrillBanner room={room} />}
        {route.name !== 'patrol' && <RoundStrip room={room} />}
        <StatusBar />
      </div>
      <main class="stage">
        {removed ? (
          <div class="stage__panel" id="content" tabIndex={-1}>
            <NotAMember room={room} />
          </div>
        ) : (
          <>
            <MapStage room={room} selectedId={incidentId} onPatrol={onPatrol} />
            <div class="stage__panel" id="content" tabIndex={-1}>
              <Panel room={room} route={route} />
            </div>
            {onMap && <SosButton room={room} />}
            {wide.value && incidentId !== null && (
              <div class="stage__detail">
                <IncidentPanel room={room} incidentId={incidentId} />
              </div>
            )}
          </>
        )}
      </main>
      {!removed && <Tabs neighbourhoodId={room.id} route={route} />}
      <LiveRegion room={room} />
      {keys && <KeysDialog onClose={() => setKeys(false)} />}
    </div>
  );
}
