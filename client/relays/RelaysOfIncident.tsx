import { useEffect, useState } from 'preact/hooks';
import type { Incident } from '../../shared/incidents.ts';
import { isPassedOn, isToTell, type NamedRelay, type Relay } from '../../shared/relays.ts';
import type { Id } from '../../shared/text.ts';
import { failureCode } from '../api.ts';
import { t } from '../i18n/i18n.ts';
import { api, rooms } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { useCommand } from '../ui/use-command.ts';

type About = { incident: Incident; room: OpenRoom };

/** Those of the incident that concern me, with names: asked for when I am asked, since no entry says a name. */
function useRelays({ incident, room }: About): readonly NamedRelay[] {
  const [named, setNamed] = useState<readonly NamedRelay[]>([]);
  const me = room.state.me.value;
  const live = rooms.connection.value === 'live';
  const heard = room.state.relays.heard.value;
  const asks = ({ incidentId, asked, step, state }: Relay) =>
    incidentId === incident.id &&
    (asked.includes(me?.id ?? '') ||
      (state === 'asking' && step === 'volunteers' && me?.role !== 'resident'));
  const news = [...heard.values()]
    .filter(asks)
    .map(({ id }) => id)
    .join();
  const may = isPassedOn(incident);
  useEffect(() => {
    if (!may || !live) return undefined;
    let wanted = true;
    const load = async () => {
      try {
        const { relays } = await api.relays(room.id, incident.id);
        if (wanted) setNamed(relays);
      } catch (error) {
        // The next entry or the next connection asks again.
        failureCode(error);
      }
    };
    void load();
    return () => {
      wanted = false;
    };
  }, [room.id, incident.id, may, live, news]);
  return named.map(({ name, relay }) => {
    const newer = heard.get(relay.id);
    return { name, relay: newer !== undefined && newer.version > relay.version ? newer : relay };
  });
}

function textOf({ name, relay }: NamedRelay, room: OpenRoom): string | null {
  const { state, step, told } = relay;
  if (state === 'asking') return t(step === 'volunteers' ? 'relay.untold' : 'relay.tell', { name });
  if (state === 'ending') return t('relay.over', { name });
  if (told === null) return null;
  if (state === 'over') return t('relay.knowsOver', { name });
  if (told.by === room.state.me.value?.id) return t('relay.iTold', { name });
  const by = room.state.members.value.get(told.by ?? '')?.name ?? t('incident.formerMember');
  return t('relay.told', { by, name });
}

/** Whom without a phone I am to tell of this, and whether somebody has. */
export function RelaysOfIncident({ incident, room }: About) {
  const relays = useRelays({ incident, room });
  const tell = useCommand(async (key: string, relayId: Id) => {
    const { relay } = await api.sayTold(room.id, relayId, key);
    room.state.relays.take([relay]);
  });
  const lines = relays.flatMap((one) => {
    const text = textOf(one, room);
    return text === null ? [] : [{ ...one, text }];
  });
  if (lines.length === 0) return null;
  return (
    <section class="still-so" aria-labelledby="relays-title">
      <h2 id="relays-title" class="panel__subtitle">
        {t('relay.title')}
      </h2>
      {lines.map(({ name, relay, text }) => (
        <div key={relay.id} class="stack">
          <p role="status">{text}</p>
          {isToTell(relay) && (
            <button
              type="button"
              class="button button--primary"
              disabled={tell.busy}
              onClick={() => tell.start(relay.id)}
            >
              {t('relay.doneNamed', { name })}
            </button>
          )}
        </div>
      ))}
      {tell.failure && (
        <p class="failure" role="alert">
          {tell.failure}
        </p>
      )}
    </section>
  );
}
