import { expect, test } from "vitest";
import { classesNamed } from "./class-names";
import { UsageError } from "./values";

const NAMES = ["apple", "aquarium_fish", "baby", "Bear", "7", "pear", "pine", "plum"];

test("classes are found by name in any case and by number, in the order given", () => {
  expect(classesNamed("pear, APPLE,bear,6", NAMES)).toEqual([5, 0, 3, 6]);
});

test("a name comes before a number", () => {
  expect(classesNamed("7", NAMES)).toEqual([4]);
});

test("what is no class is refused with classes that begin alike, or with those that there are", () => {
  expect(() => classesNamed("apple,perr", NAMES)).toThrow(UsageError);
  expect(() => classesNamed("apple,perr", NAMES)).toThrow('no class "perr"; did you mean pear?');
  expect(() => classesNamed("8", NAMES)).toThrow(
    'no class "8"; it has apple, aquarium_fish, baby, Bear, 7, pear, pine, plum, or numbers 0 to 7',
  );
  expect(() => classesNamed("apple,", NAMES)).toThrow('no class ""');
  const many = Array.from({ length: 100 }, (_, label) => `class_${label}`);
  expect(() => classesNamed("zebra", many)).toThrow("class_11 and 88 more, or numbers 0 to 99");
});

test("a class given twice is refused by its name", () => {
  expect(() => classesNamed("apple,0", NAMES)).toThrow("--classes: apple is given twice");
});
