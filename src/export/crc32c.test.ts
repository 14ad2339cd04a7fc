import { expect, test } from "vitest";
import { crc32c } from "./crc32c";

/** RFC 3720 appendix B.4, whose bytes go out lowest first. */
const PUBLISHED: readonly (readonly [string, Uint8Array, number])[] = [
  ["32 bytes of zeros", new Uint8Array(32), 0x8a9136aa],
  ["32 bytes of ones", new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ["32 incrementing bytes", Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
  ["32 decrementing bytes", Uint8Array.from({ length: 32 }, (_, index) => 31 - index), 0x113fdb5c],
  ["an iSCSI read command", iscsiRead(), 0xd9963a56],
];

test.each(PUBLISHED)("the published CRC-32C of %s comes out", (_name, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected);
});

test("nothing has the CRC 0", () => {
  expect(crc32c(new Uint8Array(0))).toBe(0);
});

function iscsiRead(): Uint8Array {
  const bytes = new Uint8Array(48);
  bytes.set([0x01, 0xc0], 0);
  bytes.set([0x14, 0, 0, 0, 0, 0, 0x04, 0, 0, 0, 0, 0x14, 0, 0, 0, 0x18, 0x28], 16);
  bytes[40] = 0x02;
  return bytes;
}
