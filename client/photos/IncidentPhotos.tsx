import { useEffect, useState } from 'preact/hooks';
import type { Incident } from '../../shared/incidents.ts';
import { t } from '../i18n/i18n.ts';
import { api, photosLeft } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import { NoPhoto } from './OwnPhoto.tsx';

/** A picture of the server's; where it cannot be had, a word. */
function Picture({ src, alt, large = false }: { src: string; alt: string; large?: boolean }) {
  const [failed, setFailed] = useState(false);
  if (failed) return <NoPhoto />;
  return (
    <img
      class={large ? 'photo__large' : 'photo__image'}
      src={src}
      alt={alt}
      decoding="async"
      onError={() => setFailed(true)}
    />
  );
}

function LargePhoto({
  addresses,
  at,
  nameOf,
  onMove,
  onClose,
}: {
  addresses: readonly string[];
  at: number;
  nameOf: (at: number) => string;
  onMove: (to: number) => void;
  onClose: () => void;
}) {
  const last = addresses.length - 1;
  const go = (by: number) => onMove(Math.max(0, Math.min(last, at + by)));
  useEffect(() => {
    // Wherever in the dialog the focus is.
    const press = ({ key }: KeyboardEvent) => {
      if (key === 'ArrowLeft') go(-1);
      if (key === 'ArrowRight') go(1);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [at]);
  return (
    <Dialog title={nameOf(at)} onClose={onClose}>
      <div class="stack">
        <Picture key={at} src={addresses[at] ?? ''} alt={nameOf(at)} large />
        {last > 0 && (
          <div class="buttons">
            <button type="button" class="button" disabled={at === 0} onClick={() => go(-1)}>
              <Icon name="back" />
              {t('photo.previous')}
            </button>
            <button type="button" class="button" disabled={at === last} onClick={() => go(1)}>
              {t('photo.next')}
            </button>
          </div>
        )}
      </div>
    </Dialog>
  );
}

/** An incident's photos in a row; a tap shows one large. */
export function IncidentPhotos({
  room,
  incident,
}: {
  room: OpenRoom;
  incident: Pick<Incident, 'id' | 'photoIds' | 'reportedBy'>;
}) {
  const [open, setOpen] = useState<number | null>(null);
  const { photoIds, reportedBy } = incident;
  const by = reportedBy === null ? undefined : room.state.members.value.get(reportedBy);
  const left = photosLeft.value.get(incident.id) ?? 0;
  const all = String(photoIds.length);
  const nameOf = (at: number) => {
    const number = String(at + 1);
    return by === undefined
      ? t('photo.of', { number, all })
      : t('photo.ofBy', { number, all, name: by.name });
  };
  return (
    <>
      {left > 0 && (
        <p class="failure" role="status">
          {t('photo.without', { count: left })}
        </p>
      )}
      {photoIds.length > 0 && (
        <ul class="photos" aria-label={t('photo.label')}>
          {photoIds.map((photoId, at) => (
            <li key={photoId} class="photo">
              <button
                type="button"
                class="photo__open"
                aria-label={t('photo.open', { number: String(at + 1), all })}
                onClick={() => setOpen(at)}
              >
                <Picture src={api.photoAddress(room.id, photoId, 'thumbnail')} alt={nameOf(at)} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {open !== null && (
        <LargePhoto
          addresses={photoIds.map((photoId) => api.photoAddress(room.id, photoId, 'photo'))}
          at={open}
          nameOf={nameOf}
          onMove={setOpen}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}
