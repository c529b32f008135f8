import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { Position } from '../../shared/geo.ts';
import { kit, KitId } from '../../shared/kit.ts';
import { fewestNeeded, mostPlaces } from '../../shared/shifts.ts';
import type { Id } from '../../shared/text.ts';
import { locale, t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { Choices } from '../ui/Choices.tsx';
import { TextArea, TextField } from '../ui/Field.tsx';
import { AddressSearch, ground, PositionPicker } from '../ui/maps.tsx';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';
import {
  draftOfSeries,
  draftOfShift,
  emptyDraft,
  type PlanDraft,
  seriesCommandOf,
  shiftCommandOf,
} from './plan-draft.ts';
import { Way } from './Way.tsx';
import { WhenFields } from './WhenFields.tsx';
import { whenIn } from './when.ts';

type Change = (change: Partial<PlanDraft>) => void;

function Where({ room, draft, onChange }: { room: OpenRoom; draft: PlanDraft; onChange: Change }) {
  const [goTo, setGoTo] = useState<{ position: Position } | null>(null);
  const boundary = room.state.neighbourhood.value?.boundary;
  const { basemap } = ground();
  if (!boundary) return null;
  return (
    <section class="stack">
      <h2>{t('plan.meeting')}</h2>
      {basemap?.kind === 'vector' && (
        <AddressSearch
          basemap={basemap}
          boundary={boundary}
          near={draft.position}
          onChoose={(position) => setGoTo({ position })}
        />
      )}
      <div class="frame frame--tall">
        <PositionPicker
          {...ground()}
          boundary={boundary}
          value={draft.position}
          goTo={goTo}
          onChange={(position, inside) => onChange({ position: inside ? position : null })}
        />
      </div>
      <TextField
        label={t('plan.words')}
        hint={t('plan.wordsHint')}
        value={draft.words}
        onValue={(words) => onChange({ words })}
      />
    </section>
  );
}

const counts = Array.from({ length: mostPlaces - fewestNeeded + 1 }, (_, i) => fewestNeeded + i);

function Count({
  label,
  value,
  least,
  onValue,
}: {
  label: string;
  value: number;
  least: number;
  onValue: (value: number) => void;
}) {
  return (
    <label class="field">
      <span class="field__label">{label}</span>
      <select class="select" value={value} onChange={(event) => onValue(Number(event.currentTarget.value))}>
        {counts
          .filter((count) => count >= least)
          .map((count) => (
            <option key={count} value={count}>
              {t('plan.people', { count })}
            </option>
          ))}
      </select>
    </label>
  );
}

function Wanted({ draft, onChange }: { draft: PlanDraft; onChange: Change }) {
  const toggle = (id: KitId, is: boolean) =>
    onChange({ kit: KitId.options.filter((one) => (one === id ? is : draft.kit.includes(one))) });
  return (
    <details class="box">
      <summary>{t('plan.kit')}</summary>
      <fieldset class="choices">
        <legend class="unseen">{t('plan.kit')}</legend>
        {KitId.options.map((id) => (
          <label key={id} class="check">
            <input
              type="checkbox"
              checked={draft.kit.includes(id)}
              onChange={(event) => toggle(id, event.currentTarget.checked)}
            />
            <span>{kit[id].words[locale.value]}</span>
          </label>
        ))}
      </fieldset>
    </details>
  );
}

/** What is changed, as it is now; null where it is not known here. */
function draftFor(room: OpenRoom, shiftId: Id | null, seriesId: Id | null): PlanDraft | null {
  const when = whenIn(room.state.neighbourhood.value?.timeZone ?? 'UTC');
  const today = when.date(now.value);
  if (shiftId !== null) {
    const shift = room.state.rota.shifts.value.get(shiftId);
    return shift === undefined ? null : draftOfShift(shift, when);
  }
  if (seriesId !== null) {
    const series = room.state.rota.series.value.get(seriesId);
    return series === undefined ? null : draftOfSeries(series, today);
  }
  return emptyDraft(today);
}

function titleOf(shiftId: Id | null, seriesId: Id | null): string {
  if (shiftId !== null) return t('plan.change');
  return seriesId === null ? t('plan.title') : t('plan.changeSeries');
}

/** Planning a shift or a series, and changing one. */
export function PlanPage({
  room,
  shiftId,
  seriesId,
}: {
  room: OpenRoom;
  shiftId: Id | null;
  seriesId: Id | null;
}) {
  const { route } = useLocation();
  const timeZone = room.state.neighbourhood.value?.timeZone ?? 'UTC';
  const [draft, setDraft] = useState<PlanDraft | null>(() => draftFor(room, shiftId, seriesId));
  // After a reload the neighbourhood is known a moment later.
  const isKnown = room.state.neighbourhood.value !== null;
  useEffect(() => {
    if (isKnown) setDraft((before) => before ?? draftFor(room, shiftId, seriesId));
  }, [isKnown]);
  const save = useCommand(async (key: string, of: PlanDraft) => {
    const command = shiftCommandOf(of, timeZone);
    const series = seriesCommandOf(of);
    if (of.how === 'weekly' && series !== null) {
      const answer =
        seriesId === null
          ? await api.planSeries(room.id, series, key)
          : await api.changeSeries(room.id, seriesId, series, key);
      room.state.rota.takeSeries([answer.series]);
      route(paths.patrols(room.id));
    } else if (command !== null) {
      const { shift } =
        shiftId === null
          ? await api.planShift(room.id, command, key)
          : await api.changeShift(room.id, shiftId, command, key);
      room.state.rota.take([shift]);
      route(paths.shift(room.id, shift.id));
    }
  });
  const back = shiftId === null ? paths.patrols(room.id) : paths.shift(room.id, shiftId);
  const title = titleOf(shiftId, seriesId);
  const role = room.state.me.value?.role ?? 'resident';
  if (draft === null || role === 'resident') {
    return (
      <Page title={title} back={back}>
        <p>{role === 'resident' ? t('plan.notAllowed') : t('shift.gone')}</p>
      </Page>
    );
  }
  const onChange: Change = (change) => setDraft((before) => before && { ...before, ...change });
  const changes = shiftId !== null || seriesId !== null;
  const command = draft.how === 'weekly' ? seriesCommandOf(draft) : shiftCommandOf(draft, timeZone);
  const ready = command !== null && draft.words.trim() !== '';
  return (
    <Page
      title={title}
      back={back}
      foot={
        <>
          {draft.position === null && (
            <p id="plan-place" class="hint">
              {t('plan.move')}
            </p>
          )}
          {changes && <p class="hint">{t('plan.tell')}</p>}
          {save.failure && (
            <p class="failure" role="alert">
              {save.failure}
            </p>
          )}
          <button
            type="submit"
            form="plan"
            class="button button--primary button--wide"
            disabled={!ready || save.busy}
            aria-describedby={draft.position === null ? 'plan-place' : undefined}
          >
            {changes ? t('plan.saveChange') : t('plan.save')}
          </button>
        </>
      }
    >
      <form
        id="plan"
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          save.start(draft);
        }}
      >
        {!changes && (
          <Choices
            legend={t('plan.how')}
            value={draft.how}
            options={[
              { value: 'single', label: t('plan.single') },
              { value: 'weekly', label: t('plan.weekly') },
            ]}
            onValue={(how) => onChange({ how })}
          />
        )}
        <WhenFields draft={draft} timeZone={timeZone} onChange={onChange} />
        <div class="fields">
          <Count
            label={t('plan.needed')}
            value={draft.needed}
            least={fewestNeeded}
            onValue={(needed) => onChange({ needed, places: Math.max(needed, draft.places) })}
          />
          <Count
            label={t('plan.places')}
            value={draft.places}
            least={draft.needed}
            onValue={(places) => onChange({ places })}
          />
        </div>
        <Where room={room} draft={draft} onChange={onChange} />
        <Way room={room} draft={draft} onRoute={(route) => onChange({ route })} />
        <Wanted draft={draft} onChange={onChange} />
        <TextArea
          label={`${t('plan.note')} (${t('app.optional')})`}
          value={draft.note}
          onValue={(note) => onChange({ note })}
        />
      </form>
    </Page>
  );
}
