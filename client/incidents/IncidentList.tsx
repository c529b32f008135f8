import { useEffect, useRef, useState } from 'preact/hooks';
import type { Id } from '../../shared/text.ts';
import { t } from '../i18n/i18n.ts';
import { stepOf } from '../ui/list-keys.ts';
import { paths } from '../ui/routes.ts';
import { archiveIsCapped } from './archive.ts';
import { EmptyNeighbourhood } from './EmptyNeighbourhood.tsx';
import { noFilters } from './filters.ts';
import { IncidentCard } from './IncidentCard.tsx';
import { DutyList } from './JurorCard.tsx';
import { OutgoingList } from './Outgoing.tsx';
import { AskedOfMe } from './StillSo.tsx';
import { disputedIncidents, filters, handledIncidents, known, shownIncidents } from './view.ts';

const portion = 60;

/** The list that equals the map: one stop for Tab, arrows inside, Enter opens. */
export function IncidentList({
  neighbourhoodId,
  selectedId,
}: {
  neighbourhoodId: Id;
  selectedId: Id | null;
}) {
  const incidents = shownIncidents.value;
  const [limit, setLimit] = useState(portion);
  const [current, setCurrent] = useState<Id | null>(selectedId);
  const list = useRef<HTMLUListElement>(null);
  const visible = incidents.slice(0, limit);
  const stop = visible.some(({ id }) => id === current) ? current : (visible[0]?.id ?? null);

  useEffect(() => setLimit(portion), [filters.value]);

  function onKeyDown(event: KeyboardEvent) {
    const links = [...(list.current?.querySelectorAll('a') ?? [])];
    const index = links.findIndex((link) => link === document.activeElement);
    if (index < 0) return;
    const next = stepOf(event.key, index, links.length);
    if (next === null) return;
    event.preventDefault();
    links[next]?.focus();
  }

  const { loaded } = known.value;
  const count = known.value.incidents.size;
  return (
    <>
      <OutgoingList neighbourhoodId={neighbourhoodId} />
      {known.value.room && <AskedOfMe room={known.value.room} />}
      {known.value.room && <DutyList room={known.value.room} />}
      {count === 0 && loaded && <EmptyNeighbourhood neighbourhoodId={neighbourhoodId} />}
      {!loaded && (
        <div class="skeleton" role="status" aria-label={t('app.loading')}>
          <span />
          <span />
          <span />
        </div>
      )}
      {count > 0 && incidents.length === 0 && (
        <div class="stack stack--centred">
          <p>{t('list.none')}</p>
          <button type="button" class="button" onClick={() => (filters.value = noFilters)}>
            {t('list.clear')}
          </button>
        </div>
      )}
      <ul ref={list} class="list" aria-label={t('list.title')} onKeyDown={onKeyDown}>
        {visible.map((incident) => (
          <li key={incident.id}>
            <a
              href={paths.incident(neighbourhoodId, incident.id)}
              class="list__item"
              aria-current={incident.id === selectedId ? 'true' : undefined}
              data-incident={incident.id}
              tabIndex={incident.id === stop ? 0 : -1}
              onFocus={() => setCurrent(incident.id)}
            >
              <IncidentCard
                incident={incident}
                handled={handledIncidents.value.has(incident.id)}
                disputed={disputedIncidents.value.has(incident.id)}
              />
            </a>
          </li>
        ))}
      </ul>
      {incidents.length > limit && (
        <button type="button" class="button button--wide" onClick={() => setLimit(limit + portion)}>
          {t('list.more', { count: Math.min(portion, incidents.length - limit) })}
        </button>
      )}
      {archiveIsCapped.value && <p class="hint">{t('list.capped')}</p>}
    </>
  );
}
