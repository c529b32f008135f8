import { useEffect, useState } from 'preact/hooks';
import { t, times } from '../i18n/i18n.ts';
import { outbox, rooms } from '../runtime.ts';
import { later, now, online } from '../state/browser.ts';
import { updateReady, useNewVersion } from '../push/service-worker.ts';

// A reconnection that takes less than this is nobody's concern.
const patience = 2500;

/** What is not well, in words; nothing while all is well. */
export function StatusBar() {
  const connection = rooms.connection.value;
  // Whoever was removed or signed out is told so in full: no connection would bring the neighbourhood back.
  const well = connection === 'live' || connection === 'not-a-member' || connection === 'signed-out';
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    return well ? undefined : later(patience, () => setLate(true));
  }, [well]);

  const knownAt = rooms.current.value?.state.knownAt.value ?? null;
  const when = knownAt === null ? null : times().since(knownAt, now.value);
  const troubled = !well && (late || !online.value) && rooms.current.value !== null;
  const unavailable = connection === 'unavailable' && online.value;

  return (
    <div class="status" role="status">
      {troubled && (
        <p class="status__line">
          {unavailable
            ? when === null
              ? t('status.unavailable')
              : t('status.unavailableKnown', { when })
            : when === null
              ? t('status.offline')
              : t('status.offlineKnown', { when })}{' '}
          {outbox.letters.value.length === 0 && t('status.outbox')}
        </p>
      )}
      {updateReady.value && (
        <p class="status__line status__line--news">
          {t('app.updateReady')}{' '}
          <button type="button" class="button button--small" onClick={useNewVersion}>
            {t('app.reload')}
          </button>
        </p>
      )}
    </div>
  );
}
