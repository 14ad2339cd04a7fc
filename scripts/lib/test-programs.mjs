import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { outputOf } from "./run.mjs";

/** What the tests of exports and of clusters need beside Node, by Debian's names. */
export const PYTHON_PACKAGES = ["python3-torch", "python3-onnx", "python3-numpy"];
export const NATS_PACKAGE = "nats-server";
export const SLURM_PACKAGES = ["slurmctld", "slurmd", "slurm-client", "munge"];

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
 * The programs of a Slurm cluster and what it authenticates with.
 * @typedef {{ readonly munged: string, readonly slurmctld: string, readonly slurmd: string, readonly sbatch: string, readonly scancel: string, readonly scontrol: string }} Slurm
 */

/**
 * Null where one is missing.
 * @returns {Slurm | null}
 */
export function findSlurm() {
  const names = ["munged", "slurmctld", "slurmd", "sbatch", "scancel", "scontrol"];
  const [munged, slurmctld, slurmd, sbatch, scancel, scontrol] = names.map(programNamed);
  if (!munged || !slurmctld || !slurmd || !sbatch || !scancel || !scontrol) return null;
  return { munged, slurmctld, slurmd, sbatch, scancel, scontrol };
}

/**
 * Looked for without being started: Slurm's programs fail where no cluster is. Debian has daemons where only root looks for programs.
 * @param {string} name
 */
function programNamed(name) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** Whether this machine is not to start a Slurm cluster: the one test of it is left out then, and `npm test` says so. */
export const withoutSlurm = () => process.env.SPLITNET_WITHOUT_SLURM === "1";

/**
 * Debian's names of what is missing.
 * @param {{ python?: () => string | null, natsServer?: () => string | null, slurm?: () => Slurm | null }} [find]
 */
export function missingTestPackages({ python = findPython, natsServer = findNatsServer, slurm = findSlurm } = {}) {
  return [
    ...(python() === null ? PYTHON_PACKAGES : []),
    ...(natsServer() === null ? [NATS_PACKAGE] : []),
    ...(withoutSlurm() || slurm() !== null ? [] : SLURM_PACKAGES),
  ];
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
  if (missing.some((name) => SLURM_PACKAGES.includes(name))) {
    lines.push("Slurm elsewhere: its daemons and munge on the PATH; SPLITNET_WITHOUT_SLURM=1 leaves the test of Slurm out.");
  }
  return lines;
}
