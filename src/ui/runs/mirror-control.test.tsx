import { expect, test } from "vitest";
import type { MirrorView } from "../../protocol/views";
import { READY } from "../../state/testing";
import { buttonNamed, renderAfter, textOf } from "../testing";
import { MirrorControl, MirrorState } from "./mirror-control";

const nothing = () => undefined;
const shown = (mirror: MirrorView, changes: { available?: boolean; trouble?: string } = {}) =>
  renderAfter(
    <MirrorState
      mirror={mirror}
      available={changes.available ?? true}
      disabled={false}
      trouble={changes.trouble ?? null}
      onChoose={nothing}
      onAllow={nothing}
      onStop={nothing}
    />,
    [],
  );
const missing = (): never => {
  throw new Error("nothing is read here");
};
const folder = {
  kind: "directory" as const,
  name: "backup",
  getDirectoryHandle: missing,
  getFileHandle: missing,
  keys: missing,
  removeEntry: missing,
};

test("says what mirroring does before it is chosen, and where it is missing what does the same", () => {
  const off = shown({ kind: "off" });
  expect(textOf(off)).toMatch(/^Mirror into a folder… Copies each run .* Deleting a run here leaves its copy\.$/);
  expect(buttonNamed(off, "Mirror into a folder…")).toContain('aria-describedby="mirror-hint"');
  const without = shown({ kind: "off" }, { available: false });
  expect(buttonNamed(without, "Mirror into a folder…")).toContain("disabled");
  expect(textOf(without)).toMatch(/Chrome and Edge .* Save as file/);
});

test("shows the folder, when it was last written, and the way out", () => {
  const on = { kind: "on", folder: "backup", writtenAt: Date.UTC(2026, 10, 24, 9, 30, 7), failure: null } as const;
  expect(textOf(shown(on))).toMatch(/^Mirrored into the folder backup\. Last written Nov 24, \d\d:\d\d:07\. Stop mirroring$/);
  expect(textOf(shown({ ...on, writtenAt: null }))).toContain("backup. Nothing written yet.");
});

test("a failure stands there with cause and cure; a refusal too", () => {
  const failure = { name: "StorageError", message: "mirroring failed: gone", cure: "Put the folder back." };
  expect(textOf(shown({ kind: "on", folder: "backup", writtenAt: null, failure }))).toContain(
    "mirroring failed: gone Put the folder back. Stop mirroring",
  );
  expect(shown({ kind: "waiting", folder, writtenAt: null }, { trouble: "not allowed" })).toMatch(/role="alert">not allowed</);
});

test("a browser that asks again is asked by one press", () => {
  const waiting = shown({ kind: "waiting", folder, writtenAt: null });
  expect(textOf(waiting)).toMatch(/asks again before it writes into the folder backup\. .* Allow again Stop mirroring$/);
  expect(buttonNamed(waiting, "Allow again")).not.toContain("disabled");
});

test("nothing stands there before the engine has told", () => {
  expect(renderAfter(<MirrorControl />, READY)).toBe("");
  expect(textOf(renderAfter(<MirrorControl />, [{ kind: "mirrorChanged", mirror: { kind: "off" } }]))).toContain("Mirror into");
});
