import { isToTell, type Relay } from '../../shared/relays.ts';
import type { NoticeTelling, Tellers } from './notice-telling.ts';
import { about } from './subjects.ts';
import { nobody, these } from './telling.ts';

/** Whom a neighbour without a phone is to be told by. Their name goes to no push service. */
function ofRelay({ id, version, incidentId, state, step, asked }: Relay): NoticeTelling | null {
  const byVolunteers = state === 'asking' && step === 'volunteers';
  if (!isToTell({ state }) || (asked.length === 0 && !byVolunteers)) return null;
  const to = {
    id: incidentId,
    exclude: nobody,
    subject: about('relay', id, (now) => now.version === version),
  };
  if (byVolunteers)
    return {
      ...{ ...to, notice: 'relay-untold' },
      audience: { to: 'roles', roles: ['volunteer', 'coordinator'], and: nobody },
    };
  return {
    ...{ ...to, notice: state === 'ending' ? 'relay-over' : 'relay-asked' },
    audience: { to: 'people', people: these(...asked) },
  };
}

/** Which log entries tell whom of neighbours without a phone: one line for each. */
export const relayTellers: Tellers = {
  'relay.changed': ({ relay }) => ofRelay(relay),
  'pairings.changed': ({ pairingId, buddyId }) =>
    buddyId === null
      ? null
      : {
          notice: 'buddy-asked',
          id: pairingId,
          audience: { to: 'people', people: these(buddyId) },
          exclude: nobody,
          subject: about('pairings', 'all', ({ pairings }) =>
            pairings.some((now) => now.id === pairingId && now.asked === buddyId),
          ),
        },
};
