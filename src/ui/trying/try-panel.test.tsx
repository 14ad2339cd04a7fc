import { expect, test } from "vitest";
import type { EngineEvent } from "../../protocol/events";
import { FINISHED, GROUPING, sampleRecord, sampleTried } from "../../state/testing";
import { buttonNamed, renderAfter, textOf } from "../testing";
import { TryPanel } from "./try-panel";

const shown = (events: readonly EngineEvent[]): string => renderAfter(<TryPanel />, events);
const GROUPED: readonly EngineEvent[] = [
  ...GROUPING,
  { kind: "runChanged", record: sampleRecord({ phase: "grouped" }) },
  { kind: "activityChanged", activity: { kind: "idle" } },
];
const tried = (changes: Parameters<typeof sampleTried>[0] = {}): EngineEvent => ({
  kind: "imageTried",
  tried: sampleTried(changes),
});

test("before a run is grouped the panel says when images can be tried, and offers nothing", () => {
  for (const events of [[], GROUPING]) {
    expect(textOf(shown(events))).toBe(
      "Try it Once a run is grouped, its networks can be tried here on an image of yours or on a test image.",
    );
  }
});

test("a grouped run takes images, says that they stay here, and why it takes none while something runs", () => {
  const ready = shown(GROUPED);
  expect(buttonNamed(ready, "Random test image")).not.toContain("disabled");
  expect(textOf(ready)).toContain("It stays in this browser and is not kept");
  const busy = shown([
    ...GROUPED,
    { kind: "activityChanged", activity: { kind: "exporting", runId: "run-1", filesDone: 0, filesTotal: null } },
  ]);
  expect(buttonNamed(busy, "Random test image")).toMatch(/disabled=""[^>]*aria-describedby="try-obstacle"/);
  expect(textOf(busy)).toContain("Something else is running");
});

test("while the networks look at an image the panel waits, in place of the answer before", () => {
  const markup = shown([...FINISHED, tried(), { kind: "activityChanged", activity: { kind: "trying", runId: "run-1" } }]);
  expect(markup).toMatch(/aria-busy="true"[^>]*>The networks look at the image/);
  expect(textOf(markup)).not.toContain("fires");
  expect(textOf(markup)).not.toContain("Something else is running");
});

test("the answer tells the likeliest classes of both networks, the branch that fires with its way, and every branch", () => {
  const markup = shown([...FINISHED, tried()]);
  const words = textOf(markup);
  expect(markup).toMatch(/<canvas role="img" aria-label="Test image 17, [^"]*, as it is fed/);
  expect(words).toMatch(/Most likely \S+, 62\.5%\. Branch 2: group 2 fires with 87\.5%: trunk › branch 2\./);
  expect(words).not.toContain("It is lit in every picture");
  const kept = renderAfter(<TryPanel />, [...FINISHED, tried()], (store) => store.keep({ kind: "group", groups: 2, group: 1 }));
  expect(textOf(kept)).toContain("It is lit in every picture; Escape lets it go.");
  expect(words).toMatch(/Split network Probability \S+ true class 62\.5%/);
  expect(words).toMatch(/Unsplit network Probability \S+ true class 37\.5% \S+ 25\.0%/);
  expect(words).toContain("Branch 1: group 1 12.5% 0.125 37.5% 0.125");
  expect(words).toContain("Branch 2: group 2 87.5% 0.75 62.5% 0.75");
  expect(words.indexOf("Split network")).toBeLessThan(words.indexOf("Unsplit network"));
});

test("before the split there is one network with groups for branches, and a group without channels has no activation", () => {
  const { unsplit } = sampleTried();
  const image = { kind: "file", name: "cat.png" } as const;
  const words = textOf(shown([...GROUPED, tried({ split: null, image, unsplit: { ...unsplit, groupMeans: [null, 0.5] } })]));
  expect(words).toContain("cat.png, as it is fed: 32 × 32 pixels");
  expect(words).toContain("Group 2 fires with 62.5%.");
  expect(words).toContain("Group 1 37.5% – Group 2 62.5% 0.5");
  expect(words).not.toContain("Split network");
  expect(words).not.toContain("true class");
});

test("an image that could not be tried is told with its cause and cure", () => {
  const error = { name: "RequestError", message: "notes.txt could not be read as an image", cure: "Choose a PNG file." };
  const markup = shown([...FINISHED, tried(), { kind: "imageNotTried", runId: "run-1", error }]);
  expect(textOf(markup)).toContain("The image was not tried: notes.txt could not be read as an image. Choose a PNG file.");
  expect(textOf(markup)).not.toContain("fires");
});
