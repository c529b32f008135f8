import { useState } from 'preact/hooks';
import { Category, Severity } from '../../shared/incidents.ts';
import type { BoundaryGeometry } from '../../shared/neighbourhoods.ts';
import type { Area, Shape } from '../../shared/preferences.ts';
import { nameSchema } from '../../shared/text.ts';
import { t } from '../i18n/i18n.ts';
import { Choices } from '../ui/Choices.tsx';
import { TextField } from '../ui/Field.tsx';
import { AreaEditor, ground } from '../ui/maps.tsx';
import { nameProblem } from '../ui/names.ts';
import { Page } from '../ui/Page.tsx';
import { HoursFields } from './HoursFields.tsx';

const Name = nameSchema(40);
const kinds = ['circle', 'line', 'polygon'] as const;
const radii = [100, 200, 300, 500, 1000, 2000];
const widths = [50, 100, 200, 400];
const usualHours = { from: 7 * 60, to: 9 * 60 };

function Metres({
  label,
  of,
  value,
  onValue,
}: {
  label: string;
  of: readonly number[];
  value: number;
  onValue: (metres: number) => void;
}) {
  const all = of.includes(value) ? of : [...of, value].toSorted((a, b) => a - b);
  return (
    <label class="field">
      <span class="field__label">{label}</span>
      <select class="select" value={value} onChange={(event) => onValue(Number(event.currentTarget.value))}>
        {all.map((metres) => (
          <option key={metres} value={metres}>
            {t('area.metres', { metres: String(metres) })}
          </option>
        ))}
      </select>
    </label>
  );
}

function Kinds({
  chosen,
  onChosen,
}: {
  chosen: Area['categories'];
  onChosen: (chosen: Area['categories']) => void;
}) {
  const toggle = (category: Category, is: boolean) => {
    const next = Category.options.filter((one) => (one === category ? is : chosen?.includes(one)));
    // None at all would be a place that is never told of.
    if (next.length > 0) onChosen(next);
  };
  return (
    <>
      <Choices
        legend={t('area.kinds')}
        value={chosen === null ? 'all' : 'some'}
        options={[
          { value: 'all', label: t('area.allKinds') },
          { value: 'some', label: t('area.someKinds') },
        ]}
        onValue={(value) => onChosen(value === 'all' ? null : [...Category.options])}
      />
      {chosen !== null && (
        <fieldset class="choices">
          <legend class="unseen">{t('area.someKinds')}</legend>
          {Category.options.map((category) => (
            <label key={category} class="check">
              <input
                type="checkbox"
                checked={chosen.includes(category)}
                onChange={(event) => toggle(category, event.currentTarget.checked)}
              />
              <span>{t(`category.${category}`)}</span>
            </label>
          ))}
        </fieldset>
      )}
    </>
  );
}

/** One place that matters to me: where it is, and what of it. */
export function AreaForm({
  area,
  boundary,
  onSave,
  onRemove,
  onBack,
}: {
  /** null for a new one */
  area: Area | null;
  boundary: BoundaryGeometry;
  onSave: (area: Area) => void;
  onRemove: () => void;
  onBack: () => void;
}) {
  const given = area?.shape ?? null;
  const [name, setName] = useState(area?.name ?? '');
  const [kind, setKind] = useState<Shape['kind']>(given?.kind ?? 'circle');
  const [radius, setRadius] = useState(given?.kind === 'circle' ? given.radius : 300);
  const [width, setWidth] = useState(given?.kind === 'line' ? given.width : 100);
  const [shape, setShape] = useState<Shape | null>(given);
  const [categories, setCategories] = useState(area?.categories ?? null);
  const [leastSeverity, setLeastSeverity] = useState<Severity>(area?.leastSeverity ?? 'moderate');
  const [hours, setHours] = useState(area?.hours ?? null);
  const [tried, setTried] = useState(false);
  const problem = nameProblem(Name, name);
  return (
    <form
      class="area-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (problem === null && shape !== null) onSave({ name, shape, categories, leastSeverity, hours });
        else event.currentTarget.querySelector<HTMLElement>('[aria-invalid]')?.focus();
      }}
    >
      <Page
        title={area?.name ?? t('wishes.addPlace')}
        onBack={onBack}
        foot={
          <>
            {tried && shape === null && (
              <p class="failure" role="alert">
                {t('area.missing')}
              </p>
            )}
            <button type="submit" class="button button--primary button--wide">
              {t('area.save')}
            </button>
          </>
        }
      >
        <TextField label={t('area.name')} error={tried ? problem : null} value={name} onValue={setName} />
        <Choices
          legend={t('area.kind')}
          value={kind}
          options={kinds.map((value) => ({ value, label: t(`areaKind.${value}`) }))}
          onValue={setKind}
        />
        <div class="frame frame--editor">
          <AreaEditor
            {...ground()}
            boundary={boundary}
            kind={kind}
            size={{ radius, width }}
            value={given}
            onChange={setShape}
          />
        </div>
        {kind === 'circle' && (
          <Metres label={t('area.radius')} of={radii} value={radius} onValue={setRadius} />
        )}
        {kind === 'line' && <Metres label={t('area.width')} of={widths} value={width} onValue={setWidth} />}
        <Choices
          legend={t('area.least')}
          value={leastSeverity}
          options={Severity.options.map((value) => ({ value, label: t(`severity.${value}`) }))}
          onValue={setLeastSeverity}
        />
        <Kinds chosen={categories} onChosen={setCategories} />
        <Choices
          legend={t('area.hours')}
          value={hours === null ? 'always' : 'some'}
          options={[
            { value: 'always', label: t('area.always') },
            { value: 'some', label: t('area.someHours') },
          ]}
          onValue={(value) => setHours(value === 'always' ? null : usualHours)}
        />
        {hours !== null && <HoursFields hours={hours} onHours={setHours} />}
        {area !== null && (
          <button type="button" class="button button--wide" onClick={onRemove}>
            {t('area.remove')}
          </button>
        )}
      </Page>
    </form>
  );
}
