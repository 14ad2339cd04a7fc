import { expect, test } from "vitest";
import { csv } from "./csv";

test("cells with commas, quotes or line ends are quoted, all others are not, and nothing stands for nothing", () => {
  expect(csv([["a", "b,c", 'd"e', "f\ng", "h\ri", " j ", undefined, null, 0]])).toBe('a,"b,c","d""e","f\ng","h\ri", j ,,,0\r\n');
});
