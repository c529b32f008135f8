import { useEffect, useState } from 'preact/hooks';
import { FollowMode, type Following } from '../../shared/following.ts';
import type { IncidentLife } from '../../shared/incident-life.ts';
import type { Id } from '../../shared/text.ts';
import { failureCode } from '../api.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { Choices } from '../ui/Choices.tsx';
import { useCommand } from '../ui/use-command.ts';

/** What of an incident reaches one's own phone; nothing is shown before the server has said how it is. */
export function FollowChoice({
  incidentId,
  life,
  room,
}: {
  incidentId: Id;
  life: IncidentLife;
  room: OpenRoom;
}) {
  const [following, setFollowing] = useState<Following | null>(null);
  const follow = useCommand(async (_: string, mode: FollowMode) => {
    setFollowing(await api.follow(room.id, incidentId, mode));
  });
  const me = room.state.me.value?.id;
  const answer = life.responses.find(({ memberId }) => memberId === me)?.kind;

  useEffect(() => {
    let here = true;
    const load = async () => {
      try {
        const told = await api.following(room.id, incidentId);
        if (here) setFollowing(told);
      } catch (error) {
        // Without an answer there is nothing to choose from.
        failureCode(error);
      }
    };
    void load();
    return () => {
      here = false;
    };
    // Who takes part follows it, until they stand down.
  }, [room.id, incidentId, answer]);

  if (following === null) return null;
  return (
    <section class="stack">
      <Choices<FollowMode>
        legend={t('follow.title')}
        value={following.mode}
        options={FollowMode.options.map((value) => ({ value, label: t(`follow.${value}`) }))}
        onValue={follow.start}
      />
      {following.mode === 'muted' && <p class="hint">{t('follow.mutedHint')}</p>}
      {follow.failure && (
        <p class="failure" role="alert">
          {follow.failure}
        </p>
      )}
    </section>
  );
}
