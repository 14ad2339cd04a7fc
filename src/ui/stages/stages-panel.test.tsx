import { expect, test } from "vitest";
import type { EngineEvent } from "../../protocol/events";
import { FINISHED, GROUPING, NO_ADAPTER, READY, sampleRecord } from "../../state/testing";
import { buttonNamed, renderAfter, textOf } from "../testing";
import { StagesPanel } from "./stages-panel";

const render = (events: readonly EngineEvent[]) => renderAfter(<StagesPanel />, events);
const idle: EngineEvent = { kind: "activityChanged", activity: { kind: "idle" } };
const enabled = (markup: string) =>
  ["Group", "Split", "Evaluate", "Export"].filter((name) => !buttonNamed(markup, name)!.includes("disabled"));

test("each stage that cannot start says in words what it waits for", () => {
  const markup = render([]);
  expect(enabled(markup)).toEqual([]);
  expect(textOf(markup)).toContain("Waiting for the GPU");
  const words = textOf(render([{ kind: "datasetChanged", dataset: null }, READY[0]!]));
  expect(words).toContain("Needs a data set");
});

test("with device and data only Group can start, and no run control is shown", () => {
  const markup = render(READY);
  expect(enabled(markup)).toEqual(["Group"]);
  for (const name of ["Pause", "Resume", "Stop"]) expect(buttonNamed(markup, name)).toBeNull();
});

test("without an adapter nothing can start", () => {
  const error = { name: "DeviceError", message: "none", cure: "buy one" };
  const markup = render([...READY, { kind: "deviceProbed", device: { kind: "missing", error, obstacle: NO_ADAPTER } }]);
  expect(enabled(markup)).toEqual([]);
  expect(textOf(markup)).toContain("Needs a WebGPU adapter");
});

test("a training run shows step, rate and time left, and can be paused and stopped", () => {
  const markup = render(GROUPING);
  expect(buttonNamed(markup, "Pause")).not.toBeNull();
  expect(buttonNamed(markup, "Stop")).not.toBeNull();
  expect(buttonNamed(markup, "Resume")).toBeNull();
  expect(textOf(markup)).toContain("Step 60 / 500 Images per second 321 Time left 1 min 15 s");
  expect(markup).toMatch(/<progress[^>]*aria-label="Grouping" value="60" max="500"/);
});

test("an export that is verified shows its graphs, and can be stopped", () => {
  const activity = { kind: "verifying", runId: "run-1", done: 2, total: 9 } as const;
  const markup = render([...FINISHED, { kind: "activityChanged", activity }]);
  expect(buttonNamed(markup, "Stop")).not.toBeNull();
  expect(textOf(markup)).toContain("Verifying: graph 3 of 9");
});

test("a paused and an interrupted run can be resumed", () => {
  const paused = { kind: "paused", runId: "run-1", stage: "group", step: 60, steps: 500 } as const;
  const markup = render([...GROUPING, { kind: "activityChanged", activity: paused }]);
  expect(buttonNamed(markup, "Resume")).not.toBeNull();
  expect(buttonNamed(markup, "Stop")).not.toBeNull();
  const interrupted = render([...GROUPING, idle]);
  expect(buttonNamed(interrupted, "Resume")).not.toBeNull();
  expect(textOf(interrupted)).toContain("interrupted while grouping");
});

test("while another tab trains, the page says so and what can be done, and offers nothing that would change something", () => {
  const elsewhere = (runId: string): EngineEvent => ({ kind: "elsewhereChanged", elsewhere: { work: "training", runId } });
  const markup = render([...GROUPING, idle, elsewhere("run-1")]);
  expect(textOf(markup)).toContain("Another tab of the studio is training this run.");
  expect(textOf(markup)).toMatch(/change nothing\..*press Stop in the other tab/);
  expect(enabled(markup)).toEqual([]);
  expect(buttonNamed(markup, "Resume")).toBeNull();
  expect(enabled(render([...FINISHED, elsewhere("run-2")]))).toEqual(["Export"]);
  const ended = render([...GROUPING, idle, elsewhere("run-1"), { kind: "elsewhereChanged", elsewhere: null }]);
  expect(buttonNamed(ended, "Resume")).not.toBeNull();
});

test("an empty group offers its cure", () => {
  const failure = { name: "EmptyGroupError", message: "classes: no member chose group 2 of 2", cure: "Train longer." };
  const markup = render([...GROUPING, idle, { kind: "runChanged", record: sampleRecord({ phase: "grouped", failure }) }]);
  expect(buttonNamed(markup, "Fill empty groups with the nearest members")).not.toBeNull();
});

test("a finished run can be evaluated and exported, not split again", () => {
  expect(enabled(render(FINISHED))).toEqual(["Group", "Evaluate", "Export"]);
});

test("the whole job can be asked for where a run can start and none waits to be resumed", () => {
  expect(buttonNamed(render(READY), "All in one go")).not.toBeNull();
  expect(buttonNamed(render(FINISHED), "All in one go")).not.toBeNull();
  expect(buttonNamed(render([]), "All in one go")).toBeNull();
  expect(buttonNamed(render(GROUPING), "All in one go")).toBeNull();
  expect(buttonNamed(render([...GROUPING, idle]), "All in one go")).toBeNull();
});

test("a stop at the end of the epoch can be asked for while a run trains, is told, and can be taken back", () => {
  expect(buttonNamed(render(GROUPING), "Stop after this epoch")).not.toBeNull();
  const planned = render([...GROUPING, { kind: "stopPlanned", afterEpoch: true }]);
  expect(buttonNamed(planned, "Go on after this epoch")).not.toBeNull();
  expect(textOf(planned)).toContain("Stops at the end of this epoch, with a checkpoint.");
  expect(buttonNamed(render(FINISHED), "Stop after this epoch")).toBeNull();
});
