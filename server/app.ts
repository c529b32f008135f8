import { type Context, Hono } from 'hono';
import { Config } from '../shared/config.ts';
import { addressOf, isOfSafety, isReceipt, isSecure, members, refuseForeign } from './auth/guards.ts';
import { personalRoutes } from './auth/personal-routes.ts';
import { authRoutes } from './auth/routes.ts';
import { calendarFeedRoutes } from './calendar/feed-routes.ts';
import { calendarKeeper, calendarRoutes } from './calendar/routes.ts';
import { catchUpRoutes } from './catch-up/routes.ts';
import type { Deps } from './deps.ts';
import { docsRoutes } from './docs/routes.ts';
import { drillKeeper } from './drills/personal.ts';
import { drillRoutes } from './drills/routes.ts';
import { AppError, createErrorHandler } from './errors.ts';
import { countInHand, type InHand } from './in-hand.ts';
import { healthRoutes, type LiveNow } from './health.ts';
import { confirmationRoutes } from './incidents/confirmations/routes.ts';
import { duplicateRoutes } from './incidents/duplicates/routes.ts';
import { incidentKeeper } from './incidents/personal.ts';
import { outcomeRoutes } from './incidents/outcomes/routes.ts';
import { responseRoutes } from './incidents/handling/response-routes.ts';
import { historyRoutes } from './incidents/history-routes.ts';
import { reviewRoutes } from './incidents/reviews/routes.ts';
import { incidentRoutes } from './incidents/routes.ts';
import { sosKeeper } from './incidents/sos/personal.ts';
import { sosRoutes } from './incidents/sos/routes.ts';
import { statisticsRoutes } from './incidents/statistics-routes.ts';
import { followingRoutes } from './incidents/following-routes.ts';
import { seenRoutes } from './incidents/seen-routes.ts';
import { updateRoutes } from './incidents/update-routes.ts';
import { walkRoutes } from './incidents/sos/walk-routes.ts';
import { inviteRoutes } from './neighbourhoods/invite-routes.ts';
import { kitRoutes } from './neighbourhoods/kit-routes.ts';
import { membershipKeeper } from './neighbourhoods/personal.ts';
import { neighbourhoodRoutes } from './neighbourhoods/routes.ts';
import { settingsRoutes } from './neighbourhoods/settings-routes.ts';
import { checkpointRoutes } from './patrols/checkpoint-routes.ts';
import { patrolKeeper } from './patrols/personal.ts';
import { homeSafeKeeper } from './patrols/home-safe-personal.ts';
import { goingRoutes } from './patrols/going-routes.ts';
import { homeSafeRoutes } from './patrols/home-safe-routes.ts';
import { reportRoutes } from './patrols/report-routes.ts';
import { patrolRoutes } from './patrols/routes.ts';
import { claimPhotos } from './photos/claim.ts';
import type { Resizer } from './photos/resizer.ts';
import { photoKeeper } from './photos/personal.ts';
import { isUpload, photoRoutes } from './photos/routes.ts';
import { subscriptionKeeper } from './push/personal.ts';
import { preferenceKeeper } from './push/preferences/personal.ts';
import { preferenceRoutes } from './push/preferences/routes.ts';
import { pushRoutes } from './push/routes.ts';
import { pushTestRoutes } from './push/test-routes.ts';
import type { VapidKeys } from './push/vapid.ts';
import { isStop, wayKeeper, wayRoutes } from './push/ways/routes.ts';
import { askKeeper } from './shifts/ask-personal.ts';
import { attendanceRoutes } from './shifts/attendance-routes.ts';
import { swapRoutes } from './shifts/swap-routes.ts';
import { totalsRoutes } from './shifts/totals-routes.ts';
import { consentRoutes } from './shifts/consent-routes.ts';
import { rotaKeeper } from './shifts/personal.ts';
import { shiftRoutes } from './shifts/routes.ts';
import { seriesRoutes } from './shifts/series-routes.ts';
import { relayKeeper } from './relays/personal.ts';
import { relayRoutes } from './relays/routes.ts';
import { layHeaders, securityHeaders } from './security-headers.ts';
import { staticRoutes } from './static.ts';
import { createShiftStore } from './shifts/store.ts';
import type { Tiles } from './tiles/tiles.ts';
import { describe, hasBody, jsonBody } from './validate.ts';

export type AppParts = {
  tiles: Tiles;
  vapid: VapidKeys;
  /** Folder of the built client. */
  clientDir: string;
  resizer: Resizer;
  /** Where commands that are being carried out are counted. */
  inHand: InHand;
  live?: LiveNow;
};

const notKept = [['Cache-Control', 'no-store']] as const;

/** Mounts the features. Everything that a browser or a script may ask is visible here. */
export function createApp(deps: Deps, parts: AppParts): Hono {
  const { env, limits } = deps;
  const rota = createShiftStore(deps.redis);
  const app = new Hono();
  app.onError(createErrorHandler(deps.logger));
  app.notFound(() => {
    throw new AppError('NOT_FOUND');
  });

  app.use(securityHeaders(isSecure(env)));
  app.use(refuseForeign(deps));

  const api = new Hono();
  api.use(async (c, next) => {
    await limits.count(isOfSafety(c) ? 'addressSafety' : 'address', addressOf(c, env));
    layHeaders(c, notKept);
    await next();
  });
  api.use((c, next) => (isUpload(c) || isStop(c) ? next() : jsonBody(c, next)));
  api.get('/config', describe('What this instance offers', 200, Config), (c) =>
    c.json({ founding: env.FOUNDING, publicUrl: env.PUBLIC_URL ?? null, basemap: parts.tiles.config }),
  );
  const isCommand = (c: Context) =>
    (hasBody(c) || c.req.method === 'DELETE') && !isUpload(c) && !isReceipt(c);
  api.use('/neighbourhoods/:n/*', countInHand(parts.inHand, isCommand));
  api.use('/neighbourhoods/:n/*', members(deps));
  api.route('/', authRoutes(deps));
  api.route(
    '/',
    personalRoutes(
      deps,
      [
        membershipKeeper(deps),
        calendarKeeper(deps),
        sosKeeper(deps),
        incidentKeeper(deps),
        patrolKeeper(deps),
        homeSafeKeeper(deps),
        photoKeeper(deps),
        rotaKeeper(deps),
        askKeeper(deps),
        preferenceKeeper(deps),
        drillKeeper(deps),
        relayKeeper(deps),
      ],
      [subscriptionKeeper(deps), wayKeeper(deps)],
    ),
  );
  api.route('/neighbourhoods', neighbourhoodRoutes(deps));
  api.route('/neighbourhoods', settingsRoutes(deps));
  api.route('/neighbourhoods', kitRoutes(deps));
  api.route('/neighbourhoods', incidentRoutes(deps, claimPhotos(deps.redis)));
  api.route('/neighbourhoods', statisticsRoutes(deps));
  api.route('/neighbourhoods', responseRoutes(deps));
  api.route('/neighbourhoods', duplicateRoutes(deps));
  api.route('/neighbourhoods', confirmationRoutes(deps));
  api.route('/neighbourhoods', outcomeRoutes(deps));
  api.route('/neighbourhoods', historyRoutes(deps));
  api.route('/neighbourhoods', seenRoutes(deps));
  api.route('/neighbourhoods', updateRoutes(deps));
  api.route('/neighbourhoods', followingRoutes(deps));
  api.route('/neighbourhoods', reviewRoutes(deps));
  api.route('/neighbourhoods', sosRoutes(deps));
  api.route('/neighbourhoods', walkRoutes(deps));
  api.route('/neighbourhoods', consentRoutes(deps));
  api.route('/neighbourhoods', shiftRoutes(deps));
  api.route('/neighbourhoods', seriesRoutes(deps));
  api.route('/neighbourhoods', swapRoutes(deps));
  api.route('/neighbourhoods', attendanceRoutes(deps));
  api.route('/neighbourhoods', totalsRoutes(deps));
  api.route(
    '/neighbourhoods',
    patrolRoutes(deps, {
      getShift: (neighbourhoodId, shiftId) => rota.get(neighbourhoodId, shiftId),
      isWanted: async (neighbourhoodId) => (await rota.getConsent(neighbourhoodId)).on,
    }),
  );
  api.route('/neighbourhoods', goingRoutes(deps));
  api.route('/neighbourhoods', homeSafeRoutes(deps));
  api.route('/neighbourhoods', reportRoutes(deps));
  api.route('/neighbourhoods', checkpointRoutes(deps));
  api.route('/neighbourhoods', drillRoutes(deps));
  api.route('/neighbourhoods', relayRoutes(deps));
  api.route('/neighbourhoods', catchUpRoutes(deps));
  api.route('/neighbourhoods', photoRoutes(deps, parts.resizer));
  api.route('/neighbourhoods', calendarRoutes(deps));
  api.route('/calendars', calendarFeedRoutes(deps));
  api.route('/invites', inviteRoutes(deps));
  api.route('/neighbourhoods', preferenceRoutes(deps));
  api.route('/push', pushRoutes(deps, parts.vapid));
  api.route('/push', pushTestRoutes(deps, parts.vapid));
  api.route('/ways', wayRoutes(deps));

  app.route('/', healthRoutes(deps, parts.live));
  app.route('/api', api);
  app.route('/api', docsRoutes(app));
  app.route('/', parts.tiles.routes);
  app.route('/', staticRoutes(parts.clientDir));
  return app;
}
