import type * as v from 'valibot';
import type { LockScreen } from '../../shared/push.ts';
import type { Id } from '../../shared/text.ts';
import { type AddWayCommand, WayAdded, WayAnswer, Ways } from '../../shared/ways.ts';
import type { Calls } from '../handover-api.ts';

/** The calls about how I am told beside push. */
export const waysApi = ({ call, tell }: Calls) => ({
  ways: () => call('GET', '/ways', Ways),
  addWay: (body: v.InferInput<typeof AddWayCommand>, key: string) =>
    call('POST', '/ways', WayAdded, { body, key }),
  verifyWay: (wayId: Id, code: string) =>
    call('PUT', `/ways/${wayId}/verification`, WayAnswer, { body: { code } }),
  setWayLockScreen: (wayId: Id, lockScreen: LockScreen) =>
    call('PUT', `/ways/${wayId}`, WayAnswer, { body: { lockScreen } }),
  testWay: (wayId: Id, key: string) => call('POST', `/ways/${wayId}/test`, WayAnswer, { body: {}, key }),
  removeWay: (wayId: Id) => tell('DELETE', `/ways/${wayId}`),
  stopWay: (code: string) => tell('POST', `/ways/stop/${encodeURIComponent(code)}`, { body: {} }),
});
