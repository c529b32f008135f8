import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { t } from '../i18n/i18n.ts';
import { config, session } from '../runtime.ts';
import { numbersHere } from '../incidents/emergency.ts';
import { TextField } from '../ui/Field.tsx';
import { Icon, LanternMark } from '../ui/icons.tsx';
import { LanguageChoice } from '../ui/LanguageChoice.tsx';
import { PageHeading } from '../ui/PageHeading.tsx';
import { paths, pathInLink } from '../ui/routes.ts';

function InviteLink() {
  const { route } = useLocation();
  const [text, setText] = useState('');
  const [bad, setBad] = useState(false);
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const path = pathInLink(text);
        if (path === null) setBad(true);
        else route(path);
      }}
    >
      <TextField
        label={t('landing.inviteLabel')}
        hint={t('landing.inviteHint')}
        error={bad ? t('landing.inviteBad') : null}
        inputMode="url"
        value={text}
        onValue={(value) => {
          setText(value);
          setBad(false);
        }}
      />
      <button type="submit" class="button button--primary">
        {t('landing.open')}
      </button>
    </form>
  );
}

/**
 * The first page of somebody who is not signed in: what this is, and the two ways in. `astray` where the address was
 * a neighbourhood's.
 */
export function LandingPage({ astray = false }: { astray?: boolean }) {
  const [asking, setAsking] = useState(false);
  const lost = session.status.value === 'lost';
  const closed = config.value?.founding === 'closed';
  return (
    <main class="landing" id="content">
      <div class="landing__mark">
        <LanternMark size={88} />
      </div>
      <PageHeading text="Vigie" />
      <p class="landing__tagline">{t('app.tagline')}</p>
      {lost && (
        <div class="box" role="alert">
          <p>
            <strong>{t('landing.lost')}</strong>
          </p>
          <p>{t('landing.lostHint')}</p>
        </div>
      )}
      {astray && !lost && session.status.value !== 'unreachable' && (
        <p class="box" role="alert">
          {t('landing.unknown')}
        </p>
      )}
      {session.status.value === 'unreachable' && (
        <p class="failure" role="alert">
          {t('error.NETWORK')}
        </p>
      )}
      <p>{t('landing.lead')}</p>
      <ul class="points">
        {(['landing.pointOne', 'landing.pointTwo', 'landing.pointThree'] as const).map((key) => (
          <li key={key}>
            <Icon name="check" size={20} />
            <span>{t(key)}</span>
          </li>
        ))}
      </ul>
      <div class="landing__ways">
        {closed ? (
          <p class="hint">{t('landing.closed')}</p>
        ) : (
          <a class="button button--primary button--fear" href={paths.found}>
            {t('landing.found')}
          </a>
        )}
        {asking ? (
          <InviteLink />
        ) : (
          <button type="button" class="button button--wide" onClick={() => setAsking(true)}>
            <Icon name="link" />
            {t('landing.invited')}
          </button>
        )}
      </div>
      <p class="hint">{t('landing.emergency', { number: numbersHere().general })}</p>
      <LanguageChoice />
      {session.me.value && <a href={paths.me}>{t('me.title')}</a>}
    </main>
  );
}
