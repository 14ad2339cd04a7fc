import { constants } from "node:os";
import { flushed, processIo } from "./io";
import { EXIT_FAILED, EXIT_INTERRUPTED, runProgram } from "./program";

const stop = new AbortController();
let exitInterrupted = EXIT_INTERRUPTED;

// The first signal asks for an orderly stop with everything saved; the second one does not wait for it.
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => {
    exitInterrupted = 128 + constants.signals[name];
    if (stop.signal.aborted) process.exit(exitInterrupted);
    stop.abort();
  });
}

// A reader that closes the pipe early (`splitnet ... | head`) is no failure worth a stack trace.
process.stdout.on("error", () => process.exit(EXIT_FAILED));

const code = await runProgram(process.argv.slice(2), processIo(), stop.signal);
await flushed();
process.exit(code === EXIT_INTERRUPTED ? exitInterrupted : code);
