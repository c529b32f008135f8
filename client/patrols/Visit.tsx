import { useState } from 'preact/hooks';
import type { Patrol } from '../../shared/patrols.ts';
import { ApiError } from '../api.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { useCommand } from '../ui/use-command.ts';

type Standing = { position: { lat: number; lng: number }; accuracy: number; at: number };

/** Where this device is at this moment, freshly found; null where that cannot be known. */
const stand = (): Promise<Standing | null> =>
  new Promise((resolve) => {
    if (!isSecureContext || !('geolocation' in navigator)) {
      resolve(null);
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude: lat, longitude: lng, accuracy } }) =>
        resolve({ position: { lat, lng }, accuracy, at: Date.now() }),
      () => resolve(null),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 0 },
    );
  });

/** A checkpoint's code was read: it counts for who stands there. */
export function Visit({ patrol, room, code }: { patrol: Patrol; room: OpenRoom; code: string }) {
  const [said, setSaid] = useState<string | null>(null);
  const visit = useCommand(async (key: string) => {
    const standing = await stand();
    if (standing === null) {
      setSaid(t('round.noPosition'));
      return;
    }
    try {
      room.state.rounds.takeVisited(
        await api.visitCheckpoint(room.id, patrol.id, { code, ...standing }, key),
      );
      setSaid(t('round.visited'));
    } catch (error) {
      const [issue] = error instanceof ApiError ? (error.problem.issues ?? []) : [];
      if (issue === undefined) throw error;
      setSaid(
        t(
          issue.path === 'position'
            ? 'round.visitFar'
            : issue.message.includes('already')
              ? 'round.visitAgain'
              : 'round.visitUnknown',
        ),
      );
    }
  });
  return (
    <section class="box stack">
      <h2>{t('round.visit')}</h2>
      {said === null && (
        <button
          type="button"
          class="button button--primary button--wide"
          disabled={visit.busy}
          onClick={() => visit.start()}
        >
          {t('round.visitDo')}
        </button>
      )}
      <p role="status">{said}</p>
      {visit.failure && (
        <p class="failure" role="alert">
          {visit.failure}
        </p>
      )}
    </section>
  );
}
