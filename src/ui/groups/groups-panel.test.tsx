import { expect, test } from "vitest";
import type { EngineEvent } from "../../protocol/events";
import { summarizeAssignment } from "../../state/assignment";
import type { StudioStore } from "../../state/store";
import { FINISHED, GROUPING, sampleAssignment, sampleBlocks } from "../../state/testing";
import { groupRgb } from "../kit/palette";
import { renderAfter, textOf } from "../testing";
import { assignmentImage } from "./assignment-heatmap";
import { GroupsPanel } from "./groups-panel";
import { moveFlows } from "./moves";

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

test("classes that moved are told by name with where from and where to, and drawn as bands", () => {
  const words = textOf(renderAfter(<GroupsPanel />, WATCHED));
  expect(words).toContain("1 changed group from step 70 to step 90.");
  expect(words).toContain("tram 1 → 2");
  const former = { final: false, groups: 2, groupOf: [0, 0, 1], confidence: null };
  const flows = moveFlows(former, { ...former, groupOf: [0, 1, 1] }, ["a", "b", "c"]);
  expect(flows.map(({ from, to, classes }) => [from, to, classes])).toEqual([
    [0, 0, [0]],
    [0, 1, [1]],
    [1, 1, [2]],
  ]);
  expect(flows[1]!.colour).not.toBe(flows[0]!.colour);
});

test("superclasses are drawn in their groups, with counts as a table and words", () => {
  const markup = renderAfter(<GroupsPanel />, FINISHED);
  expect(markup).toMatch(/role="img" aria-label="2 of 2 superclasses lie in one group alone/);
  expect(markup).toContain("<title>fruit to group 1: apple, pear, plum</title>");
  expect(textOf(markup)).toContain("fruit 3 0 vehicles 0 3");
});

test("a class that is kept lit is marked in list and matrices, with its group, and told in words", () => {
  const lit = (store: StudioStore) => store.keep({ kind: "class", label: 4 });
  const markup = renderAfter(<GroupsPanel />, FINISHED, lit);
  expect(markup.match(/class="lit is-lit chip"[^>]*aria-pressed="true"/g)).toHaveLength(1);
  expect(textOf(markup)).toContain("tram: group 2 of 2, trunk › branch 2 is lit in every picture; Escape lets it go.");
  // Row and column of the classes' matrix, a row of the other.
  expect(markup.match(/class="band"/g)).toHaveLength(3);
  expect(markup.match(/class="lit is-lit "[^>]*>Group 2/g)).toHaveLength(1);
  expect(markup).toMatch(/class="is-dim"[^>]*><title>fruit/);
  expect(markup).toMatch(/class="is-strong"[^>]*><title>vehicles/);
  expect(renderAfter(<GroupsPanel />, FINISHED)).not.toContain("is-lit");
});

test("an earlier moment is shown in list and matrices until the latest is asked for again", () => {
  const past = (store: StudioStore) => store.look({ moment: "70" });
  const words = textOf(renderAfter(<GroupsPanel />, WATCHED, past));
  expect(words).toContain("after step 70");
  expect(words).toContain("Group 1 3 apple pear tram");
});
