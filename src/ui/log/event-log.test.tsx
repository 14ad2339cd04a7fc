import { expect, test } from "vitest";
import type { EngineEvent } from "../../protocol/events";
import { renderAfter, textOf } from "../testing";
import { EventLog, Status } from "./event-log";

const READING: EngineEvent = {
  kind: "activityChanged",
  activity: { kind: "loadingData", file: "train.bin", bytesDone: 0, bytesTotal: 10 },
};
const FAILED: EngineEvent = {
  kind: "requestFailed",
  requestId: 1,
  error: { name: "ArchiveError", message: "train.bin: cut off", cure: "Download it again." },
};

test("the status tells what happened last, and does not go on telling what has failed since", () => {
  expect(textOf(renderAfter(<Status />, []))).toBe("");
  expect(textOf(renderAfter(<Status />, [READING]))).toBe("Reading train.bin.");
  const failed = textOf(renderAfter(<Status />, [READING, { kind: "activityChanged", activity: { kind: "idle" } }, FAILED]));
  expect(failed).toBe("That failed; the message above says why and what to do.");
});

test("the log keeps every line, newest first", () => {
  const lines = textOf(renderAfter(<EventLog />, [READING, FAILED]));
  expect(lines.indexOf("train.bin: cut off. Download it again.")).toBeGreaterThan(-1);
  expect(lines.indexOf("train.bin: cut off.")).toBeLessThan(lines.indexOf("Reading train.bin."));
  expect(textOf(renderAfter(<EventLog />, []))).toContain("Nothing has happened yet.");
});
