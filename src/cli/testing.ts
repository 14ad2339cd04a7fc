import { runProgram } from "./program";

/** What a run of the program left behind. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the program in this process with captured output. */
export async function runHere(...args: string[]): Promise<Outcome> {
  return runAborting(new AbortController().signal, ...args);
}

/** The same with a signal that stands for Ctrl-C. */
export async function runAborting(signal: AbortSignal, ...args: string[]): Promise<Outcome> {
  let [out, err] = ["", ""];
  const io = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    interactive: false,
    columns: 80,
  };
  const code = await runProgram(args, io, signal);
  return { code, out, err };
}
