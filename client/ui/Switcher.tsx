import { useState } from 'preact/hooks';
import { t } from '../i18n/i18n.ts';
import { Snooze } from '../notifications/Snooze.tsx';
import { config, rooms, session } from '../runtime.ts';
import { Dialog } from './Dialog.tsx';
import { Icon, LanternMark } from './icons.tsx';
import { paths } from './routes.ts';

/** The neighbourhood's name, and the way to another one. */
export function Switcher() {
  const [open, setOpen] = useState(false);
  const memberships = session.me.value?.memberships ?? [];
  const room = rooms.current.value;
  const name =
    room?.state.neighbourhood.value?.name ??
    memberships.find(({ neighbourhood }) => neighbourhood.id === room?.id)?.neighbourhood.name ??
    'Vigie';
  return (
    <>
      <button
        type="button"
        class="switcher"
        aria-haspopup="dialog"
        aria-label={t('nav.switch', { name })}
        onClick={() => setOpen(true)}
      >
        <LanternMark />
        <span class="switcher__name">{name}</span>
        <Icon name="chevron" size={20} />
      </button>
      {open && (
        <Dialog title={t('me.neighbourhoods')} onClose={() => setOpen(false)}>
          <ul class="rows">
            {memberships.map(({ neighbourhood, member }) => (
              <li key={neighbourhood.id}>
                <a
                  class="row"
                  href={paths.neighbourhood(neighbourhood.id)}
                  aria-current={neighbourhood.id === room?.id ? 'true' : undefined}
                  onClick={() => setOpen(false)}
                >
                  <span class="row__words">
                    <span class="row__title">{neighbourhood.name}</span>
                    <span class="hint">{t(`role.${member.role}`)}</span>
                  </span>
                  {neighbourhood.id === room?.id && <Icon name="check" />}
                </a>
              </li>
            ))}
          </ul>
          {room && <Snooze neighbourhoodId={room.id} />}
          {config.value?.founding !== 'closed' && (
            <a class="button button--wide" href={paths.found}>
              <Icon name="plus" />
              {t('landing.found')}
            </a>
          )}
        </Dialog>
      )}
    </>
  );
}
