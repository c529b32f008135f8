import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogPage } from '../../../../shared/events.ts';
import type { Incident, IncidentPage } from '../../../../shared/incidents.ts';
import { longestWalkMs, walkGraceMs, type WalkAnswer } from '../../../../shared/sos.ts';
import { walkTimer } from '../../../../server/incidents/sos/walk-timer.ts';
import { neighbourhoodKeys } from '../../../../server/redis/keys.ts';
import { runDue } from '../../../../server/timers/timers.ts';
import type { InferOutput } from 'valibot';
import { phoneOf, startApp, type TestApp } from '../../../support/app.ts';
import { type Phone, street } from '../../../support/phone.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const minute = 60 * 1000;
const codes = { cancel: '2468', duress: '1357' };

async function scene() {
  const at = await street(() => phoneOf(test), ['Bo']);
  const [bo] = at.neighbours;
  if (bo === undefined) throw new Error('nobody lives here');
  const path = `/api/neighbourhoods/${at.id}`;
  const log = async () => (await at.founder.must(at.founder.get<LogPage>(`${path}/log`))).entries;
  const sosSeenBy = async (phone: Phone): Promise<Incident[]> => {
    const { incidents } = await phone.must(phone.get<IncidentPage>(`${path}/incidents`));
    return incidents.filter(({ sos }) => sos !== null);
  };
  return {
    ...at,
    bo,
    path,
    log,
    sosSeenBy,
    setOut: (body: object) =>
      bo.phone.send<InferOutput<typeof WalkAnswer>>('PUT', `${path}/walk`, {
        raiseAt: test.clock.now + 10 * minute,
        ...body,
      }),
    home: (body: object = {}) =>
      bo.phone.send<InferOutput<typeof WalkAnswer>>('PUT', `${path}/walk/home`, body),
    mine: async () => (await bo.phone.get<InferOutput<typeof WalkAnswer>>(`${path}/walk`)).body.walk,
    /** Lets time pass on several processes at once. */
    pass: async (ms: number) => {
      test.clock.now += ms;
      const { partition } = neighbourhoodKeys(at.id);
      const timers = { walk: walkTimer(test.deps) };
      await Promise.all([1, 2, 3].map(() => runDue(test.deps, partition, timers)));
    },
  };
}

describe('walking home', () => {
  it('[SO4] raises the SOS where nobody checks in: a minute late, once, with the note and without a place', async () => {
    const { setOut, pass, sosSeenBy, founder, bo, mine, log } = await scene();
    const before = await log();
    expect((await setOut({ note: 'From the station by rue X' })).status).toBe(200);
    await pass(10 * minute);
    await pass(walkGraceMs - 1);
    // Nobody hears that somebody walks home.
    expect(await log()).toEqual(before);
    expect((await mine())?.state).toBe('walking');
    await pass(1);
    await pass(2 * minute);
    const seen = await sosSeenBy(founder);
    expect(seen).toMatchObject([
      {
        reportedBy: bo.member.id,
        description: 'From the station by rue X',
        sos: { startedBy: 'walk', silent: false, told: 'all' },
      },
    ]);
    expect(await sosSeenBy(bo.phone)).toEqual(seen);
    expect((await mine())?.state).toBe('raised');
  });

  it('[SO4] is raised by several processes at once, once; a claim that was lost does it again', async () => {
    const { setOut, sosSeenBy, founder, bo, id, mine, log } = await scene();
    await setOut({});
    test.clock.now += 12 * minute;
    const run = walkTimer(test.deps);
    await Promise.all(Array.from({ length: 8 }, () => run(id, bo.member.id)));
    expect(await sosSeenBy(founder)).toHaveLength(1);
    expect((await log()).filter(({ type }) => type === 'incident.reported')).toHaveLength(1);
    expect(await run(id, bo.member.id)).toBeNull();
    expect((await mine())?.state).toBe('raised');
  });

  it('[SO4] checking in puts it off or ends it; the next walk is another', async () => {
    const { setOut, home, pass, sosSeenBy, founder, mine } = await scene();
    await setOut({});
    await pass(9 * minute);
    await setOut({});
    expect((await mine())?.version).toBe(2);
    await pass(9 * minute);
    expect((await home()).body.walk?.state).toBe('home');
    await pass(60 * minute);
    expect(await sosSeenBy(founder)).toEqual([]);
    await setOut({});
    await pass(12 * minute);
    expect(await sosSeenBy(founder)).toHaveLength(1);
    // Too late to be at home without a word: what it became is ended as an SOS.
    expect((await home()).body.walk?.state).toBe('raised');
  });

  it('[SO4] must end in the future and within twelve hours, and is nobody else’s to see', async () => {
    const { setOut, mine, founder, path } = await scene();
    for (const raiseAt of [test.clock.now, test.clock.now + longestWalkMs + 1, -1])
      expect((await setOut({ raiseAt })).status).toBe(422);
    expect(await mine()).toBeNull();
    await setOut({});
    expect((await founder.get<InferOutput<typeof WalkAnswer>>(`${path}/walk`)).body.walk).toBeNull();
  });

  it('[SO4] of somebody who left raises nothing', async () => {
    const { setOut, pass, sosSeenBy, founder, bo, path } = await scene();
    await setOut({});
    await founder.must(founder.send('DELETE', `${path}/members/${bo.member.id}`));
    await pass(12 * minute);
    expect(await sosSeenBy(founder)).toEqual([]);
  });

  it('[SO7] takes the code; under duress it looks ended or put off, and an SOS runs that its member does not see', async () => {
    for (const what of ['home', 'later'] as const) {
      const tell = async (code: string) => {
        const at = await scene();
        await at.bo.phone.must(at.bo.phone.send('PUT', `${at.path}/sos/codes`, codes));
        await at.setOut({ note: 'By the canal' });
        test.clock.now += minute;
        const wrong = what === 'home' ? await at.home({ code: '0000' }) : await at.setOut({ code: '0000' });
        expect(wrong.status).toBe(403);
        const answer = what === 'home' ? await at.home({ code }) : await at.setOut({ code });
        const { walk } = answer.body;
        const mine = await at.mine();
        expect(mine).toEqual(walk);
        return {
          told: [answer.status, walk?.state, walk?.version, Object.keys(walk ?? {})],
          own: await at.sosSeenBy(at.bo.phone),
          others: await at.sosSeenBy(at.founder),
          direct: async (id: string) => (await at.bo.phone.get(`${at.path}/incidents/${id}`)).status,
        };
      };
      const right = await tell(codes.cancel);
      const duress = await tell(codes.duress);
      expect(duress.told).toEqual(right.told);
      expect([duress.own, right.own, right.others]).toEqual([[], [], []]);
      expect(duress.others).toMatchObject([
        { status: 'open', description: 'By the canal', sos: { silent: true } },
      ]);
      expect(await duress.direct(duress.others[0]?.id ?? '')).toBe(404);
    }
  });
});
