import { expect, test } from "vitest";
import { FINISHED, sampleTree } from "../../state/testing";
import { renderAfter, textOf } from "../testing";
import { layoutTree } from "./tree-layout";
import { TreePanel } from "./tree-panel";

test("before the split the panel says what will stand there", () => {
  expect(textOf(renderAfter(<TreePanel />, []))).toContain("After Split the network is a tree");
});

test("the tree is drawn with a name and told as a table with savings, accuracy before and after, and the share of the trunk", () => {
  const markup = renderAfter(<TreePanel />, FINISHED);
  expect(markup).toMatch(/role="img" aria-label="Tree of the split network/);
  const words = textOf(markup);
  expect(words).toContain("40.0% of the parameters and 40.0% of the FLOPs saved");
  expect(words).toContain("has 16.7% of the split network's parameters and 41.7% of its FLOPs");
  expect(words).toContain("branch 2 3 3K 40K 30.0% 70.0% 80.0%");
  expect(words).toContain("Split network 6 6K 120K 60.0% – 80.0% Unsplit network 6 10K 200K 100.0% 70.0% –");
  expect(words).toContain("Branch 1: group 1 3 classes, top-1 70.0% unsplit, 80.0% split apple pear plum");
});

test("without an evaluation no accuracy is told", () => {
  const words = textOf(renderAfter(<TreePanel />, FINISHED.slice(0, -1)));
  expect(words).toContain("Branch 1: group 1 3 classes apple pear plum");
  expect(words).toContain("branch 2 3 3K 40K 30.0% – –");
});

test("bars are as thick as their cost, a parent stands in the middle of its children", () => {
  const [trunk, first, second] = layoutTree(sampleTree, "flops");
  expect(first!.thickness / trunk!.thickness).toBeCloseTo(30 / 50, 12);
  expect(second!.thickness / trunk!.thickness).toBeCloseTo(40 / 50, 12);
  expect(trunk!.y).toBe((first!.y + second!.y) / 2);
  expect(second!.parent).toBe(trunk);
  expect(second!.x + second!.length).toBe(1);
});

test("a class that is kept lit is marked with its path, and what is beside it is faint", () => {
  const markup = renderAfter(<TreePanel />, FINISHED, (store) => store.keep({ kind: "class", label: 1 }));
  expect(markup.match(/class="tree-node is-strong"[^>]*title="(trunk|branch 1):/g)).toHaveLength(2);
  expect(markup.match(/class="tree-node is-dim"[^>]*title="branch 2:/g)).toHaveLength(1);
  expect(markup.match(/<tr class="is-lit">/g)).toHaveLength(2);
  expect(markup).toMatch(/class="lit is-lit chip"[^>]*>pear</);
});
