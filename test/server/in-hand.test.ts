import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deps } from '../../server/deps.ts';
import { begunBy, createInHand } from '../../server/in-hand.ts';
import { newId } from '../../server/ids.ts';
import { appOf, startApp, type TestApp } from '../support/app.ts';
import { Phone, street } from '../support/phone.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

/** An app that notes how many commands are in hand whenever something is counted with a budget. */
async function scene() {
  const inHand = createInHand();
  const seen: [budget: string, inHand: number][] = [];
  const { limits } = test.deps;
  const deps: Deps = {
    ...test.deps,
    limits: {
      ...limits,
      count: async (budget, who) => {
        seen.push([budget, Atomics.load(inHand, 0)]);
        await limits.count(budget, who);
      },
    },
  };
  const app = appOf(deps, undefined, undefined, inHand);
  const ask = async (path: string, init?: RequestInit) => await app.request(path, init);
  const at = await street(() => new Phone(ask), []);
  /** What was in hand with each budget, without addresses. */
  const during = async (work: () => Promise<unknown>) => {
    seen.length = 0;
    await work();
    expect(Atomics.load(inHand, 0)).toBe(0);
    return Object.fromEntries(seen.filter(([budget]) => budget !== 'address'));
  };
  return { ...at, ask, inHand, during, path: `/api/neighbourhoods/${at.id}` };
}

describe('what is in hand', () => {
  it('[PE14] is a command until it is answered, and no read, receipt or photo', async () => {
    const { founder, id, inHand, path, during } = await scene();
    const { incident } = await founder.report(id);
    const before = begunBy(inHand);
    expect(await during(() => founder.report(id))).toEqual({ commands: 1, reports: 1 });
    expect(begunBy(inHand)).toBe(before + 1);
    expect(await during(() => founder.post(`${path}/incidents`, { nothing: true }))).toEqual({ commands: 1 });
    expect(await during(() => founder.get(`${path}/incidents/${incident.id}`))).toEqual({ reads: 0 });
    const seen = () => founder.post(`${path}/incidents/${incident.id}/seen`, { kind: 'got', of: 'alert' });
    expect(await during(seen)).toEqual({ receipts: 0 });
    const form = new FormData();
    form.set('photo', new Blob(['no picture']));
    expect(await during(() => founder.post(`${path}/photos`, form))).toMatchObject({ commands: 0 });
  });

  it('[PE14] is not what somebody is slow to send', async () => {
    const { founder, ask, inHand, path, during } = await scene();
    let asked = -1;
    const slow = new ReadableStream<Uint8Array>(
      {
        pull(stream) {
          if (asked === -1) stream.enqueue(new TextEncoder().encode('{"nothing":'));
          else {
            stream.enqueue(new TextEncoder().encode('true}'));
            stream.close();
          }
          asked = Atomics.load(inHand, 0);
        },
      },
      { highWaterMark: 0 },
    );
    const headers = {
      'Content-Type': 'application/json',
      'Idempotency-Key': newId(),
      Cookie: founder.cookie ?? '',
    };
    const init = { method: 'POST', body: slow, headers, duplex: 'half' };
    expect(await during(() => ask(`${path}/incidents`, init))).toEqual({ commands: 1 });
    expect(asked).toBe(0);
  });

  it('[PE14] is nothing that is read for it where nobody reads it', async () => {
    const { ask, path } = await scene();
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>(
      {
        pull(stream) {
          pulled += 1;
          stream.enqueue(new Uint8Array(1000));
        },
      },
      { highWaterMark: 0 },
    );
    const init = { method: 'DELETE', body: endless, duplex: 'half' };
    expect((await ask(`${path}/invites/none`, init)).status).toBe(401);
    expect(pulled).toBe(0);
  });

  it.each([
    ['of a length', { 'Content-Length': '100' }],
    ['in chunks', { 'Transfer-Encoding': 'chunked' }],
  ])('[PE14] is answered as ever where a body %s is cut off', async (_how, framing) => {
    const { founder, ask, inHand, path } = await scene();
    const cut = new ReadableStream<Uint8Array>({ pull: (stream) => stream.error(new Error('cut off')) });
    const headers = {
      'Content-Type': 'application/json',
      ...framing,
      'Idempotency-Key': newId(),
      Cookie: founder.cookie ?? '',
    };
    const init = { method: 'POST', body: cut, headers, duplex: 'half' };
    expect((await ask(`${path}/incidents`, init)).status).toBe(422);
    expect(Atomics.load(inHand, 0)).toBe(0);
  });

  it('[PE14] wakes who gives way once none is left', async () => {
    const { founder, id, inHand } = await scene();
    Atomics.add(inHand, 0, 1);
    const gone = Atomics.waitAsync(inHand, 0, 1);
    Atomics.sub(inHand, 0, 1);
    await founder.report(id);
    expect(await gone.value).toBe('ok');
  });
});
