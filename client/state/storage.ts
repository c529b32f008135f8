import { clear, createStore, del, entries, get, set } from 'idb-keyval';

/** What this device keeps between visits. Keys are strings, values whatever a structured clone takes. */
export type Storage = {
  get: (key: string) => Promise<unknown>;
  set: (key: string, value: unknown) => Promise<void>;
  remove: (key: string) => Promise<void>;
  all: () => Promise<Map<string, unknown>>;
  clear: () => Promise<void>;
};

/** Where something of one neighbourhood is kept; all of it goes with the membership. */
export const keptKey = (neighbourhoodId: string, ...parts: string[]) =>
  ['n', neighbourhoodId, ...parts].join(':');

/** Deletes what is kept of one neighbourhood. */
export async function forgetKept(storage: Storage, neighbourhoodId: string): Promise<void> {
  const whole = keptKey(neighbourhoodId);
  for (const key of (await storage.all()).keys())
    if (key === whole || key.startsWith(`${whole}:`)) await storage.remove(key);
}

/** IndexedDB under the database's name; opened when first used. Rejects where the browser forbids it. */
export function createStorage(name: string): Storage {
  let opened: ReturnType<typeof createStore> | null = null;
  const store = () => (opened ??= createStore(name, 'kept'));
  return {
    get: async (key) => get<unknown>(key, store()),
    set: async (key, value) => set(key, value, store()),
    remove: async (key) => del(key, store()),
    all: async () => new Map(await entries<string, unknown>(store())),
    clear: async () => clear(store()),
  };
}

/**
 * A browser that forbids storage (a private window, a full disk) still works for this visit: what it does not
 * take is held in memory, and no call ever rejects.
 */
export function withMemory(storage: Storage): Storage {
  const held = new Map<string, unknown>();
  return {
    get: async (key) => (held.has(key) ? held.get(key) : storage.get(key).catch(() => undefined)),
    async set(key, value) {
      try {
        await storage.set(key, value);
        held.delete(key);
      } catch {
        held.set(key, value);
      }
    },
    async remove(key) {
      held.delete(key);
      await storage.remove(key).catch(() => undefined);
    },
    async all() {
      const stored = await storage.all().catch(() => new Map<string, unknown>());
      return new Map([...stored, ...held]);
    },
    async clear() {
      held.clear();
      await storage.clear().catch(() => undefined);
    },
  };
}
