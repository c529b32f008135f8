import { LocationProvider, useLocation } from 'preact-iso/router';
import { useEffect } from 'preact/hooks';
import { LinkPage } from './auth/LinkPage.tsx';
import { t } from './i18n/i18n.ts';
import { FoundPage } from './neighbourhoods/FoundPage.tsx';
import { JoinPage } from './neighbourhoods/JoinPage.tsx';
import { LandingPage } from './neighbourhoods/LandingPage.tsx';
import { StopPage } from './push/StopPage.tsx';
import { startServiceWorker } from './push/service-worker.ts';
import { kept, rooms, session } from './runtime.ts';
import { ErrorBoundary } from './ui/ErrorBoundary.tsx';
import { LanternMark } from './ui/icons.tsx';
import { Notice } from './ui/Notice.tsx';
import { paths, type Route, routeOf } from './ui/routes.ts';
import { Shell } from './ui/Shell.tsx';

const lastKey = 'last-neighbourhood';

/** The first page of a member: the neighbourhood that was open last. */
function GoHome() {
  const { route } = useLocation();
  const memberships = session.me.value?.memberships ?? [];
  useEffect(() => {
    const go = async () => {
      const last = await kept.get(lastKey);
      const home = memberships.find(({ neighbourhood }) => neighbourhood.id === last) ?? memberships[0];
      if (home) route(paths.neighbourhood(home.neighbourhood.id), true);
    };
    void go();
  }, [memberships]);
  return <Splash />;
}

function Splash() {
  return (
    <main class="splash" aria-busy="true" aria-label={t('app.loading')}>
      <LanternMark size={88} />
    </main>
  );
}

function NotFound() {
  return (
    <main class="plain" id="content">
      <Notice title={t('app.notFound')}>
        <a class="button" href={paths.home}>
          {t('app.home')}
        </a>
      </Notice>
    </main>
  );
}

/** A member's screens. The room stays open between them, so that the map is never built twice. */
function Member({ route }: { route: Route }) {
  const wanted = 'neighbourhoodId' in route ? route.neighbourhoodId : null;
  const open = rooms.current.value;
  const fallback = session.me.value?.memberships[0]?.neighbourhood.id ?? null;
  const id = wanted ?? open?.id ?? fallback;
  useEffect(() => {
    if (id === null) return;
    void rooms.open(id);
    if (wanted !== null) void kept.set(lastKey, wanted);
  }, [id, wanted]);
  if (id === null) return <LandingPage />;
  if (open?.id !== id) return <Splash />;
  return <Shell room={open} route={route} />;
}

function Screens() {
  const { path, query, route: go } = useLocation();
  const route = routeOf(path, query);
  const status = session.status.value;

  useEffect(() => {
    void startServiceWorker((url) => go(url));
  }, []);

  if (route.name === 'unknown') return <NotFound />;
  if (status === 'starting') return <Splash />;
  if (route.name === 'found') return <FoundPage />;
  if (route.name === 'join') return <JoinPage key={route.code} code={route.code} />;
  if (route.name === 'link') return <LinkPage key={route.code} code={route.code} />;
  if (route.name === 'stop') return <StopPage key={route.code} code={route.code} />;
  if (status !== 'signed-in' || session.me.value?.memberships.length === 0) {
    return <LandingPage astray={'neighbourhoodId' in route} />;
  }
  if (route.name === 'home') return <GoHome />;
  return <Member route={route} />;
}

/** The whole client. */
export function App() {
  return (
    <ErrorBoundary>
      <LocationProvider>
        <Screens />
      </LocationProvider>
    </ErrorBoundary>
  );
}
