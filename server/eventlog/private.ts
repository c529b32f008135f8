import type { Member } from '../../shared/neighbourhoods.ts';
import { loadScript, type Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { encodeEntity } from './eventlog.ts';

const putScript = loadScript(new URL('./put-private.lua', import.meta.url));

/**
 * Stores the next version of what concerns one member alone, under their id, of which nobody is told.
 * @returns false where it, or the membership, changed meanwhile
 */
export async function putPrivate(
  redis: Redis,
  neighbourhoodId: string,
  member: Member,
  where: { key: string; entity: { version: number }; timer?: { name: string; dueAt: number | null } },
): Promise<boolean> {
  const keys = neighbourhoodKeys(neighbourhoodId);
  const { key, entity, timer } = where;
  const reply = await redis.run(
    putScript,
    [key, keys.members, keys.timers],
    [
      ...[member.id, String(member.version), String(entity.version - 1), encodeEntity(entity)],
      ...[timer?.name ?? '', timer?.dueAt?.toString() ?? ''],
    ],
  );
  return reply === 'stored';
}
