import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/i18n.ts';

/** Why words wait that describe somebody by origin, skin or religion; and the way to say what was done instead. */
export function HeldNotice({ onSayWhat }: { onSayWhat: () => void }) {
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => notice.current?.focus(), []);
  return (
    <div ref={notice} class="held" role="alert" tabIndex={-1}>
      <h2>{t('held.title')}</h2>
      <p>{t('held.why')}</p>
      <p>{t('held.instead')}</p>
      <button type="button" class="button button--wide" onClick={onSayWhat}>
        {t('held.sayWhat')}
      </button>
    </div>
  );
}
