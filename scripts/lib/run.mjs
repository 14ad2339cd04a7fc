import { spawn, spawnSync } from "node:child_process";
import { root } from "./project.mjs";

/**
 * Output of a short command, or null when it does not exist, fails or takes longer.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ timeoutMs?: number, environment?: Readonly<Record<string, string>> }} [options]
 * @returns {string | null}
 */
export function outputOf(command, args, { timeoutMs = 30_000, environment = {} } = {}) {
  const result = spawnSync(command, args, {
    encoding: "utf8",
    timeout: timeoutMs,
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, ...environment },
  });
  return result.status === 0 ? result.stdout : null;
}

/**
 * Runs a command in the project's root with its output shown; resolves with its exit code, 1 when it cannot start or a signal ends it.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ environment?: Readonly<Record<string, string>>, folder?: string }} [options]
 * @returns {Promise<number>}
 */
export function show(command, args, { environment = {}, folder = root } = {}) {
  return new Promise((done) => {
    // On Windows npx is a script, which only a shell can start.
    const shell = process.platform === "win32" && command === "npx";
    const child = spawn(command, args, {
      shell,
      cwd: folder,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...environment },
    });
    child.on("error", () => done(1));
    child.on("close", (code) => done(code ?? 1));
  });
}
