import * as v from 'valibot';
import type { Storage } from '../state/storage.ts';
import { Offer, type Sent } from './offers.ts';

/** An answer that was given on a lock screen, with what says so there, until the server has it. */
const Letter = v.object({
  offer: Offer,
  until: v.number(),
  tag: v.string(),
  body: v.string(),
  lang: v.string(),
  open: v.string(),
});
export type Letter = v.InferOutput<typeof Letter>;

/** `late`: it waited for longer than it is worth anything; `waits`: no network yet. */
export type Fate = 'done' | 'refused' | 'late' | 'waits';

type Ports = {
  storage: Pick<Storage, 'all' | 'set' | 'remove' | 'clear'>;
  send: (offer: Offer) => Promise<Sent>;
  now: () => number;
};

/**
 * Answers that no network took: kept on the device first, sent in their order, each under its one key. A worker may die
 * at any moment: what it had sent without hearing so is sent again, and done once.
 */
export function createWaiting({ storage, send, now }: Ports) {
  let last: Promise<unknown> = Promise.resolve();

  async function letters(): Promise<Letter[]> {
    const found = [...(await storage.all()).values()].flatMap((stored) => {
      const parsed = v.safeParse(Letter, stored);
      return parsed.success ? [parsed.output] : [];
    });
    return found.toSorted((a, b) => a.until - a.offer.lifeMs - (b.until - b.offer.lifeMs));
  }

  async function sendAll(): Promise<Map<Letter, Fate>> {
    const fates = new Map<Letter, Fate>();
    const waiting = await letters();
    for (const [i, letter] of waiting.entries()) {
      const { offer, until } = letter;
      const sent = now() > until ? 'late' : await send(offer);
      if (sent === 'stranger') {
        // Whose answers these are is not signed in here: nobody else shall send them.
        await storage.clear();
        return new Map([...fates, [letter, 'refused']]);
      }
      if (sent === 'away') {
        // In their order: those behind it wait with it.
        for (const other of waiting.slice(i)) fates.set(other, 'waits');
        return fates;
      }
      await storage.remove(offer.key);
      fates.set(letter, sent);
    }
    return fates;
  }

  /** One pass after the other: what is under way is not sent beside itself. */
  function flush(): Promise<Map<Letter, Fate>> {
    const pass = last.then(sendAll);
    last = pass.catch(() => undefined);
    return pass;
  }

  return {
    flush,
    keep: (letter: Letter): Promise<void> => storage.set(letter.offer.key, letter),
  };
}
