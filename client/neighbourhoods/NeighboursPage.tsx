import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { type Member, Role } from '../../shared/neighbourhoods.ts';
import { t, times } from '../i18n/i18n.ts';
import { api, session } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { Confirm } from '../ui/Dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';
import { AlertStatistics } from './AlertStatistics.tsx';
import { InvitePanel } from './InvitePanel.tsx';
import { KitLine } from './KitPanel.tsx';
import { Retention } from './Retention.tsx';

/** Whether nobody would be left to coordinate the others if this one stepped down. */
function isLastCoordinator(member: Member, members: readonly Member[]): boolean {
  const coordinators = members.filter(({ role }) => role === 'coordinator');
  return members.length > 1 && coordinators.length === 1 && coordinators[0]?.id === member.id;
}

function MemberRow({ member, last, room }: { member: Member; last: boolean; room: OpenRoom }) {
  const me = room.state.me.value;
  const [asking, setAsking] = useState(false);
  const change = useCommand(async (_key: string, role: Role) => {
    await api.changeRole(room.id, member.id, role);
  });
  const remove = useCommand(() => api.removeMember(room.id, member.id));
  const isMe = member.id === me?.id;
  const mayManage = me?.role === 'coordinator';
  const failure = change.failure ?? remove.failure;
  return (
    <li class="row">
      <span class="row__words">
        <span class="row__title">
          {member.name}
          {isMe && <span class="badge">{t('neighbours.you')}</span>}
        </span>
        <span class="hint">
          {!mayManage && `${t(`role.${member.role}`)} · `}
          {t('neighbours.since', { date: times().day(member.joinedAt) })}
        </span>
        <KitLine kit={room.state.kits.value.get(member.id)?.kit ?? []} />
        {failure && (
          <span class="failure" role="alert">
            {failure}
          </span>
        )}
      </span>
      {mayManage && (
        <select
          class="select"
          aria-label={t('neighbours.role', { name: member.name })}
          value={member.role}
          disabled={change.busy || last}
          onChange={(event) => {
            const role = Role.options.find((option) => option === event.currentTarget.value);
            if (role) change.start(role);
          }}
        >
          {Role.options.map((role) => (
            <option key={role} value={role}>
              {t(`role.${role}`)}
            </option>
          ))}
        </select>
      )}
      {mayManage && !isMe && (
        <button
          type="button"
          class="button button--icon"
          aria-label={t('neighbours.removeNamed', { name: member.name })}
          disabled={remove.busy}
          onClick={() => setAsking(true)}
        >
          <Icon name="trash" />
        </button>
      )}
      {asking && (
        <Confirm
          question={t('neighbours.removeNamed', { name: member.name })}
          detail={t('neighbours.removeAsk', { name: member.name })}
          action={t('neighbours.remove')}
          onConfirm={() => remove.start()}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}

function Leave({ room, me, last }: { room: OpenRoom; me: Member; last: boolean }) {
  const { route } = useLocation();
  const [asking, setAsking] = useState(false);
  const name = room.state.neighbourhood.value?.name ?? '';
  const leave = useCommand(async () => {
    await api.removeMember(room.id, me.id);
    await session.refresh();
    route(paths.home, true);
  });
  if (last) return <p class="hint">{t('neighbours.lastCoordinator')}</p>;
  return (
    <>
      <button type="button" class="button button--wide" disabled={leave.busy} onClick={() => setAsking(true)}>
        {t('neighbours.leave')}
      </button>
      {leave.failure && (
        <p class="failure" role="alert">
          {leave.failure}
        </p>
      )}
      {asking && (
        <Confirm
          question={t('neighbours.leave')}
          detail={t('neighbours.leaveAsk', { name })}
          action={t('neighbours.leave')}
          onConfirm={() => leave.start()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

/** Who is here and what they may do; inviting; leaving. */
export function NeighboursPage({ room }: { room: OpenRoom }) {
  const me = room.state.me.value;
  const members = [...room.state.members.value.values()]
    .filter(({ status }) => status === 'active')
    .toSorted((a, b) => a.name.localeCompare(b.name));
  return (
    <Page title={t('nav.neighbours')}>
      <InvitePanel room={room} />
      <section class="stack">
        <h2>{t('neighbours.count', { count: members.length })}</h2>
        <ul class="rows">
          {members.map((member) => (
            <MemberRow
              key={member.id}
              member={member}
              last={isLastCoordinator(member, members)}
              room={room}
            />
          ))}
        </ul>
      </section>
      <AlertStatistics room={room} />
      <Retention room={room} />
      <a class="button button--wide" href={paths.pairings(room.id)}>
        {t('pairings.title')}
      </a>
      <a class="button button--wide" href={paths.summary(room.id)}>
        {t('summary.link')}
      </a>
      <a class="button button--wide" href={paths.drills(room.id)}>
        {t('drill.title')}
      </a>
      <a class="button button--wide" href={paths.decisions(room.id)}>
        {t('decisions.title')}
      </a>
      {me && <Leave room={room} me={me} last={isLastCoordinator(me, members)} />}
    </Page>
  );
}
