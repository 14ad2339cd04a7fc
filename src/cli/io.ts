/** The outside of the program, injected so that tests can stand in for a terminal. */
export interface Io {
  /** Writes to standard output: results only. */
  out(text: string): void;
  /** Writes to standard error: progress, warnings, failures. */
  err(text: string): void;
  /** Whether standard error is a terminal whose last line can be rewritten. */
  readonly interactive: boolean;
  /** Width of that terminal in characters. */
  readonly columns: number;
}

/** The real process. */
export function processIo(): Io {
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    interactive: process.stderr.isTTY === true,
    columns: process.stderr.columns ?? 80,
  };
}

/** Resolves once everything written so far has left the process: Dawn keeps Node alive, so the program must exit by itself. */
export async function flushed(): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map((stream) => new Promise<void>((done) => stream.write("", () => done()))),
  );
}
