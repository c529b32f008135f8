const day = 24 * 3600 * 1000;

/** What is known of a stored photo; its pixels are files. */
export type Photo = {
  id: string;
  /** 1 when uploaded, 2 once it is part of an incident. */
  version: number;
  /** The member who uploaded it. Never leaves the server: the reporter may be anonymous. */
  uploadedBy: string;
  uploadedAt: number;
  /** The incident that it belongs to; null until it is reported. */
  incidentId: string | null;
};

/** When a photo goes that no report has used. */
export const unusedUntil = (uploadedAt: number) => uploadedAt + day;

/** What a photo may be, by its first bytes: neither its name nor what the sender says of it counts. */
export type Format = 'jpeg' | 'png' | 'webp';

const signatures: readonly { format: Format; at: number; bytes: readonly number[] }[][] = [
  [{ format: 'jpeg', at: 0, bytes: [0xff, 0xd8, 0xff] }],
  [{ format: 'png', at: 0, bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] }],
  [
    { format: 'webp', at: 0, bytes: [0x52, 0x49, 0x46, 0x46] },
    { format: 'webp', at: 8, bytes: [0x57, 0x45, 0x42, 0x50] },
  ],
];

/** The format that the bytes begin like; null where it is none that Vigie takes. */
export function formatOf(bytes: Uint8Array): Format | null {
  const found = signatures.find((parts) =>
    parts.every(({ at, bytes: wanted }) => wanted.every((byte, i) => bytes[at + i] === byte)),
  );
  return found?.[0]?.format ?? null;
}

// What a phone's camera makes at most, panoramas included. Decoded, it is 200 MB.
const mostPixels = 50_000_000;
const longestEdge = 30_000;

/** Whether a picture of that size is worth decoding. */
export function isBearable({ width, height }: { width: number; height: number }): boolean {
  const edges = [width, height];
  return edges.every((edge) => edge >= 1 && edge <= longestEdge) && width * height <= mostPixels;
}

/** Whether a member may see a photo: what is not reported yet is its uploader's alone. */
export const mayLook = (photo: Photo, memberId: string) =>
  photo.incidentId !== null || photo.uploadedBy === memberId;

/** The photo as part of a report; null where that member may not use it, or it is used already. */
export function usedIn(photo: Photo | null, memberId: string, incidentId: string): Photo | null {
  if (photo === null || photo.uploadedBy !== memberId || photo.incidentId !== null) return null;
  return { ...photo, version: photo.version + 1, incidentId };
}
