import { DrillChanged, DrillDetail, Drills } from '../shared/drills.ts';
import { type LockScreen, PushDevice, PushKey, PushTested, type SubscribeCommand } from '../shared/push.ts';
import { Statistics } from '../shared/statistics.ts';
import type { Id } from '../shared/text.ts';
import type { Calls } from './handover-api.ts';

const at = (neighbourhoodId: Id) => `/neighbourhoods/${neighbourhoodId}/drills`;

/** The calls about pushes to this device, how alerts ended, and drills. */
export const reachApi = ({ call, tell }: Calls) => ({
  pushKey: () => call('GET', '/push/key', PushKey),
  subscribe: (body: SubscribeCommand) => tell('PUT', '/push/subscription', { body }),
  unsubscribe: () => tell('DELETE', '/push/subscription'),
  pushDevice: () => call('GET', '/push/device', PushDevice),
  setLockScreen: (lockScreen: LockScreen) => tell('PUT', '/push/device', { body: { lockScreen } }),
  testPush: (key: string) => call('POST', '/push/test', PushTested, { body: {}, key }),
  statistics: (n: Id) => call('GET', `/neighbourhoods/${n}/statistics`, Statistics),
  drills: (n: Id) => call('GET', at(n), Drills),
  drill: (n: Id, drillId: Id) => call('GET', `${at(n)}/${drillId}`, DrillDetail),
  startDrill: (n: Id, key: string) => call('POST', at(n), DrillChanged, { body: {}, key }),
  endDrill: (n: Id, drillId: Id, key: string) =>
    call('POST', `${at(n)}/${drillId}/end`, DrillChanged, { body: {}, key }),
  sawDrill: (n: Id, drillId: Id, key: string) => tell('POST', `${at(n)}/${drillId}/seen`, { body: {}, key }),
});
