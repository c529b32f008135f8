import type { Id } from '../../shared/text.ts';

/** A copy with these in it, wherever they are newer than what was known. */
export function withNewer<Entity extends { version: number }>(
  known: ReadonlyMap<Id, Entity>,
  entities: Iterable<Entity>,
  idOf: (entity: Entity) => Id,
): ReadonlyMap<Id, Entity> {
  let next: Map<Id, Entity> | null = null;
  for (const entity of entities) {
    const id = idOf(entity);
    const version = (next ?? known).get(id)?.version ?? -1;
    if (entity.version <= version) continue;
    next ??= new Map(known);
    next.set(id, entity);
  }
  return next ?? known;
}

export const byId = ({ id }: { id: Id }): Id => id;

export function without<Value>(map: ReadonlyMap<Id, Value>, ids: readonly Id[]): ReadonlyMap<Id, Value> {
  const next = new Map(map);
  for (const id of ids) next.delete(id);
  return next.size === map.size ? map : next;
}
