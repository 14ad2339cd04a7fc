import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { openFolder } from "../storage/folder/open";
import type { EngineContext, EngineFact } from "./context";
import { RunControl } from "./control";
import { runThrough } from "./run-through";
import { createRun } from "./runs";
import { exampleConfig, exampleContext } from "./testing";

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

let context: EngineContext;
let id: string;
beforeEach(async () => {
  const root = await mkdtemp(join(tmpdir(), "splitnet-through-"));
  folders.push(root);
  context = exampleContext(openFolder(root).runs);
  ({ id } = await createRun(context, exampleConfig));
});

/** The context with a control of its own that is stopped at the first fact of that kind. */
function stoppedAt(kind: EngineFact["kind"], how: (control: RunControl) => void): EngineContext {
  const control = new RunControl();
  const observer = (fact: EngineFact): void => {
    if (fact.kind === kind) how(control);
  };
  return { ...context, control, observer };
}

test("every stage is done, each once, and asked again nothing is", async () => {
  const facts: EngineFact["kind"][] = [];
  const watched = { ...context, observer: (fact: EngineFact) => void facts.push(fact.kind) };
  expect(await runThrough(watched, id)).toBe("finished");
  expect(await context.runs.get(id)).toMatchObject({ phase: "finetuned", evaluated: true });
  expect(facts.filter((kind) => kind === "planned" || kind === "evaluated")).toEqual(["planned", "evaluated"]);
  const before = facts.length;
  expect(await runThrough(watched, id)).toBe("finished");
  expect(facts).toHaveLength(before);
});

test("a stop in any stage ends it there, and the same call goes on to the same losses as without", async () => {
  const whole = await createRun(context, exampleConfig);
  await runThrough(context, whole.id);
  const stop = (control: RunControl): void => control.stop();
  const phases: (string | undefined)[] = [];
  for (const kind of ["metrics", "planned", "evaluating"] as const) {
    expect(await runThrough(stoppedAt(kind, stop), id)).toBe("stopped");
    phases.push((await context.runs.get(id))?.phase);
  }
  expect(phases).toEqual(["grouping", "finetuning", "finetuned"]);
  expect(await runThrough(context, id)).toBe("finished");
  const losses = async (of: string) =>
    (await context.runs.readMetrics(of)).map((metric) => [metric.stage, metric.step, metric.kind === "step" ? metric.total : 0]);
  expect(await losses(id)).toEqual(await losses(whole.id));
});

test("a stop at the end of the epoch is one at the end of the stage as well", async () => {
  const atEnd = stoppedAt("planned", (control) => control.stopAfterEpoch(true));
  expect(await runThrough(atEnd, id)).toBe("stopped");
  expect((await context.runs.get(id))?.phase).toBe("finetuning");
});
