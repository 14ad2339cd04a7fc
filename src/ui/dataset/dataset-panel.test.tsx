import { expect, test } from "vitest";
import { READY } from "../../state/testing";
import { buttonNamed, renderAfter, textOf } from "../testing";
import { DatasetPanel } from "./dataset-panel";

test("before the engine speaks the panel says that it is looking", () => {
  const markup = renderAfter(<DatasetPanel />, []);
  expect(markup).toContain('aria-busy="true"');
  expect(textOf(markup)).toContain("Looking for stored data");
});

test("without data it offers archive and sample data, and says where the archive is", () => {
  const markup = renderAfter(<DatasetPanel />, [{ kind: "datasetChanged", dataset: null }]);
  expect(buttonNamed(markup, "Use sample data")).not.toMatch(/disabled/);
  expect(markup).toMatch(/<label[^>]*>.*CIFAR-100 archive<input type="file" multiple=""/);
  expect(markup).toContain('href="https://www.cs.toronto.edu/~kriz/cifar.html"');
  for (const fact of ["168.5 MB", "03b5dce01913d631647c71ecec9e9cb8", "eb9058c3a382ffc7106e4002c42a8d85", "slow"])
    expect(textOf(markup)).toContain(fact);
});

test("while a file is read it shows how far, can be stopped, and takes no other", () => {
  const activity = { kind: "loadingData", file: "cifar-100-binary.tar.gz", bytesDone: 30, bytesTotal: 120 } as const;
  const markup = renderAfter(<DatasetPanel />, [{ kind: "activityChanged", activity }]);
  expect(markup).toMatch(/<progress[^>]*value="30" max="120"/);
  expect(buttonNamed(markup, "Stop")).not.toBeNull();
  expect(buttonNamed(markup, "Use sample data")).toContain("disabled");
});

test("stored data are told by counts per class and superclass, and removed only after a question", () => {
  const markup = renderAfter(<DatasetPanel />, READY);
  const words = textOf(markup);
  for (const fact of [
    "sample data",
    "6 classes in 2 superclasses",
    "600 training images, of which 60 validate",
    "pear 101 10",
    "fruit 300 30",
  ])
    expect(words).toContain(fact);
  expect(markup).toMatch(/<dialog(?! open)[^>]*>.*Remove the stored data set\?.*<\/dialog>/);
});

test("removed data can be taken back or freed where they stood", () => {
  const removed = [{ kind: "dataset", source: "sample data", bytes: 5e6 }] as const;
  const events = [...READY, { kind: "datasetChanged", dataset: null }, { kind: "removedChanged", removed }] as const;
  const markup = renderAfter(<DatasetPanel />, events);
  expect(textOf(markup)).toContain("Data set sample data removed. 5.0 MB stay taken");
  for (const name of ["Undo", "Free its space now"])
    expect(buttonNamed(markup, `${name}: Data set sample data removed.`)).not.toContain("disabled");
});
