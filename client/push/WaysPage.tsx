import { useEffect, useState } from 'preact/hooks';
import type { Way, Ways } from '../../shared/ways.ts';
import { t } from '../i18n/i18n.ts';
import { api, rooms } from '../runtime.ts';
import { failureText } from '../ui/failure.ts';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { WayForm } from './WayForm.tsx';
import { WayRow } from './WayRow.tsx';

/** By what I am told beside push. */
export function WaysPage() {
  const [known, setKnown] = useState<Ways | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [made, setMade] = useState<{ id: string; secret: string } | null>(null);
  const live = rooms.connection.value === 'live';
  useEffect(() => {
    const load = async () => {
      try {
        setKnown(await api.ways());
        setFailure(null);
      } catch (error) {
        setFailure(failureText(error));
      }
    };
    void load();
  }, [live]);

  const change = (make: (ways: readonly Way[]) => Way[]) =>
    setKnown((now) => now && { ...now, ways: make(now.ways) });

  return (
    <Page title={t('ways.title')} back={paths.me}>
      <p>{t('ways.lead')}</p>
      {failure && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      {known !== null && (
        <>
          {known.ways.length === 0 && <p class="hint">{t('ways.none')}</p>}
          <ul class="ways">
            {known.ways.map((way) => (
              <WayRow
                key={way.id}
                way={way}
                secret={made?.id === way.id ? made.secret : null}
                onChange={(changed) =>
                  change((ways) => ways.map((old) => (old.id === way.id ? changed : old)))
                }
                onRemoved={() => change((ways) => ways.filter(({ id }) => id !== way.id))}
              />
            ))}
          </ul>
          <WayForm
            kinds={known.kinds}
            onAdded={({ way, secret }) => {
              setMade(secret === null ? null : { id: way.id, secret });
              change((ways) => [...ways.filter(({ id }) => id !== way.id), way]);
            }}
          />
        </>
      )}
    </Page>
  );
}
