import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { cursorOf } from '../../../server/eventlog/eventlog.ts';
import { newId } from '../../../server/ids.ts';
import type { Delivered } from '../../../server/live/room.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { eventually } from '../../support/eventually.ts';
import { rawJoin } from './follower.ts';
import { seqsOf, useStage } from './stage.ts';

const stage = useStage();

describe('limits', () => {
  it('[LI19] more than 20 messages in 10 s end the connection, whatever they are', async () => {
    const live = await stage.serve();
    const ada = await stage.phone(live, (await stage.place.enrol()).cookie);
    const raw = ada.socket as unknown as { emit(event: string, ...args: unknown[]): void };
    for (let i = 0; i < 25; i += 1) raw.emit('no:such', i);
    await ada.closed;
    await eventually(() => live.live.stats().sockets === 0);
  });

  it('[LI20] a message over 64 kB ends the connection; 64 kB is read', async () => {
    const live = await stage.serve();
    const { cookie } = await stage.place.enrol();
    const ada = await stage.phone(live, cookie);
    expect(await rawJoin(ada.socket, 'x'.repeat(65_400))).toMatchObject({ code: 'INVALID_INPUT' });
    void rawJoin(ada.socket, 'x'.repeat(65_600)).catch(() => undefined);
    await ada.closed;
    const bo = await stage.phone(live, cookie, ['polling']);
    void rawJoin(bo.socket, 'x'.repeat(65_600)).catch(() => undefined);
    await bo.closed;
  });

  it('[LI21] what a hostile client sends never ends the process', async () => {
    const live = await stage.serve();
    const { cookie } = await stage.place.enrol();
    const messages = [
      '42["error"]',
      '42["disconnect"]',
      '42{',
      '451-["room:join",{"_placeholder":true,"num":9}]',
      '4',
      '9',
      '40/nowhere,',
      '44{"a":1}',
      '420["room:join",{"__proto__":{"x":1}}]',
      `42["room:join",${'['.repeat(5000)}${']'.repeat(5000)}]`,
    ];
    for (const message of messages) {
      const socket = new WebSocket(`${live.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
        headers: { cookie },
      });
      await once(socket, 'open');
      socket.send('40');
      await once(socket, 'message');
      socket.send(message);
      socket.send('420["room:join",{}]');
      socket.terminate();
    }
    const ada = await stage.phone(live, cookie);
    expect(seqsOf(await ada.join(0))).toEqual([1]);
  });
});

describe('telling', () => {
  it('[LI22] log:head comes with every heartbeat and names the place up to which all was told', async () => {
    const live = await stage.serve({ heartbeatMs: 30 });
    const ada = await stage.phone(live, (await stage.place.enrol()).cookie);
    await ada.join(1);
    await stage.place.report();
    await eventually(() => ada.heads.includes(cursorOf({ epoch: stage.place.epoch, seq: 2 })));
    expect(new Set(ada.heads).size).toBeLessThanOrEqual(2);
  });

  it('[LI23] counts the maps that an alert got to, without the reporter’s own', async () => {
    const delivered: Delivered[] = [];
    const live = await stage.serve({ onDelivered: (told) => void delivered.push(told) });
    const reporter = await stage.place.enrol();
    const phones = [await stage.phone(live, reporter.cookie), await stage.phone(live, reporter.cookie)];
    for (let i = 0; i < 3; i += 1)
      phones.push(
        await stage.phone(live, (await stage.place.enrol()).cookie, i === 0 ? ['polling'] : ['websocket']),
      );
    for (const each of phones) await each.join(1);
    await stage.place.report({ by: reporter.memberId });
    await eventually(() => delivered.length > 0);
    const [entry] = await eventually(() => phones[4]?.entries.length === 1 && phones[4].entries);
    const incidentId = entry?.type === 'incident.reported' ? entry.incident.id : '';
    expect(delivered).toMatchObject([{ neighbourhoodId: stage.place.id, incidentId, of: 'alert', maps: 3 }]);
    expect(new Set(delivered[0]?.deviceIds).size).toBe(3);
  });

  it('[LI24] reach is told at once, then at most once a second with the newest figures', async () => {
    const live = await stage.serve();
    const ada = await stage.phone(live, (await stage.place.enrol()).cookie);
    await ada.join(1);
    const { channel } = neighbourhoodKeys(stage.place.id);
    const incidentId = newId();
    const started = performance.now();
    for (let maps = 1; maps <= 30; maps += 1)
      await stage.redis.send(channel, 'SPUBLISH', channel, `reach ${incidentId} ${maps} 2`);
    const none = { told: 0, got: 0, saw: 0 };
    const newest = { maps: 30, phones: 2, alert: none, correction: none };
    await eventually(() => JSON.stringify(ada.reaches.at(-1)) === JSON.stringify(newest));
    const seconds = (performance.now() - started) / 1000;
    expect(ada.reaches[0]).toEqual({ ...newest, maps: 1 });
    // The first at once, each further one a second after the last; two of them where the machine is not very slow.
    expect(ada.reaches.length).toBeGreaterThan(1);
    expect(ada.reaches.length - 1).toBeLessThanOrEqual(seconds + 0.1);
  });
});
