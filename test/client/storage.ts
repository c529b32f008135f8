import type { Storage } from '../../client/state/storage.ts';

/** What a phone keeps, in memory: the interface's own contract, values copied as IndexedDB does. */
export function memoryStorage(): Storage & { values: Map<string, unknown> } {
  const values = new Map<string, unknown>();
  return {
    values,
    get: async (key) => structuredClone(values.get(key)),
    set: async (key, value) => void values.set(key, structuredClone(value)),
    remove: async (key) => void values.delete(key),
    all: async () => structuredClone(values),
    clear: async () => values.clear(),
  };
}
