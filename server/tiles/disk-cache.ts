import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';

const Head = v.object({ type: v.string(), etag: v.nullable(v.string()), freshUntil: v.number() });

/** A kept tile: its bytes, and until when it need not be asked for again (epoch ms). */
export type CachedTile = v.InferOutput<typeof Head> & { body: Uint8Array<ArrayBuffer> };

const newline = 0x0a;
const fileName = /^\d{1,2}-\d{1,8}-\d{1,8}$/u;

/**
 * Tiles on disk, the least recently used leaving first. One file a tile: a line of JSON, then the image.
 * Everything here can be lost without harm, so a file that cannot be read is a tile that is not there.
 */
export class DiskCache {
  private readonly folder: string;
  private readonly limit: number;
  /** Name to bytes on disk, the least recently used first. */
  private readonly sizes = new Map<string, number>();
  private total = 0;

  private constructor(folder: string, limit: number) {
    this.folder = folder;
    this.limit = limit;
  }

  /**
   * Opens `<parent>/<name>` and removes what else lies in `parent`: tiles of an earlier source.
   * @param limit bytes that may lie on disk
   */
  static async open(parent: string, name: string, limit: number): Promise<DiskCache> {
    const folder = join(parent, name);
    await mkdir(folder, { recursive: true });
    for (const other of await readdir(parent)) {
      if (other !== name) await rm(join(parent, other), { recursive: true, force: true });
    }
    const cache = new DiskCache(folder, limit);
    await cache.takeStock();
    return cache;
  }

  get bytes(): number {
    return this.total;
  }

  private async takeStock(): Promise<void> {
    const found: { name: string; size: number; usedAt: number }[] = [];
    for (const name of await readdir(this.folder)) {
      const path = join(this.folder, name);
      // A temporary file is what a killed process left.
      if (!fileName.test(name)) await rm(path, { recursive: true, force: true });
      else {
        const { size, mtimeMs } = await stat(path);
        found.push({ name, size, usedAt: mtimeMs });
      }
    }
    found.sort((a, b) => a.usedAt - b.usedAt);
    for (const { name, size } of found) this.note(name, size);
    await this.evict();
  }

  private note(name: string, size: number): void {
    this.total += size - (this.sizes.get(name) ?? 0);
    this.sizes.delete(name);
    this.sizes.set(name, size);
  }

  private async evict(): Promise<void> {
    for (const [name, size] of this.sizes) {
      if (this.total <= this.limit) return;
      this.sizes.delete(name);
      this.total -= size;
      await rm(join(this.folder, name), { force: true });
    }
  }

  async get(name: string): Promise<CachedTile | null> {
    const size = this.sizes.get(name);
    if (size === undefined) return null;
    this.note(name, size);
    try {
      const bytes = await readFile(join(this.folder, name));
      const end = bytes.indexOf(newline);
      const head = v.parse(Head, JSON.parse(bytes.subarray(0, end).toString('utf8')));
      return { ...head, body: new Uint8Array(bytes.subarray(end + 1)) };
    } catch {
      this.sizes.delete(name);
      this.total -= size;
      return null;
    }
  }

  /** Keeps a tile, atomically: a reader sees the old file or the new one. */
  async put(name: string, { body, ...head }: CachedTile): Promise<void> {
    const bytes = Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]);
    if (bytes.length > this.limit) return;
    const temporary = join(this.folder, `.${randomUUID()}`);
    await writeFile(temporary, bytes);
    await rename(temporary, join(this.folder, name));
    this.note(name, bytes.length);
    await this.evict();
  }

  /** Remembers on disk which tiles were used last, so that a restart evicts in the right order. */
  async close(): Promise<void> {
    let at = Date.now() / 1000 - this.sizes.size;
    for (const name of this.sizes.keys()) {
      at += 1;
      await utimes(join(this.folder, name), at, at).catch(() => undefined);
    }
  }
}
