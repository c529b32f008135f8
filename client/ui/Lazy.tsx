import type { ComponentChildren, FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/i18n.ts';

type Loaded<Props> = { component: FunctionComponent<Props> } | 'failed' | null;

/** A component in a chunk of its own: a quiet ground while it loads, words where it cannot be had. */
export function lazily<Props>(load: () => Promise<FunctionComponent<Props>>) {
  let pending: Promise<FunctionComponent<Props>> | null = null;
  return function Lazily(props: Props & { children?: ComponentChildren }) {
    const [loaded, setLoaded] = useState<Loaded<Props>>(null);
    const [attempt, setAttempt] = useState(0);
    useEffect(() => {
      let wanted = true;
      pending ??= load();
      pending.then(
        (component) => wanted && setLoaded({ component }),
        () => {
          pending = null;
          if (wanted) setLoaded('failed');
        },
      );
      return () => {
        wanted = false;
      };
    }, [attempt]);
    if (loaded === null) return <div class="ground" role="status" aria-label={t('app.loading')} />;
    if (loaded === 'failed') {
      return (
        <div class="ground ground--failed" role="status">
          <p>{t('error.NETWORK')}</p>
          <button type="button" class="button" onClick={() => setAttempt(attempt + 1)}>
            {t('app.retry')}
          </button>
        </div>
      );
    }
    const Component = loaded.component;
    return <Component {...props} />;
  };
}
