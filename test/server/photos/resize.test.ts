import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { formatOf, isBearable } from '../../../server/photos/photo.ts';
import { resizerOf } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { png, realPhoto } from '../../support/photos.ts';

const logger = pino({ level: 'silent' });
const source = fileURLToPath(new URL('../../../server/photos/resize-process.ts', import.meta.url));
const resizer = resizerOf({ logger });
afterAll(() => resizer.stop());

const text = (words: string) => new TextEncoder().encode(words);
const joined = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
const jpegOf = async (side = { width: 400, height: 300 }) =>
  new Uint8Array(
    await sharp({ create: { ...side, channels: 3, background: '#336699' } })
      .jpeg()
      .toBuffer(),
  );

/** The markers of a JPEG before its pixels. */
function segments(jpeg: Uint8Array): number[] {
  const found: number[] = [];
  for (let at = 2; jpeg[at] === 0xff && jpeg[at + 1] !== 0xda;) {
    found.push(jpeg[at + 1] ?? 0);
    at += 2 + (jpeg[at + 2] ?? 0) * 256 + (jpeg[at + 3] ?? 0);
  }
  return found;
}

/** Neither EXIF, XMP, ICC, IPTC nor comments: tables and frame alone. */
function expectBare(jpeg: Uint8Array): void {
  const markers = segments(jpeg);
  expect(markers).not.toEqual([]);
  expect(markers.filter((marker) => (marker >= 0xe1 && marker <= 0xef) || marker === 0xfe)).toEqual([]);
  for (const word of ['Exif', 'GPS', 'http://ns.adobe.com', 'ICC_PROFILE', 'Photoshop'])
    expect(Buffer.from(jpeg).includes(word)).toBe(false);
}

const real: [name: string, width: number, height: number][] = [
  ['gps-arezzo-DSCN0010.jpg', 640, 480],
  ['gps-arezzo-DSCN0012.jpg', 640, 480],
  ['gps-arezzo-DSCN0025.jpg', 640, 480],
  ['gps-arezzo-DSCN0042.jpg', 640, 480],
  ['gps-drone-hasselblad.jpg', 100, 67],
  ['gps-in-png.png', 1, 1],
  ['gps-pixel-phone.jpg', 1012, 759],
  ['gps-southern-hemisphere.jpg', 100, 78],
  ['derived-jpeg-named-png.png', 100, 78],
  ['malformed-image01713.jpg', 49, 500],
  ['malformed-typed-array.jpg', 60, 42],
  ['malformed-usercomment.jpg', 600, 900],
  ['no-exif.jpg', 250, 188],
  // Turned upright: what lay on its side in the file.
  ['orientation-6.jpg', 600, 450],
  ['orientation-8.jpg', 450, 600],
];

describe('a real photo', () => {
  it.each(real)('[PH3] %s becomes %i × %i without a trace of its making', async (name, width, height) => {
    const bytes = realPhoto(name);
    if (bytes === null) return;
    const pixels = await resizer.resize(bytes);
    expect(pixels).not.toBeNull();
    if (pixels === null) return;
    const header = await sharp(pixels.photo).metadata();
    expect(header).toMatchObject({ format: 'jpeg', width, height, space: 'srgb' });
    expect(header.orientation ?? 1).toBe(1);
    const small = await sharp(pixels.thumbnail).metadata();
    expect(Math.max(small.width, small.height)).toBe(Math.min(320, Math.max(width, height)));
    expectBare(pixels.photo);
    expectBare(pixels.thumbnail);
  });

  it.each(['derived-truncated.jpg', 'derived-empty.jpg'])('[PH2] %s is no picture', async (name) => {
    const bytes = realPhoto(name);
    if (bytes === null) return;
    expect(await resizer.resize(bytes)).toBeNull();
  });
});

describe('what is stored', () => {
  it('[PH3] is at most 1600 px long, its thumbnail 320, and says nothing of what was embedded', async () => {
    const source = await sharp({
      create: { width: 3000, height: 2000, channels: 4, background: '#ff000080' },
    })
      .withExif({ IFD0: { Copyright: 'canary-exif' }, IFD3: { GPSLatitude: '51/1 30/1 3230/100' } })
      .withIccProfile('p3')
      .webp()
      .toBuffer();
    expect(source.includes('canary-exif')).toBe(true);
    const pixels = await resizer.resize(new Uint8Array(source));
    expect(await sharp(pixels?.photo).metadata()).toMatchObject({
      width: 1600,
      height: 1067,
      hasAlpha: false,
    });
    expect(await sharp(pixels?.thumbnail).metadata()).toMatchObject({ width: 320, height: 213 });
    expectBare(pixels?.photo ?? new Uint8Array());
    expectBare(pixels?.thumbnail ?? new Uint8Array());
  });

  it('[PH3] has no byte of what was hung on to the picture', async () => {
    const polyglot = joined(await jpegOf(), text('<script>alert("canary")</script>'), text('PK\u0003\u0004'));
    const pixels = await resizer.resize(polyglot);
    expect(pixels).not.toBeNull();
    for (const bytes of [pixels?.photo, pixels?.thumbnail]) {
      expect(Buffer.from(bytes ?? []).includes('script')).toBe(false);
      expect(Buffer.from(bytes ?? []).includes('canary')).toBe(false);
    }
  });
});

describe('what is no picture', () => {
  it('[PH2] is known by its bytes, whatever it is called', async () => {
    const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
    const svg = text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>');
    const tiff = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
      .tiff()
      .toBuffer();
    const heic = joined(new Uint8Array([0, 0, 0, 24]), text('ftypheic'), new Uint8Array(64));
    const html = text('<!doctype html><script>alert(1)</script>');
    const zip = joined(text('PK\u0003\u0004'), new Uint8Array(64));
    const magic = new Uint8Array([0xff, 0xd8, 0xff]);
    for (const bytes of [gif, svg, tiff, heic, html, zip, new Uint8Array()]) {
      expect(formatOf(bytes)).toBeNull();
      expect(await resizer.resize(new Uint8Array(bytes))).toBeNull();
    }
    // A costume of three bytes gets it to the decoder, no further.
    for (const body of [html, svg, zip, gif]) {
      const costumed = joined(magic, body);
      expect(formatOf(costumed)).toBe('jpeg');
      expect(await resizer.resize(costumed)).toBeNull();
    }
    expect(formatOf(joined(text('RIFF'), new Uint8Array(4), text('WAVE')))).toBeNull();
  });

  it('[PH2] a bomb is refused by its header, before its pixels: 30,000 × 30,000 in a few bytes', async () => {
    const bomb = png({ width: 30_000, height: 30_000 });
    expect(bomb.length).toBeLessThan(200_000);
    await resizer.resize(png({ width: 9, height: 9 }));
    const before = resizer.pid();
    expect(await resizer.resize(bomb)).toBeNull();
    expect(resizer.pid()).toBe(before);
    expect(isBearable({ width: 30_000, height: 30_000 })).toBe(false);
    expect(isBearable({ width: 10_000, height: 5001 })).toBe(false);
    expect(isBearable({ width: 40_000, height: 1 })).toBe(false);
    expect(isBearable({ width: 0, height: 10 })).toBe(false);
    expect(isBearable({ width: 8000, height: 6000 })).toBe(true);
  });

  it('[PH2] a header that lies about the pixels behind it is refused', async () => {
    const lying = Buffer.from(png({ width: 60, height: 60 }));
    lying.writeUInt32BE(6000, 16);
    expect(await resizer.resize(new Uint8Array(lying))).toBeNull();
    expect(await resizer.resize(png({ width: 64, height: 64 }).slice(0, 45))).toBeNull();
  });
});

describe('the process for photos', () => {
  it('[PH4] killed, it is started again and the photo is done', async () => {
    const own = resizerOf({ logger });
    const large = await jpegOf({ width: 7000, height: 7000 });
    const under = own.resize(large);
    const pid = await eventually(() => own.pid());
    process.kill(pid, 'SIGKILL');
    await expect(under).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    // It had not said that it is ready, so this photo never began; the next ones do, and are killed at work and idle.
    expect(await own.resize(png({ width: 20, height: 10 }))).not.toBeNull();
    const again = own.resize(large);
    process.kill(own.pid() ?? 0, 'SIGKILL');
    expect(await sharp((await again)?.photo).metadata()).toMatchObject({ width: 1600 });
    process.kill(own.pid() ?? 0, 'SIGKILL');
    expect(await own.resize(png({ width: 20, height: 10 }))).not.toBeNull();
    own.stop();
  });

  it('[PH4] a photo that takes too long is refused, and the next one has a new process', async () => {
    const own = resizerOf({ logger }, 1);
    const large = await jpegOf({ width: 5000, height: 5000 });
    expect(await own.resize(large)).toBeNull();
    expect(own.pid()).toBeNull();
    expect(await own.resize(large)).toBeNull();
    own.stop();
  });

  it('[PH4] one works, eight wait, the next is told when to come again', async () => {
    const own = resizerOf({ logger });
    const results = await Promise.allSettled(
      Array.from({ length: 12 }, () => own.resize(png({ width: 30, height: 30 }))),
    );
    const refused = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    expect(refused).toHaveLength(3);
    expect(refused[0]).toMatchObject({ code: 'UNAVAILABLE', retryAfter: 5 });
    own.stop();
  });

  it('[PH4] where photos cannot be read at all, that is said, and not that the photo is bad', async () => {
    const { createResizer } = await import('../../../server/photos/resizer.ts');
    const own = createResizer({ logger, entry: new URL('file:///nowhere/none.js') });
    await expect(own.resize(png({ width: 9, height: 9 }))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    own.stop();
  });

  it('[PH4] it ends when the server is gone without a word', async () => {
    const orphan = fork(source, { execArgv: ['--import', 'tsx'], stdio: 'ignore' });
    await once(orphan, 'message');
    const gone = once(orphan, 'exit');
    orphan.disconnect();
    expect(await gone).toEqual([0, null]);
  });

  it('[PH4] it ends with the server', async () => {
    const own = resizerOf({ logger });
    await own.resize(png({ width: 9, height: 9 }));
    const pid = own.pid() ?? 0;
    own.stop();
    await eventually(() => {
      try {
        return !process.kill(pid, 0);
      } catch {
        return true;
      }
    });
    await expect(own.resize(png({ width: 9, height: 9 }))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
