import { relayLeaver, relayTimer } from '../../../server/relays/timer.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { runDue } from '../../../server/timers/timers.ts';
import type { LogPage } from '../../../shared/events.ts';
import type { Problem } from '../../../shared/errors.ts';
import type { NamedRelay, Pairing, Relay } from '../../../shared/relays.ts';
import { phoneOf, type TestApp } from '../../support/app.ts';
import { volunteer } from '../../support/patrol-scene.ts';
import { type Phone, street } from '../../support/phone.ts';

export const minute = 60_000;

/** Ada coordinates, Vi is a volunteer, Bo, Cy and Di are residents. */
export async function relayScene(app: TestApp) {
  const at = await street(() => phoneOf(app), ['Vi', 'Bo', 'Cy', 'Di']);
  const [vi, bo, cy, di] = at.neighbours;
  if (!vi || !bo || !cy || !di) throw new Error('nobody lives here');
  await volunteer(at.founder, at.id, vi.member.id);
  const path = `/api/neighbourhoods/${at.id}`;
  const { partition } = neighbourhoodKeys(at.id);
  const timers = {
    relay: relayTimer(app.deps),
    memberLeft: async (...left: [string, string]) => {
      await relayLeaver(app.deps)(...left);
      return null;
    },
  };

  const post = (phone: Phone, rest: string, body: object = {}) =>
    phone.post<Problem & { pairingId: string; relay: Relay }>(`${path}${rest}`, body);
  const toTell = async (phone: Phone, incidentId: string) =>
    (await phone.must(phone.get<{ relays: NamedRelay[] }>(`${path}/incidents/${incidentId}/relays`))).relays;

  return {
    ...{ id: at.id, path, vi, bo, cy, di, post, toTell, partition, timers },
    ada: { phone: at.founder, member: at.founderMember },
    pairings: async (phone: Phone) =>
      (await phone.must(phone.get<{ pairings: Pairing[] }>(`${path}/pairings`))).pairings,
    /** Somebody tells a person from now on. @returns its id */
    add: async (phone: Phone, name = 'Mme Durand') =>
      (await phone.must(post(phone, '/pairings', { name }))).pairingId,
    /** Somebody is asked to be a buddy too, and says yes. */
    second: async (phone: Phone, pairingId: string, other: { phone: Phone; member: { id: string } }) => {
      await phone.must(post(phone, `/pairings/${pairingId}/buddies`, { memberId: other.member.id }));
      await other.phone.must(post(other.phone, `/pairings/${pairingId}/answer`, { accept: true }));
    },
    /** Time goes on by so much, and the server's timers run. */
    pass: async (ms: number) => {
      app.clock.now += ms;
      await runDue(app.deps, partition, timers);
    },
    /** By a coordinator, who is told to everybody at once. */
    alarm: async (over: object = {}) =>
      (await at.founder.report(at.id, { category: 'fire', severity: 'severe', ...over })).incident,
    close: (incidentId: string, kind = 'resolved') =>
      at.founder.must(
        post(at.founder, `/incidents/${incidentId}/resolution`, { kind, reason: 'It is out.' }),
      ),
    told: (phone: Phone, relay: Relay | undefined) => post(phone, `/relays/${relay?.id}/told`),
    /** What devices were told of relays, in order. */
    steps: async () =>
      (await at.founder.must(at.founder.get<LogPage>(`${path}/log?limit=500`))).entries.flatMap((entry) =>
        entry.type === 'relay.changed' ? [`${entry.relay.state} ${entry.relay.step}`] : [],
      ),
    entries: async () => (await at.founder.must(at.founder.get<LogPage>(`${path}/log?limit=500`))).entries,
  };
}
