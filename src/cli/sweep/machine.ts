import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/**
 * Where a process id means something: the host, its boot and the namespace of its processes, as far as the system tells. Two containers of one
 * name have different ones.
 */
export function thisMachine(): string {
  return [hostname(), ...[bootId, processNamespace].map(orNothing)].join(" ").trim();
}

/** Whether a process of this machine runs; one of another user does as well. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

const bootId = () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
const processNamespace = () => readlinkSync("/proc/self/ns/pid");

/** Only Linux has these files. */
function orNothing(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
