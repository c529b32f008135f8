import type { Id } from '../../shared/text.ts';
import { t, times } from '../i18n/i18n.ts';
import { now } from '../state/browser.ts';
import { type PreferencesHeld, usePreferences } from './use-preferences.ts';

/** Being left alone for an hour or until the morning, and the way back. */
export function SnoozeChoice({ held }: { held: PreferencesHeld }) {
  const { preferences, snooze } = held;
  const until = preferences?.snoozedUntil ?? null;
  const isSnoozed = until !== null && until > now.value;
  return (
    <section class="stack">
      <h2>{t('snooze.title')}</h2>
      <p class="hint" role="status">
        {isSnoozed && t('snooze.until', { time: times().clock(until) })}
      </p>
      <div class="buttons">
        {(isSnoozed ? (['nothing'] as const) : (['hour', 'morning'] as const)).map((how) => (
          <button
            key={how}
            type="button"
            class="button"
            disabled={snooze.busy || preferences === null}
            onClick={() => snooze.start(how)}
          >
            {how === 'nothing' ? t('snooze.end') : t(`snooze.${how}`)}
          </button>
        ))}
      </div>
    </section>
  );
}

/** The same where nothing else of it is shown, as in the top bar's menu. */
export function Snooze({ neighbourhoodId }: { neighbourhoodId: Id }) {
  const held = usePreferences(neighbourhoodId);
  return (
    <>
      <SnoozeChoice held={held} />
      {held.failure && (
        <p class="failure" role="alert">
          {held.failure}
        </p>
      )}
    </>
  );
}
