import { useLocation } from 'preact-iso/router';
import { useState } from 'preact/hooks';
import { ApiError } from '../api.ts';
import { t } from '../i18n/i18n.ts';
import { api, session } from '../runtime.ts';
import { LanternMark } from '../ui/icons.tsx';
import { Notice } from '../ui/Notice.tsx';
import { PageHeading } from '../ui/PageHeading.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';

/** What linking ends here, where somebody is signed in already. */
function Replaced({ code }: { code: string }) {
  const me = session.me.value;
  if (me === null) return null;
  // The code begins with the id of whoever it signs in.
  if (code.startsWith(`${me.person.id}.`)) return <p class="box">{t('link.already')}</p>;
  const name = me.memberships[0]?.member.name;
  return name === undefined ? null : <p class="box">{t('link.replaces', { name })}</p>;
}

/** What the QR code on my other device opens. A tap is needed: a chat app's preview must not use the code up. */
export function LinkPage({ code }: { code: string }) {
  const { route } = useLocation();
  const [gone, setGone] = useState(false);
  const link = useCommand(async (key) => {
    try {
      await api.useDeviceLink(code, {}, key);
    } catch (error) {
      if (!(error instanceof ApiError && error.problem.code === 'NOT_FOUND')) throw error;
      setGone(true);
      return;
    }
    await session.refresh();
    route(paths.home, true);
  });
  if (gone) {
    return (
      <main class="plain" id="content">
        <Notice title={t('link.gone')}>
          <p>{t('link.goneHint')}</p>
          <a class="button" href={paths.home}>
            {t('app.home')}
          </a>
        </Notice>
      </main>
    );
  }
  return (
    <main class="landing" id="content">
      <div class="landing__mark">
        <LanternMark size={64} />
      </div>
      <PageHeading text={t('link.title')} />
      <p>{t('link.what')}</p>
      <Replaced code={code} />
      {link.failure && (
        <p class="failure" role="alert">
          {link.failure}
        </p>
      )}
      <button
        type="button"
        class="button button--primary button--fear"
        disabled={link.busy}
        onClick={() => link.start()}
      >
        {t('link.submit')}
      </button>
    </main>
  );
}
