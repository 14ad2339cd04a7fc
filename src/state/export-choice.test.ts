import { expect, test } from "vitest";
import { exportChoice, withClasses, withVariant } from "./export-choice";

test("without a choice the whole network is exported, as it is", () => {
  expect(exportChoice({}, 6)).toEqual({ variants: [], classes: null });
});

test("a choice is read back as it was made", () => {
  const none = exportChoice({}, 6);
  const classes = withClasses(none, [4, 1], true)!;
  const variants = withVariant(none, "int8", true)!;
  const choice = exportChoice({ classes, variants }, 6);
  expect(choice).toEqual({ variants: ["int8"], classes: [1, 4] });
  expect(withClasses(choice, [1, 2], true)).toBe("1_2_4");
  expect(withClasses(choice, [1, 4], false)).toBeNull();
  expect(withVariant(choice, "int8", false)).toBeNull();
});

test("a link of another version or another run is read as far as it means something", () => {
  expect(exportChoice({ classes: "2__x_2_-1_1e0_9_0", variants: "float8_float16" }, 6)).toEqual({
    variants: ["float16"],
    classes: [0, 2],
  });
});
