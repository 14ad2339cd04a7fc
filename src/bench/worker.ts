import { runBenchmarks } from "./program";

/** Entry of the benchmarks' worker in the page: takes arguments as the command line does, posts what it prints. */

/** What the worker posts. */
export type BenchMessage =
  | { readonly kind: "note" | "result"; readonly text: string }
  | { readonly kind: "ended"; readonly code: number };

const post = (message: BenchMessage): void => self.postMessage(message);

self.addEventListener("message", ({ data }: MessageEvent<unknown>) => void run(argumentsOf(data)));

async function run(args: readonly string[]): Promise<void> {
  const code = await runBenchmarks(args, {
    gpu: navigator.gpu,
    driver: "the browser's choice",
    commit: import.meta.env.VITE_COMMIT ?? "unknown",
    print: (text) => post({ kind: "result", text }),
    note: (text) => post({ kind: "note", text }),
  });
  post({ kind: "ended", code });
}

function argumentsOf(data: unknown): readonly string[] {
  return Array.isArray(data) ? data.filter((entry): entry is string => typeof entry === "string") : [];
}
