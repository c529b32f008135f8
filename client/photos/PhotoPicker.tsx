import { useId, useRef, useState } from 'preact/hooks';
import type { Position } from '../../shared/geo.ts';
import type { BoundaryGeometry } from '../../shared/neighbourhoods.ts';
import { mostPhotos } from '../../shared/photos.ts';
import { t } from '../i18n/i18n.ts';
import { drafts } from '../incidents/draft.ts';
import { photos } from '../runtime.ts';
import { newKey } from '../state/new-key.ts';
import { Icon } from '../ui/icons.tsx';
import { BlurDialog } from './BlurDialog.tsx';
import { positionIn } from './exif.ts';
import { isHeic } from './heic.ts';
import { OwnPhoto } from './OwnPhoto.tsx';
import type { DraftPhoto } from './photo-keeper.ts';
import { shrink } from './picture.ts';

// A phone that has its pictures in another form makes JPEG of them for whoever asks for JPEG.
// Elsewhere a HEIC that came from one can be chosen: this browser may read it, or says what to do.
const common = 'image/jpeg,image/png,image/webp';
const pickable = 'standalone' in navigator ? common : `${common},image/heic,image/heif,.heic,.heif`;

function put(photos: DraftPhoto[]): void {
  drafts.change({ photos });
}
const drafted = () => drafts.draft.value?.photos ?? [];

/** Keeps what was picked, smaller and without what the camera wrote. @returns the place of the first that has one */
async function keep(files: readonly File[]): Promise<{ place: Position | null; words: string | null }> {
  let place: Position | null = null;
  let words: string | null = null;
  for (const file of files) {
    if (drafted().length >= mostPhotos) return { place, words: t('photo.enough') };
    const bytes = await shrink(file);
    if (bytes === null) {
      const isKnown = isHeic(await file.slice(0, 12).arrayBuffer());
      words = t(isKnown ? 'photo.heic' : 'photo.unreadable', { name: file.name });
      continue;
    }
    place ??= positionIn(await file.arrayBuffer());
    const key = newKey();
    await photos.put(key, bytes);
    put([...drafted(), { key, blurred: false }]);
  }
  return { place, words };
}

function PickButton({
  label,
  icon,
  camera = false,
  disabled,
  onPicked,
}: {
  label: string;
  icon: 'camera' | 'image';
  camera?: boolean;
  disabled: boolean;
  onPicked: (files: File[]) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class={`button ${camera ? 'pick--camera' : ''}`}
        disabled={disabled}
        onClick={() => input.current?.click()}
      >
        <Icon name={icon} />
        {label}
      </button>
      <input
        ref={input}
        class="pick__input"
        type="file"
        hidden
        accept={camera ? 'image/*' : pickable}
        multiple={!camera}
        {...(camera ? { capture: 'environment' as const } : {})}
        onChange={(event) => {
          const { files } = event.currentTarget;
          onPicked([...(files ?? [])]);
          // The same file again is a change, too.
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}

/** Up to five photos of an alert: picked or taken, blurred, and their place used if the reporter says so. */
export function PhotoPicker({
  own,
  boundary,
  onPlace,
}: {
  own: readonly DraftPhoto[];
  boundary: BoundaryGeometry;
  /** The reporter agreed to this place, which is near enough. */
  onPlace: (position: Position) => void;
}) {
  const hint = useId();
  const [busy, setBusy] = useState(false);
  const [words, setWords] = useState<string | null>(null);
  const [place, setPlace] = useState<Position | null>(null);
  const [blurring, setBlurring] = useState<DraftPhoto | null>(null);
  const full = own.length >= mostPhotos;

  async function pick(files: File[]): Promise<void> {
    if (files.length === 0) return;
    setBusy(true);
    setWords(null);
    try {
      const kept = await keep(files);
      setWords(kept.words);
      if (kept.place !== null) setPlace(kept.place);
    } finally {
      setBusy(false);
    }
  }

  async function use(position: Position): Promise<void> {
    setPlace(null);
    // Boundaries are for the map's chunks; a photo without a place does without.
    const { isNear } = await import('../incidents/near.ts');
    const near = isNear(boundary, position);
    setWords(t(near ? 'photo.placeUsed' : 'photo.placeOutside'));
    if (near) onPlace(position);
  }

  function remove(photo: DraftPhoto): void {
    put(drafted().filter(({ key }) => key !== photo.key));
    void photos.forget([photo.key]);
  }

  const buttons = { disabled: busy || full, onPicked: (files: File[]) => void pick(files) };
  return (
    <section class="stack" aria-labelledby={hint}>
      <h2 id={hint} class="panel__subtitle">{`${t('photo.label')} (${t('app.optional')})`}</h2>
      {own.length > 0 && (
        <>
          <p>{t('photo.blurHint')}</p>
          <ul class="photos photos--own">
            {own.map((photo, at) => (
              <li key={photo.key} class="photo">
                <OwnPhoto photo={photo} number={at + 1} />
                <div class="photo__tools">
                  <button
                    type="button"
                    class="button button--small"
                    aria-label={t('photo.blur', { number: String(at + 1) })}
                    onClick={() => setBlurring(photo)}
                  >
                    {t('photo.blurShort')}
                  </button>
                  <button
                    type="button"
                    class="button button--icon"
                    aria-label={t('photo.remove', { number: String(at + 1) })}
                    onClick={() => remove(photo)}
                  >
                    <Icon name="trash" />
                  </button>
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
      {place !== null && (
        <div class="box stack" role="group" aria-label={t('photo.place')}>
          <p>
            <strong>{t('photo.place')}</strong>
            <span class="hint photo__why">{t('photo.placeHint')}</span>
          </p>
          <div class="buttons">
            <button type="button" class="button" onClick={() => setPlace(null)}>
              {t('photo.placeNo')}
            </button>
            <button type="button" class="button button--primary" onClick={() => void use(place)}>
              {t('photo.placeYes')}
            </button>
          </div>
        </div>
      )}
      <div class="buttons">
        <PickButton label={t('photo.take')} icon="camera" camera {...buttons} />
        <PickButton label={t('photo.pick')} icon="image" {...buttons} />
      </div>
      <p class="hint" role="status">
        {busy ? t('photo.working') : words}
      </p>
      <p class="hint">{t('photo.hint', { count: mostPhotos })}</p>
      {blurring !== null && (
        <BlurDialog
          photo={blurring}
          onBlurred={(blurred) => {
            put(drafted().map((photo) => (photo.key === blurring.key ? blurred : photo)));
            setBlurring(null);
          }}
          onClose={() => setBlurring(null)}
        />
      )}
    </section>
  );
}
