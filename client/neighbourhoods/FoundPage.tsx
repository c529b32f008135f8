import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { type BoundaryGeometry, MemberName, NeighbourhoodName } from '../../shared/neighbourhoods.ts';
import { locale, t } from '../i18n/i18n.ts';
import { api, session } from '../runtime.ts';
import { TextField } from '../ui/Field.tsx';
import { BoundaryEditor, ground } from '../ui/maps.tsx';
import { nameProblem } from '../ui/names.ts';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';

/** Founding: two names and a boundary. */
export function FoundPage() {
  const { route } = useLocation();
  const [name, setName] = useState('');
  const [memberName, setMemberName] = useState(session.me.value?.memberships[0]?.member.name ?? '');
  const [boundary, setBoundary] = useState<BoundaryGeometry | null>(null);
  const [tried, setTried] = useState(false);

  const found = useCommand(async (key, shape: BoundaryGeometry, named: string, by: string) => {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const joined = await api.found(
      { name: named, boundary: shape, memberName: by, locale: locale.value, timeZone },
      key,
    );
    await session.refresh();
    route(paths.neighbourhood(joined.neighbourhood.id), true);
  });

  const problems = {
    name: nameProblem(NeighbourhoodName, name),
    memberName: nameProblem(MemberName, memberName),
    boundary: boundary === null ? t('found.missingBoundary') : null,
  };

  return (
    <main class="standalone standalone--founding" id="content">
      <form
        class="standalone__form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (boundary && !problems.name && !problems.memberName) found.start(boundary, name, memberName);
          else event.currentTarget.querySelector<HTMLElement>('[aria-invalid]')?.focus();
        }}
      >
        <Page
          title={t('found.title')}
          back={paths.home}
          foot={
            <>
              {found.failure && (
                <p class="failure" role="alert">
                  {found.failure}
                </p>
              )}
              {tried && problems.boundary && !problems.name && !problems.memberName && (
                <p class="failure" role="alert">
                  {problems.boundary}
                </p>
              )}
              <button type="submit" class="button button--primary button--fear" disabled={found.busy}>
                {t('found.submit')}
              </button>
            </>
          }
        >
          <TextField
            label={t('found.name')}
            hint={t('found.nameHint')}
            error={tried ? problems.name : null}
            value={name}
            onValue={setName}
          />
          <TextField
            label={t('found.myName')}
            hint={t('found.myNameHint')}
            error={tried ? problems.memberName : null}
            autocomplete="name"
            value={memberName}
            onValue={setMemberName}
          />
          <h2>{t('found.boundary')}</h2>
          <p class="hint">{t('found.boundaryHint')}</p>
          <div class="frame frame--editor">
            <BoundaryEditor
              {...ground()}
              value={boundary}
              onChange={setBoundary}
              onName={(place) => setName((typed) => (typed.trim() === '' ? place : typed))}
            />
          </div>
        </Page>
      </form>
    </main>
  );
}
