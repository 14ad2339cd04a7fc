import { outputOf } from "./run.mjs";

/** What the tests of exports need beside Node, by Debian's names. */
export const PYTHON_PACKAGES = ["python3-torch", "python3-onnx", "python3-numpy"];
export const NATS_PACKAGE = "nats-server";

/** The first import reads half a gigabyte. */
const IMPORT_TIMEOUT_MS = 180_000;

/**
 * A Python that has torch, onnx and numpy, or null. The system's comes first: it is the one that the packages are for.
 * @returns {string | null}
 */
export function findPython() {
  const candidates = [process.env.SPLITNET_PYTHON ?? "", "/usr/bin/python3", "python3"].filter((command) => command !== "");
  const imports = ["-c", "import torch, onnx, numpy"];
  return candidates.find((command) => outputOf(command, imports, { timeoutMs: IMPORT_TIMEOUT_MS }) !== null) ?? null;
}

/**
 * The NATS server, or null. Debian has it where only root looks for programs.
 * @returns {string | null}
 */
export function findNatsServer() {
  const candidates = ["nats-server", "/usr/sbin/nats-server"];
  return candidates.find((command) => outputOf(command, ["--version"]) !== null) ?? null;
}

/**
 * Debian's names of what is missing.
 * @param {{ python?: () => string | null, natsServer?: () => string | null }} [find]
 */
export function missingTestPackages({ python = findPython, natsServer = findNatsServer } = {}) {
  return [...(python() === null ? PYTHON_PACKAGES : []), ...(natsServer() === null ? [NATS_PACKAGE] : [])];
}

/**
 * What a person can do where they could not be installed: one line each.
 * @param {readonly string[]} missing
 */
export function testPackageAdvice(missing) {
  const lines = [`On Debian and Ubuntu: \`apt-get install --no-install-recommends ${missing.join(" ")}\` as root.`];
  if (missing.some((name) => PYTHON_PACKAGES.includes(name))) {
    lines.push("Elsewhere: `pip install torch onnx numpy`, and SPLITNET_PYTHON names that Python where it is not `python3`.");
  }
  if (missing.includes(NATS_PACKAGE)) lines.push("nats-server elsewhere: a release of the NATS server on the PATH.");
  return lines;
}
