import { spawnSync } from "node:child_process";

/** Debian's packages, of which the tests need torch, onnx and numpy. */
export const PYTHON_PACKAGES = ["python3-torch", "python3-onnx", "python3-numpy"];

/** The system's first: it is the one that the packages are for. */
const CANDIDATES = [process.env.SPLITNET_PYTHON, "/usr/bin/python3", "python3"];

let found: string | null = null;

/** A Python that has torch, onnx and numpy. Throws where there is none: the export would be unproven. */
export function pythonWithTorch(): string {
  found ??= CANDIDATES.find((command) => command !== undefined && canImport(command)) ?? null;
  if (found === null) {
    throw new Error(
      `no Python with torch, onnx and numpy: \`apt-get install --no-install-recommends ${PYTHON_PACKAGES.join(" ")}\` (Debian) ` +
        "or `pip install torch onnx numpy`, or set SPLITNET_PYTHON to a Python that has them (a missing Python is a failure)",
    );
  }
  return found;
}

function canImport(command: string): boolean {
  return spawnSync(command, ["-c", "import torch, onnx, numpy"], { stdio: "ignore" }).status === 0;
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
