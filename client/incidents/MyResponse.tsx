import { useRef, useState } from 'preact/hooks';
import { emptyLife, type IncidentLife, type RespondCommand } from '../../shared/incident-life.ts';
import type { Incident } from '../../shared/incidents.ts';
import { mayFollow } from '../../shared/responding.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { useCommand } from '../ui/use-command.ts';
import { HandOver } from './HandOver.tsx';

const estimates = [5, 10, 20] as const;

/** What I do about it, the steps that may follow, and handing it over. */
export function MyResponse({
  incident,
  life,
  room,
}: {
  incident: Incident;
  life: IncidentLife;
  room: OpenRoom;
}) {
  const [handing, setHanding] = useState(false);
  const [askedAt, setAskedAt] = useState<number | undefined>();
  const said = useRef<HTMLParagraphElement>(null);
  const me = room.state.me.value;
  const answer = useCommand(async (key: string, command: RespondCommand) => {
    const { response, handling } = await api.respond(room.id, incident.id, command, key);
    room.state.detailed({ ...emptyLife(incident.id), responses: [response], handling }, []);
    // The button that was pressed may be gone with the step that it led to.
    said.current?.focus();
  });
  const mine = life.responses.find(({ memberId }) => memberId === me?.id);
  if (me === null || incident.status === 'closed') return null;
  // Where only the server's word was lost, the answer has arrived all the same.
  const failure = mine?.version === askedAt ? answer.failure : null;
  const give = (command: RespondCommand) => {
    setAskedAt(mine?.version);
    answer.start(command);
  };
  const owns = life.handling?.ownerId === me.id;
  const from = mine?.kind ?? (owns ? 'acknowledged' : 'none');
  const mayHandOver = owns || me.role === 'coordinator';
  // "I am going" is one of the three big answers, which whoever reported it is not asked.
  const isReporter = incident.reportedBy === me.id;
  const next = mayFollow[from].filter((kind) => kind !== 'en-route' || isReporter);
  return (
    <section class="stack">
      <h2 class="panel__subtitle">{t('respond.title')}</h2>
      <p ref={said} tabIndex={-1} role="status">
        {t(`respond.state.${from}`)}
      </p>
      {from === 'en-route' && (
        <div class="stack" role="group" aria-label={t('respond.when')}>
          <p class="hint">{t('respond.when')}</p>
          <div class="buttons">
            {estimates.map((etaMinutes) => (
              <button
                key={etaMinutes}
                type="button"
                class="button"
                disabled={answer.busy}
                onClick={() => give({ kind: 'en-route', etaMinutes })}
              >
                {t('respond.minutes', { count: etaMinutes })}
              </button>
            ))}
          </div>
        </div>
      )}
      <div class="answers">
        {next.map((kind, i) => (
          <button
            key={kind}
            type="button"
            class={`button button--wide ${i === 0 && kind !== 'stood-down' ? 'button--primary' : ''}`}
            disabled={answer.busy}
            onClick={() => give({ kind })}
          >
            {t(`respond.${kind}`)}
          </button>
        ))}
        {mayHandOver && (
          <button type="button" class="button button--wide" onClick={() => setHanding(true)}>
            {t('handOver.title')}
          </button>
        )}
      </div>
      {failure && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      {handing && (
        <HandOver incidentId={incident.id} life={life} room={room} onClose={() => setHanding(false)} />
      )}
    </section>
  );
}
