import { signal } from '@preact/signals';
import { Category } from '../../shared/incidents.ts';
import { t } from '../i18n/i18n.ts';
import { Choices, Toggle } from '../ui/Choices.tsx';
import { CategoryIcon, Icon } from '../ui/icons.tsx';
import { type Filters, type Span, spans } from './filters.ts';
import { filters, known } from './view.ts';

const spanKeys = {
  all: 'list.all',
  hour: 'list.hour',
  'six-hours': 'list.sixHours',
  day: 'list.day',
  week: 'list.week',
} as const satisfies Record<Span, string>;

const change = (changed: Partial<Filters>) => {
  filters.value = { ...filters.value, ...changed };
};

function toggled(categories: ReadonlySet<Category>, category: Category): ReadonlySet<Category> {
  const next = new Set(categories);
  if (!next.delete(category)) next.add(category);
  return next;
}

const kindsShown = signal(false);

/** Search, time and kind; of the kinds only those that there are. */
export function IncidentFilters() {
  const { span, openOnly, categories, search } = filters.value;
  const present = new Set([...known.value.incidents.values()].map(({ category }) => category));
  return (
    <div class="filters">
      <label class="search">
        <Icon name="search" size={20} />
        <span class="unseen">{t('list.search')}</span>
        <input
          id="search"
          type="search"
          class="search__input"
          placeholder={t('list.search')}
          value={search}
          onInput={(event) => change({ search: event.currentTarget.value })}
        />
      </label>
      <div class="filters__row">
        <Choices
          legend={t('list.time')}
          hiddenLegend
          value={span}
          options={spans.map((value) => ({ value, label: t(spanKeys[value]) }))}
          onValue={(value) => change({ span: value })}
        />
        <Toggle place="filters__open" on={openOnly} onToggle={() => change({ openOnly: !openOnly })}>
          {t('list.openOnly')}
        </Toggle>
        {present.size > 1 && (
          <Toggle
            on={categories.size > 0}
            expanded={kindsShown.value}
            onToggle={() => (kindsShown.value = !kindsShown.value)}
          >
            {t('list.kinds')}
            {categories.size > 0 && ` (${categories.size})`}
            <Icon name="chevron" size={18} />
          </Toggle>
        )}
      </div>
      {kindsShown.value && (
        <div class="filters__kinds" role="group" aria-label={t('list.kinds')}>
          <div class="choices__row">
            {Category.options
              .filter((category) => present.has(category) || categories.has(category))
              .map((category) => (
                <Toggle
                  key={category}
                  on={categories.has(category)}
                  onToggle={() => change({ categories: toggled(categories, category) })}
                >
                  <CategoryIcon category={category} size={18} />
                  {t(`category.${category}`)}
                </Toggle>
              ))}
          </div>
        </div>
      )}
    </div>
  );
}
