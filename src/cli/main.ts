import { flushed, processIo } from "./io";
import { EXIT_FAILED, runProgram } from "./program";

const stop = new AbortController();

// The first signal asks for an orderly stop with everything saved; the second one does not wait for it.
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => {
    if (stop.signal.aborted) process.exit(EXIT_FAILED);
    stop.abort();
  });
}

// A reader that closes the pipe early (`splitnet ... | head`) is no failure worth a stack trace.
process.stdout.on("error", () => process.exit(EXIT_FAILED));

const code = await runProgram(process.argv.slice(2), processIo(), stop.signal);
await flushed();
process.exit(code);
