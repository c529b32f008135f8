import { changedWord } from '../../server/shifts/store.ts';
import type { Redis } from '../../server/redis/client.ts';
import type { Patrol, PatrolChanged, PartnerCodeShown } from '../../shared/patrols.ts';
import type { Phone } from './phone.ts';

/** Members say that they want patrols. */
export async function wantPatrols(redis: Redis, n: string, memberIds: readonly string[]): Promise<void> {
  for (const memberId of memberIds) {
    const [command, key, ...args] = changedWord(n, { memberId, version: 1, word: 'agree', at: 1 }).write;
    await redis.send(key, command, key, ...args);
  }
}

/** Makes this member a volunteer. */
export const volunteer = (founder: Phone, n: string, memberId: string) =>
  founder.must(
    founder.send('PUT', `/api/neighbourhoods/${n}/members/${memberId}/role`, { role: 'volunteer' }),
  );

const path = (n: string, rest = '') => `/api/neighbourhoods/${n}/patrols${rest}`;

export async function startPatrol(phone: Phone, n: string, body: object = {}): Promise<Patrol> {
  return (await phone.must(phone.post<PatrolChanged>(path(n), body))).patrol;
}

/** One comes along with the code that the other's phone shows. */
export async function comeAlong(first: Phone, second: Phone, n: string, id: string): Promise<Patrol> {
  const { code } = await first.must(first.get<PartnerCodeShown>(path(n, `/${id}/code`)));
  return (await second.must(second.post<PatrolChanged>(path(n, `/${id}/walkers`), { code }))).patrol;
}
