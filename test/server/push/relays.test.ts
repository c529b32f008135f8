import * as v from 'valibot';
import { expect, it } from 'vitest';
import { notificationOf } from '../../../client/sw/notification.ts';
import { PushMessage } from '../../../shared/push.ts';
import { minute, relayScene } from '../relays/relay-scene.ts';
import { pushStage } from './push-stage.ts';

const stage = pushStage();

/** Everybody is subscribed; what came of neighbours without a phone since this was asked last, once so much has come. */
async function subscribed(scene: Awaited<ReturnType<typeof relayScene>>) {
  const { ada, vi, bo, cy, di, id } = scene;
  const devices = new Map<string, string>();
  for (const [who, { phone }] of Object.entries({ ada, vi, bo, cy, di }))
    devices.set(await stage.subscribe(phone), who);
  await stage.work();
  let seen = 0;
  return async (count: number) => {
    await stage.service.waitFor((received) => received.length >= seen + count);
    await stage.drained();
    const fresh = stage.service.received.slice(seen);
    seen = stage.service.received.length;
    return fresh
      .flatMap(({ subscriptionId, payload }) => {
        expect(payload).not.toContain('Durand');
        const message = v.parse(PushMessage, JSON.parse(payload));
        if (message.kind !== 'notice') return [];
        const { title, options } = notificationOf(message, 'en');
        expect(options.data.open).toMatch(new RegExp(`^/n/${id}/(?:incidents|pairings)/[\\w-]+$`, 'u'));
        return [`${devices.get(subscriptionId)}: ${title}`];
      })
      .toSorted();
  };
}

it('[BU10] asks by push whom a step asks, and what is over of who told them; no push says a name', async () => {
  const scene = await relayScene(stage.app);
  const { bo, cy, vi, add, post, alarm, close, pass, toTell, told } = scene;
  const came = await subscribed(scene);
  const pairingId = await add(bo.phone);
  await bo.phone.must(post(bo.phone, `/pairings/${pairingId}/buddies`, { memberId: cy.member.id }));
  expect(await came(1)).toEqual(['cy: Would you tell a neighbour without a phone?']);
  await cy.phone.must(post(cy.phone, `/pairings/${pairingId}/answer`, { accept: true }));
  const { id } = await alarm();
  await pass(0);
  // The alert itself, to all but who reported it.
  expect(await came(4 + 1)).toEqual(['bo: Tell your neighbour without a phone too']);
  await pass(10 * minute);
  expect(await came(1)).toEqual(['cy: Tell your neighbour without a phone too']);
  await pass(10 * minute);
  const untold = 'A neighbour without a phone is not told yet';
  expect(await came(2)).toEqual([`ada: ${untold}`, `vi: ${untold}`]);
  const [relay] = (await toTell(vi.phone, id)).map((one) => one.relay);
  await vi.phone.must(told(vi.phone, relay));
  await close(id);
  await pass(0);
  // The correction, to all who had the alert.
  expect(await came(4 + 1)).toEqual(['vi: It is over: tell your neighbour without a phone']);
});

it('[BU10] asks nobody any more once somebody has told them', async () => {
  const scene = await relayScene(stage.app);
  const { bo, add, alarm, pass, toTell, told } = scene;
  await add(bo.phone);
  const { id } = await alarm();
  await pass(0);
  const [relay] = (await toTell(bo.phone, id)).map((one) => one.relay);
  await bo.phone.must(told(bo.phone, relay));
  const came = await subscribed(scene);
  // Of all that was written before the worker began, what still holds.
  expect(await came(4)).toEqual([]);
});
