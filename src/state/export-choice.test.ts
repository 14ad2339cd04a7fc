import { expect, test } from "vitest";
import { commandSchema } from "../protocol/commands";
import { exportChoice, exportCommand, withClasses, withVariant, withVerify } from "./export-choice";

test("without a choice the whole network is exported, as it is", () => {
  expect(exportChoice({}, 6)).toEqual({ variants: [], classes: null, verify: false });
});

test("a choice is read back as it was made", () => {
  const none = exportChoice({}, 6);
  const classes = withClasses(none, [4, 1], true)!;
  const variants = withVariant(none, "int8", true)!;
  const choice = exportChoice({ classes, variants, verify: withVerify(true)! }, 6);
  expect(choice).toEqual({ variants: ["int8"], classes: [1, 4], verify: true });
  expect(withClasses(choice, [1, 2], true)).toBe("1_2_4");
  expect(withClasses(choice, [1, 4], false)).toBeNull();
  expect(withVariant(choice, "int8", false)).toBeNull();
  expect(withVerify(false)).toBeNull();
});

test("a link of another version or another run is read as far as it means something", () => {
  expect(exportChoice({ classes: "2__x_2_-1_1e0_9_0", variants: "float8_float16", verify: "yes" }, 6)).toEqual({
    variants: ["float16"],
    classes: [0, 2],
    verify: false,
  });
});

test("what is asked of the engine is what was chosen, and the engine understands it", () => {
  const record = { id: "run-1", classes: ["a", "b", "c"] };
  const asked = (view: Parameters<typeof exportCommand>[1]) => commandSchema.parse(exportCommand(record, view));
  expect(asked({})).toEqual({ kind: "export", runId: "run-1", variants: [], classes: null, verify: false });
  expect(asked({ variants: "int8_float16", classes: "2_0_7", verify: "on" })).toEqual({
    ...{ kind: "export", runId: "run-1", variants: ["float16", "int8"], classes: [0, 2], verify: true },
  });
});
