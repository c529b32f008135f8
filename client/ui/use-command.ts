import { useRef, useState } from 'preact/hooks';
import { t } from '../i18n/i18n.ts';
import { newKey } from '../state/new-key.ts';
import { failureText } from './failure.ts';

/**
 * A command behind a button: not twice at once, its failure in words, and the same Idempotency-Key for as long as
 * the same thing is tried again.
 */
export function useCommand<Args extends unknown[]>(run: (key: string, ...args: Args) => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const attempt = useRef<{ key: string; of: string } | null>(null);

  async function start(...args: Args): Promise<void> {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      const of = JSON.stringify(args);
      if (attempt.current?.of !== of) attempt.current = { key: newKey(), of };
      await run(attempt.current.key, ...args);
      attempt.current = null;
    } catch (error) {
      // A fault of our own is thrown again for the console; the person must not press a button in vain either.
      setFailure(t('app.broken'));
      setFailure(failureText(error));
    } finally {
      setBusy(false);
    }
  }

  return {
    busy,
    failure,
    start: (...args: Args) => {
      void start(...args);
    },
    clear: () => setFailure(null),
  };
}
