import type { ComponentChildren } from 'preact';
import { useErrorBoundary } from 'preact/hooks';
import { t } from '../i18n/i18n.ts';
import { Notice } from './Notice.tsx';

/** Whatever breaks below shows words and a way on, never a white page. */
export function ErrorBoundary({ children }: { children: ComponentChildren }) {
  // The browser's console and its developer tools learn of it as of any other error.
  const [error] = useErrorBoundary((caught: unknown) => reportError(caught));
  if (error === undefined) return <>{children}</>;
  return (
    <main class="plain">
      <Notice title={t('app.broken')}>
        <button type="button" class="button button--primary" onClick={() => location.assign('/')}>
          {t('app.reload')}
        </button>
      </Notice>
    </main>
  );
}
