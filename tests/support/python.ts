import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findPython, PYTHON_PACKAGES, testPackageAdvice } from "../../scripts/lib/test-programs.mjs";

/** The first import of PyTorch reads half a gigabyte, on machines that have other things to do. */
export const PYTHON_TIMEOUT_MS = 5 * 60_000;

const MAX_OUTPUT_BYTES = 1 << 28;
const execute = promisify(execFile);

let found: string | null = null;

/** A Python that has torch, onnx and numpy. Throws where there is none: the export would be unproven. */
export function pythonWithTorch(): string {
  found ??= findPython();
  if (found === null) {
    const advice = testPackageAdvice(PYTHON_PACKAGES).join("\n");
    throw new Error(`no Python with torch, onnx and numpy, which is a failure and not a skip.\n${advice}`);
  }
  return found;
}

/** Standard output of a program run in `folder`; rejects with what it said of its failure. */
export function runPython(folder: string, args: readonly string[]): Promise<string> {
  return outputIn(folder, pythonWithTorch(), args);
}

/** The same of any command. */
export async function outputIn(folder: string, command: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
  return (await execute(command, args, { cwd: folder, maxBuffer: MAX_OUTPUT_BYTES, env })).stdout;
}
