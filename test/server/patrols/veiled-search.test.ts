import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogEntry, LogPage } from '../../../shared/events.ts';
import type { JoinAnswer } from '../../../shared/protocol.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import type { Phone } from '../../support/phone.ts';
import { join, openSocket } from '../live/follower.ts';
import { type LiveServer, startLiveServer } from '../live/live-server.ts';
import { minute, missed, safetyScene } from './safety-scene.ts';

let test: TestApp;
let live: LiveServer;
beforeAll(async () => {
  test = await startApp();
  live = await startLiveServer(test.redis);
});
afterAll(async () => {
  await live.close();
  await test.stop();
});

const codes = { cancel: '2468', duress: '9753' };
type Scene = Awaited<ReturnType<typeof safetyScene>>;

async function withCodes(): Promise<Scene> {
  const scene = await safetyScene(test);
  for (const { phone } of [scene.vi, scene.wes])
    await phone.must(phone.send('PUT', `${scene.path}/sos/codes`, codes));
  return scene;
}

/** A phone in the room from this cursor on, with what it is told live. */
async function listening(scene: Scene, phone: Phone, cursor: string) {
  const socket = openSocket(live.url, phone.cookie ?? '');
  const entries: LogEntry[] = [];
  socket.on('log:entries', (message) => entries.push(...message.entries));
  const connected = new Promise<void>((resolve) => void socket.on('connect', () => resolve()));
  socket.connect();
  await connected;
  const answer: JoinAnswer = await join(socket, { neighbourhoodId: scene.id, cursor });
  expect(answer).toMatchObject({ ok: true });
  const caught = 'entries' in answer ? answer.entries : [];
  return { entries, caught, close: () => socket.disconnect() };
}

const cursorOf = async ({ path }: Scene, { phone }: Scene['ada']) =>
  (await phone.must(phone.get<LogPage>(`${path}/log?limit=500`))).cursor;

/** What three phones hear of it, live, on catching up and in the log. */
async function heard(scene: Scene, happens: () => Promise<void>) {
  const { ada, vi, wes } = scene;
  const cursor = await cursorOf(scene, ada);
  const walkers = [vi, wes];
  const phones = await Promise.all([...walkers, ada].map(({ phone }) => listening(scene, phone, cursor)));
  await happens();
  const count = (await ada.phone.must(ada.phone.get<LogPage>(`${scene.path}/log?after=${cursor}&limit=500`)))
    .entries.length;
  await eventually(() => phones.every(({ entries }) => entries.length === count));
  const told = [];
  for (const [i, { phone }] of [...walkers, ada].entries()) {
    const again = await listening(scene, phone, cursor);
    const page = await phone.must(phone.get<LogPage>(`${scene.path}/log?after=${cursor}&limit=500`));
    expect(phones[i]?.entries).toEqual(again.caught);
    expect(page.entries).toEqual(again.caught);
    again.close();
    told.push(again.caught);
  }
  for (const { close } of phones) close();
  const [own = [], partner = [], other = []] = told;
  return { own, partner, other };
}
const types = (entries: readonly LogEntry[]) => entries.map(({ type }) => type);

describe('what the devices of those who walk are told of a search that goes on', () => {
  it('[HS16] ended by the duress code it is what the right code would have made it, and nothing after', async () => {
    const tell = async (code: string) => {
      const scene = await withCodes();
      await missed(scene);
      const search = await scene.searchOf(scene.max.phone);
      const entries = await heard(scene, async () => {
        await scene.vi.phone.must(scene.well(scene.vi.phone, { code }));
        await scene.pass(2 * minute);
        if (code === codes.cancel) return;
        await scene.max.phone.must(scene.look(scene.max.phone, search));
        await scene.ada.phone.must(scene.safe(scene.ada.phone, search));
      });
      return { scene, search, ...entries };
    };
    const right = await tell(codes.cancel);
    const duress = await tell(codes.duress);
    expect(types(duress.other)).toEqual([
      'search.changed',
      'search.widened',
      'search.changed',
      'search.ended',
    ]);
    for (const who of ['own', 'partner'] as const) {
      const [ended, ...after] = duress[who];
      expect(types(right[who])).toEqual(['search.ended']);
      expect(Object.keys(ended ?? {}).toSorted()).toEqual(Object.keys(right[who][0] ?? {}).toSorted());
      expect(ended).toMatchObject({
        type: 'search.ended',
        by: duress.scene.vi.member.id,
        search: { end: { by: duress.scene.vi.member.id } },
        checkIn: { state: 'awaited' },
      });
      expect(types(after)).toEqual(['entry.erased', 'entry.erased', 'entry.erased']);
      expect(duress[who].map(({ seq }) => seq)).toEqual(duress.other.map(({ seq }) => seq));
    }
  });

  it('[HS16] begun under duress it was never there, and their word is their word', async () => {
    const scene = await withCodes();
    const { vi, well, pass, id } = scene;
    const { own, partner, other } = await heard(scene, async () => {
      await vi.phone.must(well(vi.phone, { code: codes.duress }));
      await pass(3 * minute);
    });
    expect(id).toBe(scene.id);
    expect(types(other)).toEqual(['search.begun', 'search.widened']);
    for (const entries of [own, partner]) {
      expect(types(entries)).toEqual(['checkIn.changed', 'entry.erased']);
      expect(entries[0]).toMatchObject({ by: vi.member.id, checkIn: { state: 'awaited' } });
      expect(JSON.stringify(entries)).not.toContain('volunteers');
    }
  });

  it('[HS16] also those who come along while their phone is in the room already', async () => {
    const scene = await withCodes();
    const { max, vi, patrol, path, well, ada } = scene;
    const cursor = await cursorOf(scene, ada);
    const phone = await listening(scene, max.phone, cursor);
    const shown = await vi.phone.must(vi.phone.get<{ code: string }>(`${path}/patrols/${patrol.id}/code`));
    await max.phone.must(max.phone.post(`${path}/patrols/${patrol.id}/walkers`, { code: shown.code }));
    await vi.phone.must(well(vi.phone, { code: codes.duress }));
    await eventually(() => phone.entries.length === 2);
    expect(types(phone.entries)).toEqual(['patrol.joined', 'checkIn.changed']);
    phone.close();
  });
});
