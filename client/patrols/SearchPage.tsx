import { useEffect, useState } from 'preact/hooks';
import { hasWalked, type Search } from '../../shared/home-safe.ts';
import { walkersOf } from '../../shared/patrols.ts';
import type { Id } from '../../shared/text.ts';
import { failureCode } from '../api.ts';
import { t, times } from '../i18n/i18n.ts';
import { EmergencyCall } from '../incidents/EmergencyCall.tsx';
import { api } from '../runtime.ts';
import { CodeField } from '../sos/CodeField.tsx';
import { useSettings } from '../sos/use-settings.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { nameOf, walkerName } from '../ui/member-name.ts';
import { Notice } from '../ui/Notice.tsx';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';
import { maySaySafe } from './searches.ts';

/** Asks the server: a link may lead to what this device does not know, and only it knows of a duress. */
function useDetail(room: OpenRoom, searchId: Id, ownerId: Id | null) {
  const [found, setFound] = useState<'asking' | 'none' | { duress: boolean }>('asking');
  useEffect(() => {
    let wanted = true;
    const load = async () => {
      try {
        const { search, duress } = await api.search(room.id, searchId);
        if (!wanted) return;
        room.state.safety.takeSearch(search);
        setFound({ duress });
      } catch (error) {
        const code = failureCode(error);
        if (wanted && code === 'NOT_FOUND') setFound('none');
      }
    };
    void load();
    return () => {
      wanted = false;
    };
  }, [room, searchId, ownerId]);
  return found;
}

function Facts({ room, search }: { room: OpenRoom; search: Search }) {
  const { rounds, me } = room.state;
  const patrol = rounds.patrols.value.get(search.patrolId);
  const others = (patrol ? walkersOf(patrol) : [])
    .filter((id) => id !== search.memberId)
    .map((id) => nameOf(room, id));
  const ago = (at: number) => times().ago(at, now.value);
  return (
    <>
      <ul class="stack">
        <li>
          {search.lastAt === null
            ? t('search.neverHeard')
            : t('search.lastHeard', { age: ago(search.lastAt) })}
        </li>
        {others.length > 0 && <li>{t('search.with', { names: others.join(', ') })}</li>}
        <li>{t('search.since', { age: ago(search.beganAt) })}</li>
      </ul>
      {search.end === null && (
        <p role="status">
          <strong>
            {search.ownerId === null
              ? t(`search.step-${search.step}`)
              : search.ownerId === me.value?.id
                ? t('search.youLook')
                : t('search.looks', { name: nameOf(room, search.ownerId) })}
          </strong>
        </p>
      )}
    </>
  );
}

/** A walker who does not answer: whom to call first, what is known, and what each can do. */
export function SearchPage({ room, searchId }: { room: OpenRoom; searchId: Id }) {
  const { safety, rounds, me } = room.state;
  const search = safety.searches.value.get(searchId) ?? null;
  const detail = useDetail(room, searchId, search?.ownerId ?? null);
  const { settings } = useSettings(room.id);
  const [code, setCode] = useState('');
  const look = useCommand(async (key: string) => {
    safety.takeSearch((await api.lookFor(room.id, searchId, key)).search);
  });
  const safe = useCommand(async (key: string) => {
    const given = code === '' ? {} : { code };
    safety.takeSearch((await api.sayFound(room.id, searchId, given, key)).search);
    setCode('');
  });
  const back = paths.neighbourhood(room.id);
  const mine = me.value;
  if (search === null || mine === null) {
    return (
      <Page title={t('search.title')} back={back}>
        {detail === 'none' ? <Notice title={t('app.notFound')} /> : <p role="status">{t('app.loading')}</p>}
      </Page>
    );
  }
  const name = walkerName(room, search);
  const own = search.memberId === mine.id;
  const patrol = rounds.patrols.value.get(search.patrolId) ?? null;
  const coded = settings?.hasCodes === true && patrol !== null && hasWalked(patrol, mine.id);
  const failure = look.failure ?? safe.failure;
  if (search.end !== null) {
    return (
      <Page title={t('search.of', { name })} back={back}>
        <p class="well" role="status">
          {t('search.over', { name, age: times().ago(search.end.at, now.value) })}
        </p>
      </Page>
    );
  }
  return (
    <Page title={own ? t('search.mine') : t('search.of', { name })} back={back}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          safe.start();
        }}
      >
        <EmergencyCall />
        {typeof detail === 'object' && detail.duress && (
          <p class="failure" role="alert">
            {t('search.duress')}
          </p>
        )}
        <Facts room={room} search={search} />
        {failure && (
          <p class="failure" role="alert">
            {failure}
          </p>
        )}
        {!own && (search.ownerId === null || search.ownerId === mine.id) && (
          <button
            type="button"
            class="button button--primary button--fear button--wide"
            disabled={look.busy}
            onClick={() => look.start()}
          >
            {t(search.ownerId === null ? 'search.look' : 'search.stillLook')}
          </button>
        )}
        {maySaySafe(search, mine, patrol) && (
          <>
            {coded && <CodeField label={t('sos.code')} value={code} onValue={setCode} />}
            <button
              type="submit"
              class={`button button--fear button--wide${own ? ' button--primary' : ''}`}
              disabled={safe.busy}
            >
              {own ? t('search.iAmSafe') : t('search.safe', { name })}
            </button>
          </>
        )}
      </form>
    </Page>
  );
}
