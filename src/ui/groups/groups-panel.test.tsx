import { expect, test } from "vitest";
import type { EngineEvent } from "../../protocol/events";
import { summarizeAssignment } from "../../state/assignment";
import { FINISHED, GROUPING, sampleAssignment, sampleBlocks } from "../../state/testing";
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
  const { rgba } = assignmentImage(view, summarizeAssignment(view).order);
  expect([...rgba.slice(0, 3)]).toEqual([...groupRgb(0)]);
  expect([3, 7, 11, 15, 19, 23].map((index) => rgba[index])).toEqual([229, 153, 51, 26, 102, 204]);
});

/** The run of GROUPING, at its step 90 after two more snapshots. */
const WATCHED: readonly EngineEvent[] = [
  ...GROUPING,
  ...[70, 90].map((step): EngineEvent => {
    const moved = {
      ...sampleAssignment("classes", 6),
      probabilities: Float32Array.of(1, 1, 0, 0, step === 70 ? 1 : 0, 0, 0, 0, 1, 1, step === 70 ? 0 : 1, 1),
    };
    return {
      kind: "assignmentsChanged",
      runId: "run-1",
      step,
      assignments: [moved, sampleAssignment("stage_3", 64)],
      blocks: [sampleBlocks("unit_3_0/conv_1", step), sampleBlocks("logits/fc", step)],
      kept: true,
    };
  }),
];

test("a history has a slider that says the step, and each matrix tells how many members changed group", () => {
  const markup = renderAfter(<GroupsPanel />, WATCHED);
  expect(markup).toMatch(/<input type="range"[^>]*aria-label="Moment of stage 1"[^>]*aria-valuetext="latest, after step 90"/);
  expect(markup).toContain('aria-label="Play how the groups formed"');
  const words = textOf(markup);
  expect(words).toContain("1 of 6 changed group since step 70");
  expect(words).toContain("0 of 64 changed group since step 70");
  expect(words).toMatch(/Entropy from \d+% to 0% of its most; at most 2 of 6 members changed group/);
});

test("a single snapshot has no slider", () => {
  expect(renderAfter(<GroupsPanel />, GROUPING)).not.toContain('type="range"');
});

test("groups of classes are compared with the superclasses", () => {
  expect(textOf(renderAfter(<GroupsPanel />, FINISHED))).toContain("adjusted Rand index 1.00");
});
