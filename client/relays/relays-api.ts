import { PairingChanged, Pairings, RelayChanged, Relays } from '../../shared/relays.ts';
import type { Id } from '../../shared/text.ts';
import type { Calls } from '../handover-api.ts';

const at = (neighbourhoodId: Id) => `/neighbourhoods/${neighbourhoodId}`;

/** The calls about neighbours without a phone. */
export const relaysApi = ({ call }: Calls) => {
  const change = (n: Id, pairingId: Id, what: string, body: object, key: string) =>
    call('POST', `${at(n)}/pairings/${pairingId}/${what}`, PairingChanged, { body, key });
  return {
    pairings: (n: Id) => call('GET', `${at(n)}/pairings`, Pairings),
    addPairing: (n: Id, name: string, key: string) =>
      call('POST', `${at(n)}/pairings`, PairingChanged, { body: { name }, key }),
    askBuddy: (n: Id, pairingId: Id, memberId: Id, key: string) =>
      change(n, pairingId, 'buddies', { memberId }, key),
    answerBuddy: (n: Id, pairingId: Id, accept: boolean, key: string) =>
      change(n, pairingId, 'answer', { accept }, key),
    leavePairing: (n: Id, pairingId: Id, key: string) => change(n, pairingId, 'leave', {}, key),
    endPairing: (n: Id, pairingId: Id, key: string) => change(n, pairingId, 'end', {}, key),
    relays: (n: Id, incidentId: Id) => call('GET', `${at(n)}/incidents/${incidentId}/relays`, Relays),
    sayTold: (n: Id, relayId: Id, key: string) =>
      call('POST', `${at(n)}/relays/${relayId}/told`, RelayChanged, { body: {}, key }),
  };
};
