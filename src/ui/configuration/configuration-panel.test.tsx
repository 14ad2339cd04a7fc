import { expect, test } from "vitest";
import { READY } from "../../state/testing";
import { renderAfter, textOf } from "../testing";
import { ConfigurationPanel } from "./configuration-panel";

test("a preset shows its summary, its cost for the data at hand and no difference", () => {
  const words = textOf(renderAfter(<ConfigurationPanel />, READY));
  expect(words).toContain("WRN-10-1 for 6 classes");
  expect(words).toContain("As the preset has it.");
});

test("a wrong field is marked where it stands, with the reason", () => {
  const markup = renderAfter(<ConfigurationPanel />, READY, (store) => store.editField("grouping", "4-2-2"));
  expect(markup).toMatch(/<input[^>]*aria-invalid="true"[^>]*value="4-2-2"/);
  expect(textOf(markup)).toContain("fewer groups deeper");
  expect(textOf(markup)).toContain("Not trainable yet");
});

test("a wrong field that is not shown is named by its path", () => {
  const markup = renderAfter(<ConfigurationPanel />, READY, (store) => store.replaceConfig({ preset: "tiny" }));
  expect(textOf(markup)).toMatch(/fidelity: /);
});

test("half precision is offered among the network's fields and halves the activations in the estimate", () => {
  const memory = (precision: string): number => {
    const words = textOf(renderAfter(<ConfigurationPanel />, READY, (store) => store.editField("precision", precision)));
    expect(words).toContain("half-precision activations (f16)");
    return Number(/at least ([\d.]+) MB/.exec(words)?.[1]);
  };
  // What parameters need stays: a third of the whole in this small network.
  expect(memory("f16")).toBeGreaterThan(0.5 * memory("f32"));
  expect(memory("f16")).toBeLessThan(0.7 * memory("f32"));
});

test("differences from the preset are listed", () => {
  const words = textOf(renderAfter(<ConfigurationPanel />, READY, (store) => store.editField("seed", "97")));
  expect(words).toContain("Differences from the preset seed 1 97");
});
