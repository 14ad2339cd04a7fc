import { spawnSync } from "node:child_process";
import { findPython, PYTHON_PACKAGES, testPackageAdvice } from "../../scripts/lib/test-programs.mjs";

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

/** Standard output of a program run in `folder`; throws with what it said of its failure. */
export function runPython(folder: string, args: readonly string[]): string {
  return outputIn(folder, pythonWithTorch(), args);
}

/** The same of any command. */
export function outputIn(folder: string, command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}:\n${stderr}${stdout}`);
  return stdout;
}
