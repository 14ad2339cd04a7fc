import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readGivenGroups } from "./given-groups";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "splitnet-groups-"));
});
afterAll(() => rm(folder, { recursive: true }));

const CLASSES = ["apple", "oak", "pear", "pine"];

async function read(text: string, groups = 2): Promise<number[]> {
  const path = join(folder, "groups.json");
  await writeFile(path, text);
  return readGivenGroups(path, CLASSES, groups);
}

test("classes are given by name or number, group by group", async () => {
  expect(await read('[["pear", "Apple"], ["pine", 1]]')).toEqual([0, 1, 0, 1]);
});

test.each([
  ['{"apple": 0}', /groups\.json: is no list of lists of classes/],
  ["[[], [0, 1, 2, 3]]", /is no list of lists of classes/],
  ["[[0, 1, 2, 3]]", /has 1 groups, and the run has 2/],
  ["[[0, 1], [2, 1, 3]]", /has oak twice/],
  ["[[0, 1], [2]]", /lacks pine/],
  ['[[0, 1], [2, "fir"]]', /groups\.json: this run has no class "fir"/],
])("%s is refused", async (text, message) => {
  await expect(read(text)).rejects.toThrow(message);
});
