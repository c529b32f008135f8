import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/i18n.ts';
import { photos } from '../runtime.ts';
import { Icon } from '../ui/icons.tsx';
import type { DraftPhoto } from './photo-keeper.ts';

type Shown = { url: string } | 'lost' | null;

/** Instead of a picture that cannot be had: an icon with a word. */
export function NoPhoto() {
  return (
    <span class="photo__none">
      <Icon name="close" size={20} />
      {t('photo.failed')}
    </span>
  );
}

/** A photo that has not left this device. */
export function OwnPhoto({ photo, number }: { photo: DraftPhoto; number: number }) {
  const [shown, setShown] = useState<Shown>(null);
  useEffect(() => {
    let url: string | null = null;
    let wanted = true;
    setShown(null);
    const load = async () => {
      const bytes = await photos.get(photo.key);
      if (!wanted) return;
      if (bytes !== null) url = URL.createObjectURL(new Blob([bytes], { type: 'image/jpeg' }));
      setShown(url === null ? 'lost' : { url });
    };
    void load();
    return () => {
      wanted = false;
      if (url !== null) URL.revokeObjectURL(url);
    };
  }, [photo.key]);
  if (shown === null) return <span class="photo__none" />;
  if (shown === 'lost') return <NoPhoto />;
  const alt = t(photo.blurred ? 'photo.ownBlurred' : 'photo.own', { number: String(number) });
  return <img class="photo__image" src={shown.url} alt={alt} />;
}

/** The photos of what is about to be sent, as a row. */
export function OwnPhotos({ photos }: { photos: readonly DraftPhoto[] }) {
  if (photos.length === 0) return null;
  return (
    <ul class="photos" aria-label={t('photo.label')}>
      {photos.map((photo, at) => (
        <li key={photo.key} class="photo">
          <OwnPhoto photo={photo} number={at + 1} />
        </li>
      ))}
    </ul>
  );
}
