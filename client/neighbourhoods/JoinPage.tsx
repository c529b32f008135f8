import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { type InvitePreview, MemberName } from '../../shared/neighbourhoods.ts';
import { failureCode } from '../api.ts';
import { locale, t } from '../i18n/i18n.ts';
import { api, session } from '../runtime.ts';
import { failureText } from '../ui/failure.ts';
import { TextField } from '../ui/Field.tsx';
import { LanguageChoice } from '../ui/LanguageChoice.tsx';
import { LanternMark } from '../ui/icons.tsx';
import { nameProblem } from '../ui/names.ts';
import { Notice } from '../ui/Notice.tsx';
import { PageHeading } from '../ui/PageHeading.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';

type Found = InvitePreview | 'gone' | { failure: string } | null;

/** First visit by link: who invites into what, what others will see, one field, one button. */
export function JoinPage({ code }: { code: string }) {
  const { route } = useLocation();
  const known = session.me.value?.memberships[0]?.member.name ?? '';
  const [preview, setPreview] = useState<Found>(null);
  const [attempt, setAttempt] = useState(0);
  const [typed, setTyped] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const memberName = typed ?? known;
  const problem = nameProblem(MemberName, memberName);

  useEffect(() => {
    const load = async () => {
      try {
        setPreview(await api.previewInvite(code));
      } catch (error) {
        setPreview(failureCode(error) === 'NOT_FOUND' ? 'gone' : { failure: failureText(error) });
      }
    };
    setPreview(null);
    void load();
  }, [code, attempt]);

  const join = useCommand(async (key, name: string) => {
    const joined = await api.acceptInvite(code, { memberName: name, locale: locale.value }, key);
    await session.refresh();
    route(paths.neighbourhood(joined.neighbourhood.id), true);
  });

  if (preview === null) return <main class="plain" id="content" aria-busy="true" />;
  if (preview === 'gone' || 'failure' in preview) {
    return (
      <main class="plain" id="content">
        <Notice title={preview === 'gone' ? t('join.gone') : preview.failure}>
          {preview === 'gone' ? (
            <>
              <p>{t('join.goneHint')}</p>
              <a class="button" href={paths.home}>
                {t('app.home')}
              </a>
            </>
          ) : (
            <button type="button" class="button button--primary" onClick={() => setAttempt(attempt + 1)}>
              {t('app.retry')}
            </button>
          )}
        </Notice>
      </main>
    );
  }
  const { invitedByName: inviter, neighbourhoodName: neighbourhood } = preview;
  return (
    <main class="landing" id="content">
      <div class="landing__mark">
        <LanternMark size={64} />
      </div>
      <PageHeading
        text={
          inviter === ''
            ? t('join.titleAlone', { neighbourhood })
            : t('join.title', { inviter, neighbourhood })
        }
      />
      <p>{t('join.what')}</p>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (problem === null) join.start(memberName);
        }}
      >
        <TextField
          label={t('join.name')}
          hint={t('join.see')}
          error={tried ? problem : null}
          autocomplete="name"
          value={memberName}
          onValue={setTyped}
        />
        {session.me.value && <p class="hint">{t('join.asMember')}</p>}
        {join.failure && (
          <p class="failure" role="alert">
            {join.failure}
          </p>
        )}
        <button type="submit" class="button button--primary button--fear" disabled={join.busy}>
          {t('join.submit')}
        </button>
      </form>
      <LanguageChoice />
    </main>
  );
}
