import { expect, test } from "vitest";
import { migrated } from "./migrations";

const steps = [(text: string) => `${text} to 2`, (text: string) => `${text} to 3`];

test("a value goes through every migration from its own version on", () => {
  expect(migrated("1", 1, steps)).toBe("1 to 2 to 3");
  expect(migrated("2", 2, steps)).toBe("2 to 3");
  expect(migrated("3", 3, steps)).toBe("3");
});

test.each([0, -1, 4, 1.5, Number.NaN])("version %d is not known", (version) => {
  expect(migrated("x", version, steps)).toBeNull();
});
