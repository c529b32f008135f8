import { Category } from '../../shared/incidents.ts';
import { t } from '../i18n/i18n.ts';
import { rooms } from '../runtime.ts';
import { Choices, Toggle } from '../ui/Choices.tsx';
import { CategoryIcon, Icon } from '../ui/icons.tsx';
import { type Filters, type Span, spans } from './filters.ts';
import { filters } from './view.ts';

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

/** Search, time and kind. Only the categories that there are; the filters move sideways, the list stays. */
export function IncidentFilters() {
  const { span, openOnly, categories, search } = filters.value;
  const known = rooms.current.value?.state.incidents.value;
  const present = new Set([...(known?.values() ?? [])].map(({ category }) => category));
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
      <Choices
        legend={t('list.time')}
        hiddenLegend
        value={span}
        options={spans.map((value) => ({ value, label: t(spanKeys[value]) }))}
        onValue={(value) => change({ span: value })}
      />
      {present.size > 1 && (
        <div class="choices__row" role="group" aria-label={t('list.filters')}>
          <Toggle on={openOnly} onToggle={() => change({ openOnly: !openOnly })}>
            {t('list.openOnly')}
          </Toggle>
          {Category.options
            .filter((category) => present.has(category))
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
      )}
    </div>
  );
}
