import { useEffect, useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { BoundaryGeometry } from '../../shared/neighbourhoods.ts';
import type { OpenRoom } from '../state/room.ts';
import { type AlertStep, paths } from '../ui/routes.ts';
import { AlertPreview } from './AlertPreview.tsx';
import { AlertWhat } from './AlertWhat.tsx';
import { AlertWhere } from './AlertWhere.tsx';
import { CallFirst } from './CallFirst.tsx';
import { drafts, openDraft } from './draft.ts';
import { locate, mayLocate } from './my-position.ts';
import { problemOf } from './steps.ts';

/** Only where the person has allowed it before: the browser's question belongs to the button on the map. */
async function beginAtMe(boundary: BoundaryGeometry, isWanted: () => boolean): Promise<void> {
  const position = (await mayLocate()) ? await locate() : null;
  if (!position) return;
  // Boundaries are for the map's chunks; the first screen does without.
  const { isNear } = await import('./near.ts');
  if (isWanted() && isNear(boundary, position) && drafts.draft.value?.position === null) {
    drafts.change({ position, inside: true });
  }
}

/**
 * What, where, send. The steps are addresses, so that the phone's own Back works; the draft holds everything
 * between them. Where my position is known, the second step is skipped: three taps in all.
 */
export function AlertFlow({ room, step }: { room: OpenRoom; step: AlertStep }) {
  const { route } = useLocation();
  const draft = drafts.draft.value;
  const boundary = room.state.neighbourhood.value?.boundary;

  useEffect(() => {
    void openDraft(room.id);
  }, [room.id]);

  const here = useRef(step);
  here.current = step;
  const opened = draft !== null;
  const placed = draft?.position !== null;
  useEffect(() => {
    if (!opened || placed || !boundary) return;
    // On the map, the pin says where: a position that comes later must not differ from it.
    void beginAtMe(boundary, () => here.current === 'what');
  }, [opened, placed, boundary]);

  const missing =
    draft !== null &&
    ((step !== 'what' && !draft.category) || (step === 'preview' && (!placed || problemOf(draft) !== null)));
  useEffect(() => {
    if (missing) route(paths.alert(room.id, draft?.category ? 'where' : 'what'), true);
  }, [missing]);

  if (!draft || !boundary || missing) return null;
  if (step === 'what') return <AlertWhat room={room} draft={draft} />;
  if (step === 'call' && draft.category)
    return <CallFirst room={room} draft={draft} category={draft.category} />;
  if (step === 'where') return <AlertWhere room={room} draft={draft} boundary={boundary} />;
  return <AlertPreview room={room} draft={draft} boundary={boundary} />;
}
