import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { readAddress } from "../state/address";
import { INITIAL_FACTS } from "../state/facts";
import { createStudioStore } from "../state/store";
import { FINISHED, GROUPING, READY, sampleTraining } from "../state/testing";
import { App } from "./app";
import { DeviceNotice } from "./header/device-notice";
import { Errors } from "./log/errors";
import { EventLog, Status } from "./log/event-log";
import { renderAfter, textOf } from "./testing";
import { pageTitle } from "./title";

const SOFTWARE = {
  kind: "software",
  description: "SwiftShader",
  features: [],
  maxBufferBytes: 1,
  kernels: { kind: "untested" },
} as const;
const error = { name: "ArchiveError", message: "train.bin ends early at byte 17", cure: "Download it again." };

test("the whole page renders before the engine has said anything, with one status region", () => {
  const store = createStudioStore(readAddress({ hash: "", query: "", stored: "" }));
  const markup = renderToStaticMarkup(<App studio={{ store, send: () => undefined }} />);
  expect(markup.match(/role="status"/g)).toHaveLength(1);
  for (const heading of ["Data set", "Configuration", "Runs", "Curves", "Groups", "Split tree", "Results"])
    expect(markup).toMatch(new RegExp(`<h2[^>]*>${heading}</h2>`));
});

test("a software adapter is a note, a GPU is none", () => {
  expect(textOf(renderAfter(<DeviceNotice />, [{ kind: "deviceProbed", device: SOFTWARE }]))).toContain("very slow");
  expect(renderAfter(<DeviceNotice />, READY)).toBe("");
});

test("a device that got our kernels wrong is a note with what differed, beside that of a software adapter, and a line in the log", () => {
  const reason = "fine-tuning step: loss l2: 3 instead of 2";
  const events = (["software", "hardware"] as const).map((kind) => [
    { kind: "deviceProbed", device: { ...SOFTWARE, kind } } as const,
    { kind: "deviceProbed", device: { ...SOFTWARE, kind, kernels: { kind: "stock", reason } } } as const,
  ]);
  const [software, hardware] = events.map((both) => renderAfter(<DeviceNotice />, both));
  expect(software!.match(/role="note"/g)).toHaveLength(2);
  expect(hardware!.match(/role="note"/g)).toHaveLength(1);
  expect(textOf(hardware!)).toMatch(/several times slower.*loss l2: 3 instead of 2.*driver/);
  expect(textOf(renderAfter(<EventLog />, events[1]!))).toMatch(/failed their test.*A GPU was found/);
});

test("a device that got our kernels right says nothing new", () => {
  const [event] = READY;
  if (event?.kind !== "deviceProbed" || event.device.kind !== "hardware") throw new Error("READY starts with a GPU");
  const passed = [...READY, { ...event, device: { ...event.device, kernels: { kind: "own" } } }] as const;
  expect(renderAfter(<DeviceNotice />, passed)).toBe("");
  expect(textOf(renderAfter(<EventLog />, passed)).match(/A GPU was found/g)).toHaveLength(1);
});

test("failures are alerts with cause and cure; a dead engine says so and offers to load anew", () => {
  const failed = renderAfter(<Errors />, [{ kind: "requestFailed", requestId: 1, error }]);
  expect(failed).toContain('role="alert"');
  expect(textOf(failed)).toBe("train.bin ends early at byte 17 Download it again. Dismiss");
  const dead = renderAfter(<Errors />, [], (store) =>
    store.fail({ name: "EngineError", message: "it crashed", cure: "Reload." }),
  );
  expect(textOf(dead)).toBe("The training engine has stopped it crashed Reload. Load the page anew");
});

test("the status region announces the latest change, not checkpoints; the log lists both", () => {
  const events = [...GROUPING, { kind: "checkpointWritten", runId: "run-1", stage: "group", step: 50 }] as const;
  expect(textOf(renderAfter(<Status />, events))).toBe("Grouping: step 60 of 500.");
  expect(textOf(renderAfter(<EventLog />, events))).toContain("Checkpoint written at step 50.");
  expect(textOf(renderAfter(<Status />, FINISHED))).toBe("Evaluated: unsplit 70.0%, split 80.0% top-1.");
});

test("the tab's title tells progress first, and failure", () => {
  expect(pageTitle({ ...INITIAL_FACTS, activity: sampleTraining(125) })).toBe("25% Grouping · SplitNet Studio");
  expect(pageTitle({ ...INITIAL_FACTS, failures: [{ id: 0, error }] })).toBe("ArchiveError · SplitNet Studio");
});
