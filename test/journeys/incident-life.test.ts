import { afterAll, beforeAll, expect, it } from 'vitest';
import { credibilityOf } from '../../shared/credibility.ts';
import { findDuplicates } from '../../shared/duplicates.ts';
import type { LogEntry } from '../../shared/events.ts';
import type { Handling } from '../../shared/incident-life.ts';
import type { Incident, IncidentDetail, Receipts } from '../../shared/incidents.ts';
import type { Me } from '../../shared/auth.ts';
import type { Joined } from '../../shared/neighbourhoods.ts';
import type { IncidentMessage } from '../../shared/push.ts';
import { freshnessTimer } from '../../server/incidents/outcomes/freshness-timer.ts';
import { handlingTimer } from '../../server/incidents/handling/timer.ts';
import { untoldTimer } from '../../server/incidents/confirmations/witness-timer.ts';
import { neighbourhoodKeys } from '../../server/redis/keys.ts';
import { asStrings } from '../../server/redis/reply.ts';
import { runDue } from '../../server/timers/timers.ts';
import { phoneAt, phoneOf, startApp, type TestApp } from '../support/app.ts';
import { type Device, openMap } from '../support/device.ts';
import { eventually } from '../support/eventually.ts';
import { inside, type Phone, street } from '../support/phone.ts';
import { startProcess, type TestProcess } from '../support/process.ts';
import { type PushService, startPushService } from '../support/push-service.ts';

const minute = 60 * 1000;
const day = 24 * 60 * minute;

let app: TestApp;
let push: PushService;
let processes: TestProcess[];
const open: Device[] = [];

beforeAll(async () => {
  push = await startPushService();
  // The same Redis is asked by two servers, and by this process with a clock of its own: in the past, then later.
  app = await startApp();
  const { target } = app.server;
  const env = {
    REDIS_URL: `unix://${target.kind === 'socket' ? target.path : ''}`,
    PUSH_EXTRA_ORIGINS: push.origin,
  };
  processes = await Promise.all([startProcess(env), startProcess({ ...env, ROLES: 'web' })]);
});
afterAll(async () => {
  for (const device of open) device.close();
  for (const process of processes) await process.stop();
  await push.close();
  await app.stop();
});

const url = (i: number) => processes[i % 2]?.url ?? '';

/** A member's one device: by which ways it is told, and what came live there. */
type Neighbour = {
  memberId: string;
  phone: Phone;
  deviceId: string;
  subscriptionId: string | null;
  map: Device | null;
  live: LogEntry[];
};

async function neighbourOf(i: number, { phone, member }: { phone: Phone; member: Joined['member'] }) {
  const here = phoneAt(url(i));
  here.cookie = phone.cookie;
  const { person } = await here.must(here.get<Me>('/api/me'));
  const neighbour: Neighbour = {
    ...{ memberId: member.id, phone: here, deviceId: person.deviceId },
    ...{ subscriptionId: null, map: null, live: [] },
  };
  return neighbour;
}

async function subscribe(neighbour: Neighbour): Promise<void> {
  const { endpoint, keys, id } = push.newSubscription();
  await neighbour.phone.must(neighbour.phone.send('PUT', '/api/push/subscription', { endpoint, keys }));
  neighbour.subscriptionId = id;
}

function lookOn(i: number, neighbour: Neighbour, neighbourhoodId: string): void {
  const map = openMap(url(i), neighbour.phone, neighbourhoodId);
  map.socket.on('log:entries', ({ entries }) => void neighbour.live.push(...entries));
  neighbour.map = map;
  open.push(map);
}

/**
 * Thirty members on two servers: a coordinator, two volunteers and twenty-two residents of 75 days, five who came just
 * now. The first twenty are told by push; all have the map open, but five that go to sleep before anything happens.
 */
async function scene() {
  app.clock.now = Date.now() - 75 * day;
  const { id, founder, founderMember } = await street(() => phoneOf(app), []);
  // An invite of those days the servers, whose clock is today's, would have forgotten before it is used.
  app.clock.now = Date.now();
  const { code: old } = await founder.invite(id, { maxUses: 24 });
  app.clock.now -= 75 * day;
  const neighbours: { phone: Phone; member: Joined['member'] }[] = [];
  for (let i = 0; i < 24; i += 1) {
    const phone = phoneOf(app);
    neighbours.push({ phone, member: (await phone.accept(old, `Neighbour ${i + 1}`)).member });
  }
  for (const { member } of neighbours.slice(0, 2)) {
    const path = `/api/neighbourhoods/${id}/members/${member.id}/role`;
    await founder.must(founder.send('PUT', path, { role: 'volunteer' }));
  }
  app.clock.now = Date.now();
  const { code } = await founder.invite(id, { maxUses: 5 });
  const joined = [{ phone: founder, member: founderMember }, ...neighbours];
  for (let i = 0; i < 5; i += 1) {
    const phone = phoneOf(app);
    joined.push({ phone, member: (await phone.accept(code, `Newcomer ${i + 1}`)).member });
  }
  const all = await Promise.all(joined.map((each, i) => neighbourOf(i, each)));
  for (const neighbour of all.slice(0, 20)) await subscribe(neighbour);
  for (const [i, neighbour] of all.entries()) lookOn(i, neighbour, id);
  await eventually(() => open.every(({ state }) => state === 'live'), { what: 'thirty open maps' });
  const asleep = all.filter((_, i) => i % 6 === 5);
  for (const { map } of asleep) map?.close();
  return { id, all, asleep, awake: all.filter((neighbour) => !asleep.includes(neighbour)) };
}

it('[JO7] thirty members: raised, confirmed, handed over, left in silence, asked of all, ended, and told to exactly whom it reached', async () => {
  const { id, all, asleep, awake } = await scene();
  const path = `/api/neighbourhoods/${id}/incidents`;
  const at = (i: number): Neighbour => all[i] ?? (all[0] as Neighbour);
  const [coordinator, volunteer, owner, heir, third, reporter, twice] = [0, 1, 3, 2, 4, 6, 7].map(at) as [
    Neighbour, Neighbour, Neighbour, Neighbour, Neighbour, Neighbour, Neighbour,
  ]; // prettier-ignore
  const send = async <Body>({ phone }: Neighbour, where: string, body: object) =>
    await phone.must(phone.post<Body>(where, body));
  const detail = async (incidentId: string) =>
    await coordinator.phone.must(coordinator.phone.get<IncidentDetail>(`${path}/${incidentId}`));
  /** What each phone was pushed of an incident, in order. */
  const pushed = ({ subscriptionId }: Neighbour, incidentId: string) =>
    push.received.flatMap((received) => {
      const message = JSON.parse(received.payload) as IncidentMessage;
      if (received.subscriptionId !== subscriptionId || message.incidentId !== incidentId) return [];
      return [message.kind === 'handling' ? message.step : message.kind];
    });
  const members = (neighbours: readonly Neighbour[]) => neighbours.map(({ memberId }) => memberId).toSorted();
  const whoGot = (what: string, incidentId: string) =>
    members(all.filter((neighbour) => pushed(neighbour, incidentId).includes(what as 'alert')));
  const everyMap = (wanted: (entry: LogEntry) => boolean) =>
    eventually(() => awake.every(({ live }) => live.some(wanted)), { what: 'an entry on every open map' });
  const subscribed = all.filter(({ subscriptionId }) => subscriptionId !== null);
  const but = (...left: Neighbour[]) => members(subscribed.filter((neighbour) => !left.includes(neighbour)));

  // Raised: on every open map, and on every phone but the reporter's.
  const { incident } = await reporter.phone.report(id, { category: 'fire', severity: 'severe' });
  const about = `${path}/${incident.id}`;
  await everyMap((entry) => entry.type === 'incident.reported' && entry.incident.id === incident.id);
  await eventually(() => whoGot('alert', incident.id).length >= subscribed.length - 1);
  expect(whoGot('alert', incident.id)).toEqual(but(reporter));

  // Somebody who is about to tell the same finds it on their own device, and confirms it instead.
  const known = twice.live.flatMap((entry) => (entry.type === 'incident.reported' ? [entry.incident] : []));
  const near = { category: 'fire', position: { lat: inside.lat + 0.0005, lng: inside.lng } } as const;
  expect(findDuplicates(known, near, Date.now()).map(({ incident: found }) => found.id)).toEqual([
    incident.id,
  ]);
  await send(twice, `${about}/confirmations`, { kind: 'confirm' });
  // Another raises it all the same; a volunteer says that it is the same.
  const { incident: again } = await third.phone.report(id, { ...near, severity: 'severe' });
  await eventually(() => whoGot('alert', again.id).length >= subscribed.length - 1);
  await send(volunteer, `${path}/${again.id}/merge`, { into: incident.id });
  await everyMap((entry) => entry.type === 'incident.closed' && entry.incident.id === again.id);
  await eventually(() => whoGot('correction', again.id).length >= subscribed.length - 1);
  expect(whoGot('correction', again.id)).toEqual(but(third));

  // Seven have seen it, all at once; five who came just now say no, and count for next to nothing.
  const witnesses = [8, 9, 10, 12, 13, 14, 15].map(at);
  await Promise.all([
    ...witnesses.map((each) => send(each, `${about}/confirmations`, { kind: 'confirm' })),
    ...all.slice(25).map((each) => send(each, `${about}/confirmations`, { kind: 'dispute' })),
  ]);
  const { life } = await detail(incident.id);
  expect(credibilityOf(life.confirmations, Date.now(), 'fire')).toEqual({
    ...{ state: 'confirmed', confirms: 8, disputes: 5 },
  });

  // Three answer at once, on both servers: one of them has it, and hands it over.
  const answers = await Promise.all(
    [owner, third, twice].map((each) =>
      send<{ handling: Handling }>(each, `${about}/responses`, { kind: 'acknowledged' }),
    ),
  );
  const has = (await detail(incident.id)).life.handling;
  expect(answers.some(({ handling }) => handling.ownerId === has?.ownerId)).toBe(true);
  const first = [owner, third, twice].find(({ memberId }) => memberId === has?.ownerId) as Neighbour;
  const handed = await send<{ handling: Handling }>(first, `${about}/handling`, { memberId: heir.memberId });
  expect(handed.handling).toMatchObject({ step: 'owned', ownerId: heir.memberId });
  await eventually(() => pushed(heir, incident.id).includes('owned'));

  // Silence: one after the other loses it, then the volunteers are asked, then everyone, then nobody is left.
  const { partition } = neighbourhoodKeys(id);
  const owners: (string | null)[] = [];
  const steps: string[] = [];
  while (steps.at(-1) !== 'exhausted') {
    const { dueAt } = (await detail(incident.id)).life.handling ?? { dueAt: null };
    app.clock.now = (dueAt ?? 0) + 1;
    await runDue(app.deps, partition, {
      handling: handlingTimer(app.deps),
      freshness: freshnessTimer(app.deps),
      witness: untoldTimer(app.deps),
    });
    const { step, ownerId } = (await detail(incident.id)).life.handling as Handling;
    steps.push(step);
    owners.push(ownerId);
  }
  expect(steps).toEqual(['owned', 'owned', 'owned', 'volunteers', 'everyone', 'exhausted']);
  expect(new Set(owners.slice(0, 3))).toEqual(new Set(members([owner, third, twice])));
  await everyMap((entry) => entry.type === 'handling.changed' && entry.handling.step === 'exhausted');
  await eventually(() => whoGot('exhausted', incident.id).length >= subscribed.length);
  await eventually(() => whoGot('everyone', incident.id).length >= subscribed.length - 1);
  await eventually(() => whoGot('volunteers', incident.id).length >= 3);
  expect(whoGot('volunteers', incident.id)).toEqual(members([coordinator, volunteer, heir]));
  expect(whoGot('everyone', incident.id)).toEqual(but(reporter));

  // Those who slept wake up, and know it all; nobody counts them as told of the alert live.
  for (const neighbour of asleep) lookOn(all.indexOf(neighbour), neighbour, id);
  await eventually(() => asleep.every(({ map }) => map?.state === 'live'));
  expect(asleep.every(({ map }) => map?.incidents().includes(incident.id))).toBe(true);

  // Somebody goes after all, and ends it: whoever is on the scene may.
  const helper = at(16);
  await send(helper, `${about}/responses`, { kind: 'on-scene' });
  await send(helper, `${about}/resolution`, { kind: 'resolved', reason: 'The fire brigade has put it out.' });
  const closed = (entry: LogEntry) =>
    entry.type === 'incident.closed' && entry.incident.id === incident.id ? [entry] : [];
  await eventually(() => all.every(({ live }) => live.flatMap(closed).length === 1));
  // The reporter's phone too: it was told that nobody comes.
  await eventually(() => whoGot('correction', incident.id).length >= subscribed.length);
  expect(whoGot('correction', incident.id)).toEqual(but());

  // The devices' own word: whoever was told got it, but for one in a drawer; every third was looked at.
  const isLive = (type: LogEntry['type'], { live }: Neighbour, { id: incidentId }: Incident) =>
    live.some((entry) => entry.type === type && 'incident' in entry && entry.incident?.id === incidentId);
  const toldOfAlert = all.filter(
    (each) =>
      pushed(each, incident.id).length > 0 ||
      (each !== reporter && isLive('incident.reported', each, incident)),
  );
  const toldOfEnd = toldOfAlert.filter(
    (each) =>
      pushed(each, incident.id).includes('correction') ||
      (each !== helper && isLive('incident.closed', each, incident)),
  );
  const word = async (of: 'alert' | 'correction', told: Neighbour[]) => {
    const got = told.filter((_, i) => i !== 4);
    const saw = got.filter((_, i) => i % 3 === 0);
    await Promise.all([
      ...got.map(({ phone }) => phone.must(phone.post(`${about}/seen`, { kind: 'got', of }))),
      ...saw.map(({ phone }) => phone.must(phone.post(`${about}/seen`, { kind: 'saw', of }))),
    ]);
    return { told, got, saw };
  };
  const devices = {
    alert: await word('alert', toldOfAlert),
    correction: await word('correction', toldOfEnd),
  };
  // Nobody told who was asleep without push; the reporter's own phone counts, since it was told that nobody comes.
  expect(members(all.filter((each) => !toldOfAlert.includes(each)))).toEqual(
    members(asleep.filter(({ subscriptionId }) => subscriptionId === null)),
  );
  const counted = ({ told, got, saw }: (typeof devices)['alert']): Receipts => ({
    ...{ told: told.length, got: got.length, saw: saw.length },
  });
  const figures = {
    maps: awake.length - 1,
    phones: subscribed.length - 1,
    alert: counted(devices.alert),
    correction: counted(devices.correction),
  };
  await eventually(() => {
    for (const { map } of all) expect(map?.reach.get(incident.id)).toEqual(figures);
    return true;
  });
  expect((await detail(incident.id)).reach).toEqual(figures);
  // Not only so many: these.
  const { reached } = neighbourhoodKeys(id);
  for (const of of ['alert', 'correction'] as const) {
    const key = reached(incident.id, of, 'told');
    const stored = new Set(asStrings(await app.redis.send(key, 'SMEMBERS', key)));
    // Whoever was not told of the alert counts for nothing in what took it back.
    const counts = (each: Neighbour) => of === 'alert' || toldOfAlert.includes(each);
    const told = all.filter((each) => stored.has(each.deviceId) && counts(each));
    expect(members(told)).toEqual(members(devices[of].told));
  }
  // Every device has the same log.
  const seqs = all.map(({ map }) => map?.entries.at(-1)?.seq);
  expect(new Set(seqs).size).toBe(1);
  expect(push.faults).toEqual([]);
});
