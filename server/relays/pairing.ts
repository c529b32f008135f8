import type { ErrorCode } from '../../shared/errors.ts';
import type { Member } from '../../shared/neighbourhoods.ts';
import {
  mostBuddies,
  mostOfBuddy,
  mostPairings,
  type Pairing,
  type PairingBook,
} from '../../shared/relays.ts';

type Refusal = { ok: false; code: ErrorCode; path: string; message: string };
/** `asked`: who is to be told that they were asked to be a buddy. */
type Decided = { ok: true; book: PairingBook; pairingId: string; asked: string | null };

const refuse = (code: ErrorCode, message: string, path = ''): Refusal => ({ ok: false, code, path, message });
const notHere = refuse('NOT_FOUND', 'is not there');

const isFull = ({ pairings }: PairingBook, memberId: string): boolean =>
  pairings.filter(({ buddyIds }) => buddyIds.includes(memberId)).length >= mostOfBuddy;

function withPairing(book: PairingBook, pairing: Pairing, asked: string | null = null): Decided {
  const pairings = book.pairings.map((one) => (one.id === pairing.id ? pairing : one));
  return { ok: true, book: { version: book.version + 1, pairings }, pairingId: pairing.id, asked };
}

const find = ({ pairings }: PairingBook, id: string): Pairing | null =>
  pairings.find((one) => one.id === id) ?? null;

/** Whether a member may know of a pairing: who it is of, or was asked to be, and whoever coordinates. */
export const maySee = ({ buddyIds, asked }: Pairing, { id, role }: Pick<Member, 'id' | 'role'>): boolean =>
  role === 'coordinator' || buddyIds.includes(id) || asked === id;

/** A member tells somebody from now on. */
export function add(
  book: PairingBook,
  { id, name, by, at }: { id: string; name: string; by: string; at: number },
): Refusal | Decided {
  if (isFull(book, by)) return refuse('CONFLICT', `${mostOfBuddy} at most`);
  if (book.pairings.length >= mostPairings) return refuse('CONFLICT', 'the neighbourhood has no more');
  const pairing: Pairing = { id, name, buddyIds: [by], asked: null, at };
  const pairings = [...book.pairings, pairing];
  return { ok: true, book: { version: book.version + 1, pairings }, pairingId: id, asked: null };
}

/** Somebody is asked to be a buddy too; whoever was asked before is asked no more. */
export function ask(
  book: PairingBook,
  pairingId: string,
  actor: Member,
  other: Member | null,
): Refusal | Decided {
  const pairing = find(book, pairingId);
  if (pairing === null || !maySee(pairing, actor)) return notHere;
  if (actor.role !== 'coordinator' && !pairing.buddyIds.includes(actor.id))
    return refuse('FORBIDDEN', 'answer first');
  if (other?.status !== 'active') return refuse('INVALID_INPUT', 'is no neighbour', 'memberId');
  if (pairing.buddyIds.includes(other.id)) return refuse('CONFLICT', 'is one already');
  if (pairing.buddyIds.length >= mostBuddies) return refuse('CONFLICT', `${mostBuddies} at most`);
  return withPairing(book, { ...pairing, asked: other.id }, other.id);
}

/** Who was asked says whether they will. */
export function answer(
  book: PairingBook,
  pairingId: string,
  memberId: string,
  accept: boolean,
): Refusal | Decided {
  const pairing = find(book, pairingId);
  if (pairing === null || pairing.asked !== memberId) return notHere;
  if (!accept) return withPairing(book, { ...pairing, asked: null });
  if (isFull(book, memberId)) return refuse('CONFLICT', `${mostOfBuddy} at most`);
  return withPairing(book, { ...pairing, asked: null, buddyIds: [...pairing.buddyIds, memberId] });
}

const withoutBuddy = (pairing: Pairing, memberId: string): Pairing => ({
  ...pairing,
  buddyIds: pairing.buddyIds.filter((id) => id !== memberId),
  asked: pairing.asked === memberId ? null : pairing.asked,
});

/** A buddy cannot any more: it stays with the other, or waits for one, and volunteers are asked meanwhile. */
export function leave(book: PairingBook, pairingId: string, memberId: string): Refusal | Decided {
  const pairing = find(book, pairingId);
  return pairing?.buddyIds.includes(memberId) ? withPairing(book, withoutBuddy(pairing, memberId)) : notHere;
}

/** They are told no more: as they wish, by the word of a buddy or of a coordinator. */
export function end(book: PairingBook, pairingId: string, actor: Member): Refusal | Decided {
  const pairing = find(book, pairingId);
  if (pairing === null || !maySee(pairing, actor)) return notHere;
  if (actor.role !== 'coordinator' && !pairing.buddyIds.includes(actor.id))
    return refuse('FORBIDDEN', 'answer first');
  const pairings = book.pairings.filter(({ id }) => id !== pairingId);
  return { ok: true, book: { version: book.version + 1, pairings }, pairingId, asked: null };
}

/** Without a member who is no neighbour any more; null where they are in none. */
export function withoutMember(book: PairingBook, memberId: string): PairingBook | null {
  const names = ({ buddyIds, asked }: Pairing) => buddyIds.includes(memberId) || asked === memberId;
  if (!book.pairings.some(names)) return null;
  return {
    version: book.version + 1,
    pairings: book.pairings.map((one) => (names(one) ? withoutBuddy(one, memberId) : one)),
  };
}
