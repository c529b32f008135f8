import { useEffect, useRef, useState } from 'preact/hooks';
import type { Invite, InviteCreated } from '../../shared/neighbourhoods.ts';
import { failureCode } from '../api.ts';
import { t, times } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { Choices } from '../ui/Choices.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Icon } from '../ui/icons.tsx';
import { QrCode } from '../ui/QrCode.tsx';
import { useCommand } from '../ui/use-command.ts';

function Made({ made, name }: { made: InviteCreated; name: string }) {
  const shown = useRef<HTMLDivElement>(null);
  // The button that made it is gone.
  useEffect(() => shown.current?.focus(), []);
  const share = { title: 'Vigie', text: t('invite.shareText', { name }), url: made.url };
  return (
    <div ref={shown} class="made" tabIndex={-1}>
      <QrCode text={made.url} label={t('invite.qr')} />
      <p class="made__url">{made.url}</p>
      <p class="hint">{t('invite.until', { date: times().moment(made.expiresAt) })}</p>
      <div class="buttons">
        {'share' in navigator && (
          <button
            type="button"
            class="button button--primary"
            onClick={() => {
              // Closing the share sheet is no failure.
              void navigator.share(share).catch(() => undefined);
            }}
          >
            <Icon name="share" />
            {t('invite.share')}
          </button>
        )}
        <CopyButton text={made.url} label={t('invite.copy')} done={t('invite.copied')} icon="link" />
      </div>
    </div>
  );
}

function InviteRow({ invite, room }: { invite: Invite; room: OpenRoom }) {
  const me = room.state.me.value;
  const by = room.state.members.value.get(invite.invitedBy);
  const revoke = useCommand(() => api.revokeInvite(room.id, invite.id));
  return (
    <li class="row">
      <span class="row__words">
        <span>
          {t('invite.uses', { uses: String(invite.uses), count: invite.maxUses })}
          {by && by.id !== me?.id && ` · ${t('invite.by', { name: by.name })}`}
        </span>
        <span class="hint">{t('invite.until', { date: times().moment(invite.expiresAt) })}</span>
        {revoke.failure && (
          <span class="failure" role="alert">
            {revoke.failure}
          </span>
        )}
      </span>
      {(invite.invitedBy === me?.id || me?.role === 'coordinator') && (
        <button type="button" class="button" disabled={revoke.busy} onClick={() => revoke.start()}>
          {t('invite.revoke')}
        </button>
      )}
    </li>
  );
}

/** Inviting: a link and a code on the screen, and the links that still work. */
export function InvitePanel({ room }: { room: OpenRoom }) {
  const [uses, setUses] = useState<'one' | 'many'>('one');
  const [made, setMade] = useState<InviteCreated | null>(null);
  const create = useCommand(async (key, maxUses: number) => {
    setMade(await api.createInvite(room.id, { maxUses }, key));
  });

  useEffect(() => {
    const load = async () => {
      try {
        room.state.takeInvites((await api.invites(room.id)).invites);
      } catch (error) {
        // The list is a convenience: what the log tells of still shows.
        failureCode(error);
      }
    };
    void load();
  }, [room.id, made]);

  const working = [...room.state.invites.value.values()]
    .filter(
      ({ revoked, uses: used, maxUses, expiresAt }) => !revoked && used < maxUses && expiresAt > now.value,
    )
    .toSorted((a, b) => b.createdAt - a.createdAt);
  return (
    <section class="stack box">
      <h2>{t('invite.title')}</h2>
      <p class="hint">{t('invite.lead')}</p>
      {made ? (
        <>
          <Made made={made} name={room.state.neighbourhood.value?.name ?? ''} />
          <button type="button" class="button button--wide" onClick={() => setMade(null)}>
            {t('invite.another')}
          </button>
        </>
      ) : (
        <>
          <Choices
            legend={t('invite.title')}
            hiddenLegend
            value={uses}
            options={[
              { value: 'one', label: t('invite.one') },
              { value: 'many', label: t('invite.many') },
            ]}
            onValue={setUses}
          />
          <button
            type="button"
            class="button button--primary button--wide"
            disabled={create.busy}
            onClick={() => create.start(uses === 'one' ? 1 : 20)}
          >
            <Icon name="qr" />
            {t('invite.create')}
          </button>
        </>
      )}
      {create.failure && (
        <p class="failure" role="alert">
          {create.failure}
        </p>
      )}
      {working.length > 0 && (
        <details>
          <summary>
            {t('invite.listTitle')} ({working.length})
          </summary>
          <ul class="rows">
            {working.map((invite) => (
              <InviteRow key={invite.id} invite={invite} room={room} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
