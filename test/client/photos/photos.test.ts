import { describe, expect, it } from 'vitest';
import { ApiError, NetworkError } from '../../../client/api.ts';
import { cellsIn, cellsUnder, colourOf, gridOf, moved } from '../../../client/photos/blur.ts';
import { isHeic } from '../../../client/photos/heic.ts';
import { positionIn } from '../../../client/photos/exif.ts';
import {
  leftOf,
  type LetterPhoto,
  photoIdsOf,
  type PhotoPorts,
  settlePhotos,
  waitingPhotos,
} from '../../../client/photos/letter-photos.ts';
import { createPhotoKeeper } from '../../../client/photos/photo-keeper.ts';
import type { ErrorCode } from '../../../shared/errors.ts';
import { png, realPhoto } from '../../support/photos.ts';
import { memoryStorage } from '../storage.ts';

/** A TIFF block with a place, as the writer of a camera's firmware may lay it out. */
function tiff({
  little = true,
  refs = ['N', 'E'],
  lat = [48, 30, 0],
  lng = [2, 15, 36],
  below = 1,
}: { little?: boolean; refs?: string[]; lat?: number[]; lng?: number[]; below?: number } = {}): Uint8Array {
  const view = new DataView(new ArrayBuffer(160));
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, little);
  view.setUint32(4, 8, little);
  const entry = (at: number, tag: number, type: number, count: number, value: number) => {
    view.setUint16(at, tag, little);
    view.setUint16(at + 2, type, little);
    view.setUint32(at + 4, count, little);
    view.setUint32(at + 8, value, little);
  };
  view.setUint16(8, 1, little);
  entry(10, 0x8825, 4, 1, 26);
  view.setUint16(26, 4, little);
  [1, 3].forEach((tag, i) => {
    entry(28 + i * 24, tag, 2, 2, 0);
    view.setUint8(36 + i * 24, refs[i]?.codePointAt(0) ?? 0);
  });
  [lat, lng].forEach((parts, i) => {
    entry(40 + i * 24, i * 2 + 2, 5, 3, 80 + i * 24);
    parts.forEach((part, j) => {
      view.setUint32(80 + i * 24 + j * 8, part, little);
      view.setUint32(84 + i * 24 + j * 8, below, little);
    });
  });
  return new Uint8Array(view.buffer);
}
const bufferOf = (...parts: Uint8Array[]): ArrayBuffer => new Uint8Array(Buffer.concat(parts)).buffer;
const latin = (words: string) => Buffer.from(words, 'latin1');

function jpeg(block: Uint8Array): ArrayBuffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(block.length + 8);
  return bufferOf(
    Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1, 0xff, 0xe1]),
    length,
    latin('Exif\0\0'),
    block,
    Buffer.from([0xff, 0xda]),
  );
}
function webp(block: Uint8Array): ArrayBuffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(block.length);
  return bufferOf(latin('RIFF\0\0\0\0WEBP'), latin('VP8 \u0001\0\0\0x\0'), latin('EXIF'), length, block);
}

function heic(block: Uint8Array): ArrayBuffer {
  return bufferOf(
    latin('\0\0\0\u0018ftypheic\0\0\0\0mif1heicEnd of nothing'),
    latin('\0\0\0\u0006Exif\0\0'),
    block,
  );
}

describe('a HEIC', () => {
  it('[PH15] is known by its first bytes, whatever it is called', () => {
    expect(isHeic(heic(tiff()))).toBe(true);
    expect(
      [jpeg(tiff()), webp(tiff()), new ArrayBuffer(0), bufferOf(latin('\0\0\0 ftypavif'))].map(isHeic),
    ).toEqual([false, false, false, false]);
  });
});

describe('the place in a photo', () => {
  it.each([
    ['gps-arezzo-DSCN0010.jpg', 43.46745, 11.88513],
    ['gps-arezzo-DSCN0012.jpg', 43.46716, 11.88539],
    ['gps-arezzo-DSCN0025.jpg', 43.46836, 11.88163],
    ['gps-arezzo-DSCN0042.jpg', 43.46446, 11.88148],
    ['gps-pixel-phone.jpg', 50.2996, 14.82029],
    ['gps-southern-hemisphere.jpg', -0.3713, 36.05642],
    ['derived-jpeg-named-png.png', -0.3713, 36.05642],
    ['gps-drone-hasselblad.jpg', 47.35418, 10.19132],
    ['gps-in-png.png', 50.2996, 14.82029],
    ['derived-truncated.jpg', 43.46716, 11.88539],
  ])('[PH10] %s: %f, %f', (name, lat, lng) => {
    const bytes = realPhoto(name);
    if (bytes === null) return;
    const found = positionIn(bytes.buffer);
    expect(found?.lat).toBeCloseTo(lat, 4);
    expect(found?.lng).toBeCloseTo(lng, 4);
  });

  it.each([
    'malformed-image01713.jpg',
    'malformed-typed-array.jpg',
    'malformed-usercomment.jpg',
    'no-exif.jpg',
    'orientation-6.jpg',
    'orientation-8.jpg',
    'derived-empty.jpg',
  ])('[PH10] %s has none', (name) => {
    const bytes = realPhoto(name);
    if (bytes !== null) expect(positionIn(bytes.buffer)).toBeNull();
  });

  it('[PH10] is read from every container, in either byte order and hemisphere', () => {
    const paris = { lat: 48.5, lng: 2.26 };
    const block = tiff();
    for (const file of [
      jpeg(block),
      jpeg(tiff({ little: false })),
      webp(block),
      heic(block),
      png({ width: 9, height: 9 }, [{ type: 'eXIf', data: block }]).buffer,
    ]) {
      expect(positionIn(file)).toEqual(paris);
    }
    expect(positionIn(jpeg(tiff({ refs: ['S', 'W'] })))).toEqual({ lat: -48.5, lng: -2.26 });
  });

  it('[PH10] that cannot be one is none: 0/0, no hemisphere, zeroes, off the globe', () => {
    for (const odd of [
      { below: 0 },
      { below: 0, lat: [0, 0, 0], lng: [0, 0, 0] },
      { refs: ['', 'E'] },
      { refs: ['N', 'X'] },
      { lat: [0, 0, 0], lng: [0, 0, 0] },
      { lat: [91, 0, 0] },
      { lng: [181, 0, 0] },
    ]) {
      expect(positionIn(jpeg(tiff(odd)))).toBeNull();
    }
  });

  it('[PH10] every cut and every wrong byte of a file ends in a place or in none, never in an error', () => {
    const whole = new Uint8Array(jpeg(tiff()));
    expect(positionIn(heic(new Uint8Array(4)))).toBeNull();
    for (let at = 0; at < whole.length; at += 1) {
      expect(() => positionIn(whole.slice(0, at).buffer)).not.toThrow();
      for (const byte of [0, 0x7f, 0xff]) {
        const bent = whole.slice();
        bent[at] = byte;
        expect(() => positionIn(bent.buffer)).not.toThrow();
      }
    }
  });
});

describe('blurring', () => {
  const grid = gridOf({ width: 1600, height: 1000 });

  it('[PH13] sees any picture as 32 cells at most on its longer side', () => {
    expect(grid).toEqual({ cell: 50, columns: 32, rows: 20 });
    expect(gridOf({ width: 10, height: 300 })).toEqual({ cell: 10, columns: 1, rows: 30 });
    expect(gridOf({ width: 5, height: 5 })).toEqual({ cell: 8, columns: 1, rows: 1 });
  });

  it('[PH13] a finger covers every cell that it touches, and none beyond the picture', () => {
    expect(cellsUnder(grid, { x: 75, y: 75 }, 10)).toEqual([33]);
    expect(cellsUnder(grid, { x: 99, y: 75 }, 10)).toEqual([33, 34]);
    expect(cellsUnder(grid, { x: 0, y: 0 }, 60)).toEqual([0, 1, 32]);
    expect(cellsUnder(grid, { x: 1600, y: 1000 }, 10)).toEqual([639]);
    expect(cellsUnder(grid, { x: -500, y: 5 }, 10)).toEqual([]);
  });

  it('[PH13] a frame is moved and sized by keys, and stays inside', () => {
    const frame = { column: 0, row: 0, columns: 2, rows: 1 };
    expect(moved(grid, frame, 'ArrowLeft', false)).toEqual(frame);
    expect(moved(grid, frame, 'ArrowRight', false)).toEqual({ ...frame, column: 1 });
    expect(moved(grid, { ...frame, column: 30 }, 'ArrowRight', false)).toEqual({ ...frame, column: 30 });
    expect(moved(grid, frame, 'ArrowDown', true)).toEqual({ ...frame, rows: 2 });
    expect(moved(grid, frame, 'ArrowUp', true)).toEqual(frame);
    expect(moved(grid, frame, 'Tab', false)).toBeNull();
    expect(cellsIn(grid, { column: 31, row: 19, columns: 2, rows: 2 })).toEqual([639]);
    expect(cellsIn(grid, { column: 1, row: 1, columns: 2, rows: 2 })).toEqual([33, 34, 65, 66]);
  });

  it('[PH13] a cell’s colour is so coarse that close shades are one', () => {
    expect(colourOf(new Uint8ClampedArray([200, 100, 7, 255]), 0)).toBe('rgb(208 112 16)');
    expect(colourOf(new Uint8ClampedArray([0, 0, 0, 255, 205, 98, 31, 255]), 1)).toBe('rgb(208 112 16)');
  });
});

const refusal = (code: ErrorCode, status: number, retryAfter: number | null = null) =>
  new ApiError({ type: 'about:blank', title: code, status, code }, retryAfter);

describe('the photos of a letter', () => {
  /** A phone whose server answers as the test says; its clock moves by waiting alone. */
  function phone(over: { fail?: (tries: number) => unknown; reachable?: boolean; slowMs?: number } = {}) {
    const keys: string[] = [];
    const told: LetterPhoto[][] = [];
    const clock = { now: 0 };
    const ports: PhotoPorts = {
      bytesOf: async (key) => (key === 'lost' ? null : new ArrayBuffer(1)),
      upload: async (_n, _bytes, key, ms) => {
        expect(ms).toBeGreaterThan(0);
        keys.push(key);
        clock.now += Math.min(ms, over.slowMs ?? 0);
        const error = over.fail?.(keys.length) ?? null;
        if (error !== null) throw error;
        return { photoId: `id-of-${key}`.padEnd(16, '-') };
      },
      isReachable: async () => over.reachable ?? true,
      pause: async (ms) => {
        clock.now += ms;
      },
      now: () => clock.now,
    };
    const send = (photos: LetterPhoto[]) =>
      settlePhotos(photos, 'n'.repeat(16), async (now) => void told.push(now), ports);
    return { send, keys, told, clock };
  }
  const photos = waitingPhotos(['a', 'b'].map((key) => ({ key, blurred: false })));

  it('[PH11] leave one after another under their own keys, each told before the next', async () => {
    const { send, keys, told } = phone();
    await send(photos);
    expect(keys).toEqual(['a', 'b']);
    expect(told.map((now) => photoIdsOf(now).length)).toEqual([1, 2]);
    await send(told.at(-1) ?? []);
    expect(keys).toEqual(['a', 'b']);
  });

  it('[PH11] wait with their letter where nothing reaches the server, or Redis', async () => {
    for (const error of [new NetworkError('offline'), refusal('UNAVAILABLE', 503)]) {
      const { send, told } = phone({ fail: () => error, reachable: false });
      await expect(send(photos)).rejects.toBe(error);
      expect(told).toEqual([]);
    }
    const gone = refusal('NOT_SIGNED_IN', 401);
    await expect(phone({ fail: () => gone }).send(photos)).rejects.toBe(gone);
  });

  it('[PH12] one that is refused or lost stays behind, and the others go', async () => {
    const { send, told } = phone({ fail: (tries) => (tries === 1 ? refusal('INVALID_INPUT', 422) : null) });
    await send([...waitingPhotos([{ key: 'lost', blurred: false }]), ...photos]);
    const last = told.at(-1) ?? [];
    expect(last.map(({ left }) => left)).toEqual([true, true, false]);
    expect(leftOf(last)).toBe(2);
  });

  it('[PH11] one that the server has no time for is tried again, when it asked to be', async () => {
    const { send, told, clock, keys } = phone({
      fail: (tries) => (tries === 1 ? refusal('UNAVAILABLE', 503, 5000) : null),
    });
    await send(photos);
    expect(keys).toEqual(['a', 'a', 'b']);
    expect(clock.now).toBe(5000);
    expect(leftOf(told.at(-1) ?? [])).toBe(0);
  });

  it.each([
    ['a proxy that cuts every upload', { fail: () => new NetworkError('cut') }],
    ['a server that is always busy', { fail: () => refusal('UNAVAILABLE', 503) }],
    ['too many photos this hour', { fail: () => refusal('RATE_LIMITED', 429, 3_000_000) }],
    ['a line that never ends', { fail: () => new NetworkError('time'), slowMs: 60_000 }],
  ])('[PH12] the alert waits 20 s at most, together: %s', async (_, world) => {
    const { send, told, clock } = phone(world);
    await send(photos);
    expect(leftOf(told.at(-1) ?? [])).toBe(2);
    expect(clock.now).toBeLessThanOrEqual(20_000);
  });
});

describe('photos on this device', () => {
  it('[PH11] are forgotten once nothing names them, but not while a draft is about to', async () => {
    const clock = { now: 0 };
    const keeper = createPhotoKeeper(memoryStorage(), () => clock.now);
    for (const key of ['named', 'stray']) await keeper.put(key, new ArrayBuffer(3));
    await keeper.keepOnly(new Set(['named']));
    expect(await keeper.get('stray')).not.toBeNull();
    clock.now += 3 * 3600 * 1000;
    await keeper.keepOnly(new Set(['named']));
    expect(await keeper.get('stray')).toBeNull();
    expect((await keeper.get('named'))?.byteLength).toBe(3);
    await keeper.forget(['named']);
    expect(await keeper.get('named')).toBeNull();
  });
});
