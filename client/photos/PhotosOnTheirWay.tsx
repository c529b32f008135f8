import { t } from '../i18n/i18n.ts';
import { leftOf, type LetterPhoto, photoIdsOf } from './letter-photos.ts';

/** What has become of the photos of an alert that has not left yet. */
export function PhotosOnTheirWay({ photos }: { photos: readonly LetterPhoto[] }) {
  if (photos.length === 0) return null;
  const left = leftOf(photos);
  const counts = { sent: String(photoIdsOf(photos).length), all: String(photos.length) };
  return (
    <div role="status">
      <p>{t('photo.sentOf', counts)}</p>
      {left > 0 && <p class="failure">{t('photo.without', { count: left })}</p>}
    </div>
  );
}
