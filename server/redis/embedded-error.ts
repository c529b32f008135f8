/** Why a private Redis cannot run: one line for the person who typed `npm start`, with what to do where we know it. */
export class EmbeddedRedisError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'EmbeddedRedisError';
  }
}
