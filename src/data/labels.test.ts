import { expect, test } from "vitest";
import { parseLabelFile } from "./labels";
import { archiveErrorOf } from "./testing";

const names = (text: string): readonly string[] => parseLabelFile(new TextEncoder().encode(text), "labels.txt");
const refused = async (text: string): Promise<string> => (await archiveErrorOf(() => names(text))).message;

test("one name a line, whatever the line ends are and whether the last line has one", () => {
  for (const text of ["apple\nbaby\n", "apple\nbaby", "apple\r\nbaby\r\n", "apple\nbaby\n\n\n"]) {
    expect(names(text)).toEqual(["apple", "baby"]);
  }
  expect(names("Äpfel\nlarge man-made things\n")).toEqual(["Äpfel", "large man-made things"]);
});

test("as many names as a byte tells apart, and no more", async () => {
  const list = (count: number): string => Array.from({ length: count }, (_, i) => `class_${i}\n`).join("");
  expect(names(list(256))).toHaveLength(256);
  expect(await refused(list(257))).toMatch(/labels.txt: byte 2450: more than 256 label names/);
});

test("empty, repeated and unprintable names are refused with file and byte", async () => {
  expect(await refused("")).toContain("labels.txt: byte 0: there is no label name");
  expect(await refused("a\n\nb\n")).toContain("byte 2: the name of label 1 is empty");
  expect(await refused("a\nb\na\n")).toContain('byte 4: "a" names both label 0 and label 2');
  expect(await refused("a\nb\u0007\n")).toContain("byte 2: the name of label 1");
  expect(await refused(`a\n${"x".repeat(300)}\n`)).toContain("byte 2: the name of label 1");
  const invalid = Uint8Array.of(0x61, 10, 0xff, 10);
  expect((await archiveErrorOf(() => parseLabelFile(invalid, "f"))).message).toContain("f: byte 2: the name of label 1");
});
