import { useEffect, useState } from 'preact/hooks';
import type { DrillDetail, DrillFigures } from '../../shared/drills.ts';
import type { Id } from '../../shared/text.ts';
import { failureCode } from '../api.ts';
import { t, times } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { Icon } from '../ui/icons.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';
import { membersIn, steps } from './view.ts';

/** Asks the server, and again when the drill or its receipts change. */
function useDetail(room: OpenRoom, drillId: Id) {
  const [found, setFound] = useState<DrillDetail | 'asking' | 'none'>('asking');
  const [asked, setAsked] = useState(0);
  const version = room.state.drills.drills.value.get(drillId)?.version ?? 0;
  const reach = room.state.reach.value.get(drillId);
  useEffect(() => {
    let wanted = true;
    const load = async () => {
      try {
        const detail = await api.drill(room.id, drillId);
        if (!wanted) return;
        room.state.drills.take([detail.drill]);
        setFound(detail);
      } catch (error) {
        if (failureCode(error) === 'NOT_FOUND' && wanted) setFound('none');
      }
    };
    void load();
    return () => {
      wanted = false;
    };
  }, [room, drillId, version, reach, asked]);
  return { found, again: () => setAsked(asked + 1) };
}

/** How many members it got how far to. @param over whether what was not taken will not be taken any more */
export function Figures({ figures, over }: { figures: DrillFigures; over: boolean }) {
  return (
    <>
      <p class="drill__reached">
        {t('drill.reached', { count: figures.answered, all: String(membersIn(figures)) })}
      </p>
      <ul class="drill__steps">
        {steps
          .filter((step) => figures[step] > 0)
          .map((step) => (
            <li key={step}>
              <strong>{figures[step]}</strong>{' '}
              {t(step === 'refused' && !over ? 'drill.notYet' : `drill.${step}`)}
            </li>
          ))}
      </ul>
    </>
  );
}

/** One drill: that it is one, what to do, how far it got. */
export function DrillPage({ room, drillId }: { room: OpenRoom; drillId: Id }) {
  const { found, again } = useDetail(room, drillId);
  const seen = useCommand(async (key: string) => {
    await api.sawDrill(room.id, drillId, key);
    again();
  });
  const stop = useCommand(async (key: string) => {
    room.state.drills.take([(await api.endDrill(room.id, drillId, key)).drill]);
  });
  const back = paths.drills(room.id);
  if (typeof found === 'string') {
    return (
      <Page title={t('drill.one')} back={back}>
        {found === 'none' ? <Notice title={t('app.notFound')} /> : <p role="status">{t('app.loading')}</p>}
      </Page>
    );
  }
  const { drill, figures, mine } = found;
  const over = drill.end !== null;
  const failure = seen.failure ?? stop.failure;
  const at = (moment: number) => ({ date: times().day(moment), time: times().clock(moment) });
  return (
    <Page title={t('drill.one')} back={back}>
      <p>
        <strong>{t('drill.running')}</strong>
      </p>
      <p class="hint">
        {over ? t('drill.ended', at(drill.end?.at ?? 0)) : t('drill.until', at(drill.endsAt))}
      </p>
      {!over && (mine === 'accepted' || mine === 'shown') && (
        <button
          type="button"
          class="button button--primary button--fear button--wide"
          disabled={seen.busy}
          onClick={() => seen.start()}
        >
          <Icon name="check" />
          {t('drill.seen')}
        </button>
      )}
      <p class={mine === 'answered' ? 'well' : undefined} role="status">
        {mine === 'answered' && <Icon name="check" />}{' '}
        {t(mine === 'refused' && !over ? 'drill.mine.notYet' : `drill.mine.${mine}`)}
      </p>
      {mine !== 'answered' && (
        <a class="button button--wide" href={paths.me}>
          {t('drill.settings')}
        </a>
      )}
      <section class="stack">
        <h2>{t('drill.figures')}</h2>
        <Figures figures={figures} over={over} />
        <p class="hint">{t('drill.counts')}</p>
      </section>
      {failure && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      {!over && room.state.me.value?.role === 'coordinator' && (
        <button type="button" class="button button--wide" disabled={stop.busy} onClick={() => stop.start()}>
          {t('drill.end')}
        </button>
      )}
    </Page>
  );
}
