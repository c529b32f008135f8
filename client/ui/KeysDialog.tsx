import { t } from '../i18n/i18n.ts';
import { Dialog } from './Dialog.tsx';

/** What the keyboard can do. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  const keys = [
    ['/', t('keys.search')],
    ['n', t('keys.alert')],
    ['↑ ↓', t('keys.arrows')],
    ['Enter', t('keys.open')],
    ['Esc', t('keys.escape')],
    ['?', t('keys.help')],
  ];
  return (
    <Dialog title={t('keys.title')} onClose={onClose}>
      <dl class="keys">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
