import { expect, test } from "vitest";
import { curveColumns } from "../model/curve-columns";
import type { EngineEvent } from "../protocol/events";
import { sampleRecord, sampleStep, sampleValidation } from "../state/testing";
import { transfersOf } from "./transfers";

test("the curves of a run arrive whole and leave no copy behind", () => {
  const curves = curveColumns([sampleStep(0), sampleStep(1), sampleValidation(2), sampleStep(0, "finetune")]);
  const event: EngineEvent = { kind: "runOpened", run: { record: sampleRecord(), curves } };
  const expected = structuredClone(event);
  expect(structuredClone(event, { transfer: transfersOf(event) })).toEqual(expected);
  expect(curves.group.steps.total.buffer.byteLength).toBe(0);
  expect(curves.finetune.validations.top1.buffer.byteLength).toBe(0);
});
