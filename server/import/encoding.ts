import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

const chunk = 1 << 18;

/**
 * Tells a text file's encoding: by its byte order mark, else UTF-8 if all of it is well-formed, else windows-1252,
 * which is what spreadsheets in western Europe and America write (and holds ISO 8859-1's letters).
 */
async function encodingOf(path: string): Promise<'utf-8' | 'utf-16le' | 'windows-1252'> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    if (bytesRead === 2 && buffer[0] === 0xff && buffer[1] === 0xfe) return 'utf-16le';
  } finally {
    await file.close();
  }
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    // The end is not checked: a file may break off within a character, and then its last record is the one to blame.
    for await (const bytes of createReadStream(path, { highWaterMark: chunk })) {
      decoder.decode(bytes as Buffer, { stream: true });
    }
    return 'utf-8';
  } catch (error) {
    if (error instanceof TypeError) return 'windows-1252';
    throw error;
  }
}

/**
 * The file's text in pieces, whatever its encoding, without a byte order mark.
 * @throws the file system's error
 */
export async function* readText(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(await encodingOf(path));
  for await (const bytes of createReadStream(path, { highWaterMark: chunk })) {
    yield decoder.decode(bytes as Buffer, { stream: true });
  }
  yield decoder.decode();
}
