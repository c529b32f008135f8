/** Where a command speaks: results on one stream, what is only for watching on another. */
export type Output = {
  result(line: string): void;
  /** Replaces the line before on a terminal; elsewhere a line now and then. */
  progress(text: string): void;
  /** Ends the progress line. */
  settle(): void;
};

type Stream = { write(text: string): unknown; isTTY?: boolean };

export function createOutput(results: Stream, watching: Stream): Output {
  let shown = 0;
  let skipped = 0;
  return {
    result: (line) => void results.write(`${line}\n`),
    progress(text) {
      if (watching.isTTY === true) {
        watching.write(`\r${text.padEnd(shown)}`);
        shown = text.length;
      } else if (skipped === 0) {
        watching.write(`${text}\n`);
      }
      // A log file wants a tenth of what a terminal shows.
      skipped = (skipped + 1) % 10;
    },
    settle() {
      if (watching.isTTY === true && shown > 0) watching.write(`\r${' '.repeat(shown)}\r`);
      shown = 0;
    },
  };
}

/** `12,345` */
export const count = (n: number) => n.toLocaleString('en');
