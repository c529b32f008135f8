import { signal } from '@preact/signals';
import type { LogEntry } from '../../shared/events.ts';
import type { Relay } from '../../shared/relays.ts';
import type { Id } from '../../shared/text.ts';
import { byId, withNewer } from './newer.ts';

/** Of older ones the server is asked where they are looked at. */
const mostHeard = 500;

/** What was heard since the start of neighbours without a phone: never a name, and nothing of it is kept. */
export function createRelayState() {
  const heard = signal<ReadonlyMap<Id, Relay>>(new Map());
  /** Counts changes of who tells whom. */
  const changes = signal(0);

  const take = (found: readonly Relay[]) => {
    heard.value = new Map([...withNewer(heard.value, found, byId)].slice(-mostHeard));
  };

  return {
    heard,
    changes,
    take,
    /** @returns whether the entry was about them */
    apply(entry: LogEntry): boolean {
      if (entry.type === 'relay.changed') take([entry.relay]);
      else if (entry.type === 'pairings.changed') changes.value += 1;
      else return false;
      return true;
    },
  };
}
