import { expect, test } from "vitest";
import { FINISHED, sampleTree } from "../../state/testing";
import { renderAfter, textOf } from "../testing";
import { layoutTree } from "./tree-layout";
import { TreePanel } from "./tree-panel";

test("before the split the panel says what will stand there", () => {
  expect(textOf(renderAfter(<TreePanel />, []))).toContain("After Split the network is a tree");
});

test("the tree is drawn with a name and told as a table with savings", () => {
  const markup = renderAfter(<TreePanel />, FINISHED);
  expect(markup).toMatch(/<svg[^>]*role="img" aria-label="Tree of the split network/);
  const words = textOf(markup);
  expect(words).toContain("40.0% of the parameters and 40.0% of the FLOPs saved");
  expect(words).toContain("branch 2 3 3K 40K 30.0%");
  expect(words).toContain("Unsplit network 6 10K 200K 100.0%");
});

test("bars are as thick as their cost, a parent stands in the middle of its children", () => {
  const { nodes } = layoutTree(sampleTree, "flops");
  const [trunk, first, second] = nodes;
  expect(first!.thickness / trunk!.thickness).toBeCloseTo(30 / 50, 12);
  expect(second!.thickness / trunk!.thickness).toBeCloseTo(40 / 50, 12);
  expect(trunk!.y).toBe((first!.y + second!.y) / 2);
  expect([trunk!.leafGroup, first!.leafGroup, second!.leafGroup]).toEqual([null, 0, 1]);
  expect(second!.parent).toBe(trunk);
});
