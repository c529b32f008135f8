import { useState } from 'preact/hooks';
import { ApiError } from '../api.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { LanternMark } from '../ui/icons.tsx';
import { Notice } from '../ui/Notice.tsx';
import { PageHeading } from '../ui/PageHeading.tsx';
import { useCommand } from '../ui/use-command.ts';

/** What the link in a mail opens, for anybody who has it: it only ever stops. */
export function StopPage({ code }: { code: string }) {
  const [end, setEnd] = useState<'done' | 'broken' | null>(null);
  const stop = useCommand(async () => {
    try {
      await api.stopWay(code);
      setEnd('done');
    } catch (error) {
      if (!(error instanceof ApiError && error.problem.code === 'NOT_FOUND')) throw error;
      setEnd('broken');
    }
  });
  if (end !== null) {
    return (
      <main class="plain" id="content">
        <Notice title={t(end === 'done' ? 'stop.done' : 'stop.broken')}>
          {end === 'done' && <p>{t('stop.doneHint')}</p>}
        </Notice>
      </main>
    );
  }
  return (
    <main class="landing" id="content">
      <div class="landing__mark">
        <LanternMark size={64} />
      </div>
      <PageHeading text={t('stop.title')} />
      <p>{t('stop.lead')}</p>
      {stop.failure && (
        <p class="failure" role="alert">
          {stop.failure}
        </p>
      )}
      <button
        type="button"
        class="button button--primary button--fear"
        disabled={stop.busy}
        onClick={() => stop.start()}
      >
        {t('stop.submit')}
      </button>
    </main>
  );
}
