import { expect, test } from "vitest";
import { FINISHED, NO_ADAPTER, READY } from "../../state/testing";
import { buttonNamed, renderAfter, textOf } from "../testing";
import { Guide } from "./guide";

const guide = <Guide onClose={() => undefined} />;
const EMPTY = [...READY, { kind: "removedChanged", removed: [] }, { kind: "datasetChanged", dataset: null }] as const;

test("with nothing stored the demonstration is offered, and only where it could run", () => {
  expect(buttonNamed(renderAfter(guide, EMPTY), "Show me with sample data")).not.toBeNull();
  const error = { name: "DeviceError", message: "no adapter", cure: "Use Chrome." };
  const missing = [...EMPTY, { kind: "deviceProbed", device: { kind: "missing", error, obstacle: NO_ADAPTER } }] as const;
  expect(buttonNamed(renderAfter(guide, missing), "Show me with sample data")).toBeNull();
});

test("somebody's own data is never demonstrated on", () => {
  expect(buttonNamed(renderAfter(guide, READY), "Show me with sample data")).toBeNull();
});

test("a removed data set that can still be taken back is not replaced by a demonstration", () => {
  const removed = [{ kind: "dataset", source: "mine.tar.gz", bytes: 5 }] as const;
  const markup = renderAfter(guide, [...EMPTY, { kind: "removedChanged", removed }]);
  expect(buttonNamed(markup, "Show me with sample data")).toBeNull();
});

test("a chapter says what is seen and leads to the panels that show it", () => {
  const markup = renderAfter(guide, FINISHED);
  expect(textOf(markup)).toContain("Done: a tree of independent branches");
  for (const panel of ["Results", "Split tree", "Groups"]) expect(buttonNamed(markup, panel)).not.toBeNull();
});
