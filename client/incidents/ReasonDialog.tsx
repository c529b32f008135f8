import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n/i18n.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { TextArea } from '../ui/Field.tsx';

/** Asks why before something is done that everybody is told of. */
export function ReasonDialog({
  title,
  label,
  hint,
  action,
  command,
  onReason,
  onClose,
  children,
}: {
  title: string;
  label: string;
  hint: string;
  action: string;
  command: { busy: boolean; failure: string | null };
  onReason: (reason: string) => void;
  onClose: () => void;
  /** What is asked first. */
  children?: ComponentChildren;
}) {
  const [reason, setReason] = useState('');
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          onReason(reason);
        }}
      >
        {children}
        <TextArea label={label} hint={hint} error={command.failure} value={reason} onValue={setReason} />
        <div class="buttons">
          <button type="button" class="button" onClick={onClose}>
            {t('app.cancel')}
          </button>
          <button
            type="submit"
            class="button button--primary"
            disabled={command.busy || reason.trim() === ''}
          >
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
