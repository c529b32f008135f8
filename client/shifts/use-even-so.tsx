import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n/i18n.ts';
import { Confirm } from '../ui/Dialog.tsx';
import { failureText } from '../ui/failure.ts';
import { useCommand } from '../ui/use-command.ts';
import { isWarning } from './use-sign-up.ts';

/** A command that may be warned of, much in one go or little rest: then it is asked about first. */
export function useEvenSo(run: (key: string, evenSo: boolean) => Promise<void>) {
  const [warning, setWarning] = useState<string | null>(null);
  const command = useCommand(async (key: string, evenSo: boolean) => {
    try {
      await run(key, evenSo);
    } catch (error) {
      if (!isWarning(error)) throw error;
      setWarning(failureText(error));
    }
  });
  const question: JSX.Element | null =
    warning === null ? null : (
      <Confirm
        question={warning}
        action={t('shift.evenSo')}
        onConfirm={() => command.start(true)}
        onClose={() => setWarning(null)}
      />
    );
  return {
    busy: command.busy,
    failure: command.failure,
    start: () => command.start(false),
    question,
  };
}
