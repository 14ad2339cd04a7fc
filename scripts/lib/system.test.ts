import { expect, test } from "vitest";
import { candidateRelease, dependencyNames, missingLibraries, parseRelease } from "./system.mjs";

test("a release is read with and without quotes", () => {
  expect(parseRelease('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n')).toEqual({
    id: "debian",
    codename: "bookworm",
  });
  expect(parseRelease('ID_LIKE="debian"\nID="ubuntu"\n')).toEqual({ id: "ubuntu", codename: "" });
});

test("the release apt would install is the first number of the candidate", () => {
  const policy = (candidate: string) => `mesa-vulkan-drivers:\n  Installed: 22.1\n  Candidate: ${candidate}\n  Version table:\n`;
  expect(candidateRelease(policy("25.0.7-2"))).toBe(25);
  expect(candidateRelease(policy("1:24.2.8"))).toBe(24);
  expect(candidateRelease(policy("(none)"))).toBe(0);
  expect(candidateRelease("")).toBe(0);
});

test("dependencies are names: no versions, no architectures, the first alternative", () => {
  expect(dependencyNames("libc6 (>= 2.34), libdrm2:amd64, libelf1 | libelf1t64 (>= 0.142)")).toEqual([
    "libc6",
    "libdrm2",
    "libelf1",
  ]);
  expect(dependencyNames("")).toEqual([]);
});

test("missing libraries are those the linker does not find", () => {
  const listing = "\tlibz.so.1 => /lib/libz.so.1 (0x7f)\n\tlibLLVM-15.so.1 => not found\n\tlinux-vdso.so.1 (0x7f)\n";
  expect(missingLibraries(listing)).toEqual(["libLLVM-15.so.1"]);
});
