import type { Socket } from 'socket.io';
import type { Session } from '../auth/session.ts';
import { Lane } from './broadcast.ts';

export type Ticket = symbol;

/** One device's connection: who it is, the way out to it, and the rooms it is in or about to be in. */
export type Link = {
  readonly engine: Socket['conn'];
  readonly lane: Lane;
  readonly session: Session;
  /** Begins a join; it takes the place of an earlier one that is still under way. */
  begin(neighbourhoodId: string): Ticket;
  /** Whether nothing came after that join: no other join, no leave, no end of the membership. */
  holds(neighbourhoodId: string, ticket: Ticket): boolean;
  left(neighbourhoodId: string): void;
  neighbourhoodIds(): string[];
  /** Counts a message from the client. @param now monotonic milliseconds @returns false where it sends too many */
  admits(now: number): boolean;
};

const messages = 20;
const windowMs = 10_000;

export function createLink(engine: Socket['conn'], session: Session): Link {
  const tickets = new Map<string, Ticket>();
  let windowFrom = Number.NEGATIVE_INFINITY;
  let counted = 0;
  return {
    engine,
    session,
    lane: new Lane(engine),
    begin(neighbourhoodId) {
      const ticket: Ticket = Symbol(neighbourhoodId);
      tickets.set(neighbourhoodId, ticket);
      return ticket;
    },
    holds: (neighbourhoodId, ticket) => tickets.get(neighbourhoodId) === ticket,
    left: (neighbourhoodId) => void tickets.delete(neighbourhoodId),
    neighbourhoodIds: () => [...tickets.keys()],
    admits(now) {
      if (now - windowFrom >= windowMs) {
        windowFrom = now;
        counted = 0;
      }
      counted += 1;
      return counted <= messages;
    },
  };
}
