/** What stops a whole import, in one line for whoever started it. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
}
