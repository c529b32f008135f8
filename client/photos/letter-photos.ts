import * as v from 'valibot';
import type { PhotoUploaded } from '../../shared/photos.ts';
import { Id } from '../../shared/text.ts';
import { ApiError, failureCode } from '../api.ts';
import { DraftPhoto } from './photo-keeper.ts';

/** A photo that goes with a letter: waits, was uploaded, or was left behind so that the alert need not wait. */
export const LetterPhoto = v.object({ ...DraftPhoto.entries, photoId: v.nullable(Id), left: v.boolean() });
export type LetterPhoto = v.InferOutput<typeof LetterPhoto>;

export type PhotoPorts = {
  bytesOf: (key: string) => Promise<ArrayBuffer | null>;
  /** Gives up after `ms`. */
  upload: (neighbourhoodId: Id, bytes: ArrayBuffer, key: string, ms: number) => Promise<PhotoUploaded>;
  /** Whether the server answers to what is small: then an alert would get through. */
  isReachable: () => Promise<boolean>;
  pause: (ms: number) => Promise<void>;
  now: () => number;
};

// The alert is what counts: its photos may hold it up for so long, all together.
const patience = 20_000;
const betweenTries = 2000;

const isWaiting = ({ photoId, left }: LetterPhoto) => photoId === null && !left;

/** A draft's photos as they go with its letter. */
export const waitingPhotos = (photos: readonly DraftPhoto[]): LetterPhoto[] =>
  photos.map((photo) => ({ ...photo, photoId: null, left: false }));
/** Ids to report with. */
export const photoIdsOf = (photos: readonly LetterPhoto[]) => photos.flatMap(({ photoId }) => photoId ?? []);
/** How many stayed behind. */
export const leftOf = (photos: readonly LetterPhoto[]) => photos.filter(({ left }) => left).length;
/** All stay behind. */
export const allLeft = (photos: readonly LetterPhoto[]): LetterPhoto[] =>
  photos.map((photo) => ({ ...photo, photoId: null, left: true }));

/** A refusal that waiting may cure. */
const isPassing = (error: unknown) =>
  !(error instanceof ApiError) || error.problem.status >= 500 || error.problem.code === 'RATE_LIMITED';

/**
 * Uploads one photo. Refused, or still not taken at the deadline by a server that takes other things, it is left.
 * @throws ApiError or NetworkError where the alert could not go either
 */
async function settle(
  photo: LetterPhoto,
  neighbourhoodId: Id,
  deadline: number,
  ports: PhotoPorts,
): Promise<LetterPhoto> {
  const left = { ...photo, left: true };
  const bytes = await ports.bytesOf(photo.key);
  if (bytes === null) return left;
  for (;;) {
    const ms = deadline - ports.now();
    if (ms <= 0) return left;
    try {
      const { photoId } = await ports.upload(neighbourhoodId, bytes, photo.key, ms);
      return { ...photo, photoId };
    } catch (error) {
      if (failureCode(error) === 'NOT_SIGNED_IN') throw error;
      if (!isPassing(error)) return left;
      if (!(await ports.isReachable())) throw error;
      const asked = error instanceof ApiError ? error.retryAfter : null;
      const wait = Math.max(betweenTries, asked ?? 0);
      if (ports.now() + wait >= deadline) return left;
      await ports.pause(wait);
    }
  }
}

/**
 * Uploads what waits, one after another, under each photo's own key: a repetition stores nothing twice. What became of
 * each is told before the next begins, so that a report once tried never changes.
 * @throws as the report itself would: then everything still waits
 */
export async function settlePhotos(
  photos: readonly LetterPhoto[],
  neighbourhoodId: Id,
  told: (photos: LetterPhoto[]) => Promise<void>,
  ports: PhotoPorts,
): Promise<void> {
  const deadline = ports.now() + patience;
  let now = [...photos];
  for (const photo of photos.filter(isWaiting)) {
    const settled = await settle(photo, neighbourhoodId, deadline, ports);
    now = now.map((other) => (other.key === settled.key ? settled : other));
    await told(now);
  }
}
