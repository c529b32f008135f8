import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, realpath } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { EmbeddedRedisError } from './embedded-error.ts';

// sun_path holds 108 bytes on Linux and 104 on macOS and the BSDs, its final NUL included.
const longestSocketPath = 103;

/** Where one private Redis keeps its data, its lock and its socket. All of it is ours alone (0700). */
export type RedisFolder = {
  /** Redis' `dir`, with `appendonlydir` in it. */
  readonly dir: string;
  /** Locked by the Redis process for as long as it lives. */
  readonly lock: string;
  readonly socket: string;
};

/**
 * Makes `<dataDir>/redis`. The socket lies in it, or, where that path is too long for a socket, in a folder under
 * the system's temporary folder whose name follows from the data folder's, so that a second start finds it too.
 * @throws {EmbeddedRedisError} when a folder cannot be made, or is somebody else's
 */
export async function prepareFolder(dataDir: string): Promise<RedisFolder> {
  const dir = await privateFolder(join(dataDir, 'redis'));
  const lock = join(dir, 'redis.lock');
  const beside = join(dir, 'redis.sock');
  if (Buffer.byteLength(beside) <= longestSocketPath) return { dir, lock, socket: beside };
  const name = `vigie-${createHash('sha256').update(dir).digest('hex').slice(0, 16)}`;
  const parent =
    Buffer.byteLength(join(tmpdir(), name, 'redis.sock')) <= longestSocketPath ? tmpdir() : '/tmp';
  return { dir, lock, socket: join(await privateFolder(join(parent, name)), 'redis.sock') };
}

async function privateFolder(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const found = await lstat(path);
    // Anybody may have made a folder of this name in the temporary folder before us.
    if (found.uid !== userInfo().uid) throw new EmbeddedRedisError(`${path} belongs to another user`);
    await chmod(path, 0o700);
    // One data folder reached by two names must have one lock and one socket.
    return await realpath(path);
  } catch (error) {
    if (error instanceof EmbeddedRedisError) throw error;
    throw new EmbeddedRedisError(
      `cannot use the folder ${path}: ${(error as NodeJS.ErrnoException).code ?? ''}`,
      error,
    );
  }
}
