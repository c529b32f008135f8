import { type ConfirmationKind, emptyLife, type IncidentLife } from '../../shared/incident-life.ts';
import type { Incident } from '../../shared/incidents.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { useCommand } from '../ui/use-command.ts';

type AnswerProps = {
  icon: IconName;
  words: string;
  /** Whether this is what I say at the moment. */
  given: boolean;
  busy: boolean;
  onClick: () => void;
};

function Answer({ icon, words, given, busy, onClick }: AnswerProps) {
  return (
    <button type="button" class="answer" aria-pressed={given} aria-disabled={busy} onClick={onClick}>
      <Icon name={icon} size={28} />
      <span>{words}</span>
      {given && (
        <span class="answer__given">
          <Icon name="check" size={16} />
        </span>
      )}
    </button>
  );
}

/** The three big answers to an open incident of somebody else. */
export function AnswerBar({
  incident,
  life,
  room,
}: {
  incident: Incident;
  life: IncidentLife;
  room: OpenRoom;
}) {
  const known = (part: Partial<IncidentLife>) =>
    room.state.detailed({ ...emptyLife(incident.id), ...part }, []);
  const say = useCommand(async (key: string, kind: ConfirmationKind) => {
    const { confirmation } = await api.confirm(room.id, incident.id, { kind }, key);
    known({ confirmations: [confirmation] });
  });
  const go = useCommand(async (key: string) => {
    const { response, handling } = await api.respond(room.id, incident.id, { kind: 'en-route' }, key);
    known({ responses: [response], handling });
  });
  const me = room.state.me.value;
  if (me === null || incident.status === 'closed' || incident.reportedBy === me.id) return null;
  const said = life.confirmations.find(({ memberId }) => memberId === me.id)?.kind;
  const part = life.responses.find(({ memberId }) => memberId === me.id)?.kind;
  const going = part === 'en-route' || part === 'on-scene';
  const busy = say.busy || go.busy;
  const failure = say.failure ?? go.failure;
  return (
    <section class="stack" aria-labelledby="answers-title">
      <h2 id="answers-title" class="panel__subtitle">
        {t('answers.title')}
      </h2>
      <div class="answer-bar">
        <Answer
          icon="eye"
          words={t('answers.confirm')}
          given={said === 'confirm'}
          busy={busy}
          onClick={() => say.start('confirm')}
        />
        <Answer
          icon="walk"
          words={t('answers.going')}
          given={going}
          busy={busy}
          onClick={() => {
            // Giving it up has its own button: a second tap in haste must not.
            if (!going) go.start();
          }}
        />
        <Answer
          icon="close"
          words={t('answers.dispute')}
          given={said === 'dispute'}
          busy={busy}
          onClick={() => say.start('dispute')}
        />
      </div>
      {failure && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
    </section>
  );
}
