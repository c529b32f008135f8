import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { keepLayout } from '../state/browser.ts';
import { t } from '../i18n/i18n.ts';
import { Icon } from './icons.tsx';

/** The browser's own modal dialog: it keeps the focus, Escape closes it, and the focus returns where it was. */
export function Dialog({
  title,
  onClose,
  children,
}: {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  // At once: whoever is faster than the next picture finds the focus in the dialog, and back where it was.
  useLayoutEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    const goOn = keepLayout();
    element?.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
      goOn();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div class="dialog__body">
        <div class="dialog__head">
          <h2 id={id}>{title}</h2>
          <button type="button" class="button button--icon" aria-label={t('app.close')} onClick={onClose}>
            <Icon name="close" />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}

/** Asks before what cannot be undone. */
export function Confirm({
  question,
  detail,
  action,
  onConfirm,
  onClose,
}: {
  question: string;
  detail?: string | null;
  action: string;
  onConfirm: () => void;
  onClose: () => void;
}) {
  return (
    <Dialog title={question} onClose={onClose}>
      {detail && <p>{detail}</p>}
      <div class="buttons">
        <button type="button" class="button" onClick={onClose}>
          {t('app.cancel')}
        </button>
        <button
          type="button"
          class="button button--primary"
          onClick={() => {
            onClose();
            onConfirm();
          }}
        >
          {action}
        </button>
      </div>
    </Dialog>
  );
}
