import { readFileSync } from "node:fs";
import { outputOf } from "./run.mjs";

/** Mesa's lavapipe offers what WebGPU needs from this release on; Dawn refuses the 22 of Debian 12. */
export const MESA_NEEDED = 25;

export const isRoot = () => process.getuid?.() === 0;

/** Whether packages can be installed without asking anybody: root on a system with apt. */
export const canInstallPackages = () => isRoot() && outputOf("apt-get", ["--version"]) !== null;

/**
 * Distribution and release of a Linux system: { id: "debian", codename: "bookworm" }. Empty strings where unknown.
 * @param {string} text content of /etc/os-release
 */
export function parseRelease(text) {
  /** @param {string} key */
  const field = (key) => new RegExp(`^${key}="?([^"\n]*)"?$`, "m").exec(text)?.[1] ?? "";
  return { id: field("ID"), codename: field("VERSION_CODENAME") };
}

export function linuxRelease() {
  try {
    return parseRelease(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return { id: "", codename: "" };
  }
}

/**
 * Major release of the version apt would install, from the output of `apt-cache policy`; 0 where there is none.
 * @param {string} policy
 */
export function candidateRelease(policy) {
  return Number(/^ {2}Candidate: (?:\d+:)?(\d+)/m.exec(policy)?.[1] ?? 0);
}

/**
 * Names of the packages in a Depends field, the first of each set of alternatives, without versions.
 * @param {string} depends
 */
export function dependencyNames(depends) {
  return depends
    .split(",")
    .map((one) => one.trim().split(/[\s(|:]/)[0] ?? "")
    .filter((name) => name !== "");
}

/**
 * Libraries that the dynamic linker does not find, from the output of `ldd`.
 * @param {string} listing
 */
export function missingLibraries(listing) {
  return [...listing.matchAll(/^\s*(\S+) => not found$/gm)].map((match) => match[1] ?? "");
}
