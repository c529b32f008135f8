import { useState } from 'preact/hooks';
import { t } from '../i18n/i18n.ts';
import { api, eraseMe } from '../runtime.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/Field.tsx';
import { useCommand } from '../ui/use-command.ts';

function EraseDialog({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const erase = useCommand(() => eraseMe());
  const word = t('erase.word');
  const sure = typed.trim().toLowerCase() === word;
  return (
    <Dialog title={t('erase.title')} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (sure) erase.start();
        }}
      >
        <p>{t('erase.goes')}</p>
        <p>{t('erase.stays')}</p>
        <p>{t('erase.alone')}</p>
        <p>
          <strong>{t('erase.final')}</strong>
        </p>
        <TextField label={t('erase.type', { word })} value={typed} onValue={setTyped} />
        {erase.failure && (
          <p class="failure" role="alert">
            {erase.failure}
          </p>
        )}
        <div class="buttons">
          <button type="button" class="button" onClick={onClose}>
            {t('app.cancel')}
          </button>
          <button type="submit" class="button button--primary" disabled={!sure || erase.busy}>
            {t('erase.do')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Taking along all that is mine, and being erased. */
export function MyData() {
  const [asking, setAsking] = useState(false);
  return (
    <section class="stack">
      <h2>{t('mine.title')}</h2>
      <p class="hint">{t('mine.hint')}</p>
      <a class="button button--wide" href={api.exportAddress} download="vigie-export.json">
        {t('mine.download')}
      </a>
      <button type="button" class="button button--wide" onClick={() => setAsking(true)}>
        {t('mine.erase')}
      </button>
      {asking && <EraseDialog onClose={() => setAsking(false)} />}
    </section>
  );
}
