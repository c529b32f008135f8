import { useState } from 'preact/hooks';
import { pathLength, type Position } from '../../shared/geo.ts';
import { mostCorners } from '../../shared/shifts.ts';
import { localeTag, t } from '../i18n/i18n.ts';
import { lengthText } from '../i18n/lengths.ts';
import type { OpenRoom } from '../state/room.ts';
import { ground, RouteEditor } from '../ui/maps.tsx';
import type { PlanDraft } from './plan-draft.ts';

/** The way that is meant to be walked, where somebody wants to draw it: its map comes when it is asked for. */
export function Way({
  room,
  draft,
  onRoute,
}: {
  room: OpenRoom;
  draft: PlanDraft;
  onRoute: (route: Position[]) => void;
}) {
  const [open, setOpen] = useState(false);
  const boundary = room.state.neighbourhood.value?.boundary;
  if (!boundary) return null;
  return (
    <details class="box" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {draft.route.length < 2
          ? t('plan.way')
          : t('plan.wayOf', { length: lengthText(pathLength(draft.route), localeTag()) })}
      </summary>
      {open && (
        <div class="frame frame--editor">
          <RouteEditor
            {...ground()}
            boundary={boundary}
            meeting={draft.position}
            value={draft.route}
            most={mostCorners}
            onChange={onRoute}
          />
        </div>
      )}
    </details>
  );
}
