import { expect, test } from "vitest";
import { summarizeAssignment } from "../../state/assignment";
import { FINISHED, GROUPING } from "../../state/testing";
import { groupRgb } from "../kit/palette";
import { renderAfter, textOf } from "../testing";
import { assignmentImage } from "./assignment-heatmap";
import { GroupsPanel } from "./groups-panel";

test("without assignments the panel says what will be drawn", () => {
  expect(textOf(renderAfter(<GroupsPanel />, []))).toContain("every assignment matrix is drawn here");
});

test("each matrix has a keyboard cursor, sizes and decidedness in words, and classes are listed by group", () => {
  const markup = renderAfter(<GroupsPanel />, GROUPING);
  expect(markup.match(/role="application"[^>]*tabindex="0"/g)).toHaveLength(2);
  const words = textOf(markup);
  expect(words).toContain("Stage 3 stream · 64");
  expect(words).toContain("Sizes 1: 32 2: 32");
  expect(words).toMatch(/\d+% decided, entropy 0\.\d\d/);
  expect(words).toContain("likeliest so far");
  expect(words).toContain("Group 1 3 apple pear plum Group 2 3 bus tram train");
});

test("after the split the groups are final", () => {
  expect(textOf(renderAfter(<GroupsPanel />, FINISHED))).toContain("Classes by group as split");
});

test("a pixel has its group's colour and the probability as opacity, columns in sorted order", () => {
  const view = { space: "x", groups: 2, size: 3, probabilities: Float32Array.of(0.2, 0.9, 0.6, 0.8, 0.1, 0.4) };
  const { rgba } = assignmentImage(view, summarizeAssignment(view));
  expect([...rgba.slice(0, 3)]).toEqual([...groupRgb(0)]);
  expect([3, 7, 11, 15, 19, 23].map((index) => rgba[index])).toEqual([229, 153, 51, 26, 102, 204]);
});
