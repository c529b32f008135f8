import * as v from 'valibot';
import { Id } from './text.ts';

/** So many photos a report may carry. */
export const mostPhotos = 5;
/** Pixels of a stored photo's longer side. */
export const longestSide = 1600;
/** Pixels of a thumbnail's longer side. */
export const thumbnailSide = 320;

/** A photo was stored; its uploader may use it in one report, within a day. */
export const PhotoUploaded = v.object({ photoId: Id });
export type PhotoUploaded = v.InferOutput<typeof PhotoUploaded>;

/** Ids of uploaded photos, each once. */
export const PhotoIds = v.pipe(
  v.array(Id),
  v.maxLength(mostPhotos, `must be at most ${mostPhotos}`),
  v.check((ids) => new Set(ids).size === ids.length, 'must name each photo once'),
);
