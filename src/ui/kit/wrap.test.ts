import { expect, test } from "vitest";
import { wrapped } from "./wrap";

test("every word is kept in its order, and no line is longer than asked unless a word is", () => {
  expect(wrapped("one  two three\nfour", 9)).toEqual(["one two", "three", "four"]);
  expect(wrapped("a incomprehensibility b", 5)).toEqual(["a", "incomprehensibility", "b"]);
  expect(wrapped("nine chars", 10)).toEqual(["nine chars"]);
  expect(wrapped("  ", 10)).toEqual([]);
});
