import { type ChildProcess, execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "./package-root";
import type { Outcome } from "./testing";

/** The program as npm builds it, every command a process: what a test kills is what a person kills. */

const FOLDER = join(packageRoot(), ".cache", "cli-test");
export const PROGRAM = join(FOLDER, "splitnet.js");

/** Builds the program; once a test file. */
export async function buildProgram(): Promise<void> {
  await promisify(execFile)(process.execPath, [join(packageRoot(), "scripts", "build-cli.mjs"), "src/cli/main.ts", FOLDER]);
}

export function splitnet(...args: string[]): ChildProcess {
  return spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "pipe", "pipe"] });
}

export function finished(child: ChildProcess): Promise<Outcome & { readonly signal: string | null }> {
  let [out, err] = ["", ""];
  child.stdout?.on("data", (text) => {
    out += text;
  });
  child.stderr?.on("data", (text) => {
    err += text;
  });
  return new Promise((resolve) => child.on("close", (code, signal) => resolve({ code: code ?? -1, signal, out, err })));
}
