import { expect, test } from "vitest";
import { decodeDescription, encodeDescription } from "./description-file";

test("name and notes come back, whatever is in them", () => {
  const description = { name: 'wide "net" <b>', notes: "two\nlines \u2028 and \u{1f43b}" };
  expect(decodeDescription(encodeDescription(description))).toEqual(description);
});

test.each([
  "",
  "{",
  "null",
  '{"format":"splitnet-description","version":2,"name":"","notes":""}',
  `{"format":"splitnet-description","version":1,"name":"${"x".repeat(201)}","notes":""}`,
])("%j is no description", (text) => {
  expect(decodeDescription(new TextEncoder().encode(text))).toBeNull();
});
