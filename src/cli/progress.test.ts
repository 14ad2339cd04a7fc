import { expect, test } from "vitest";
import { Progress } from "./progress";

function terminal(interactive: boolean) {
  const written: string[] = [];
  const clock = { now: 0 };
  const io = { out: () => {}, err: (text: string) => void written.push(text), interactive, columns: 12 };
  return { written, clock, progress: new Progress(io, () => clock.now) };
}

test("a terminal's line is rewritten in place, cut to its width, and cleared before a line that stays", () => {
  const { written, clock, progress } = terminal(true);
  progress.show("a long line of text");
  progress.show("dropped: too soon");
  clock.now = 100;
  progress.show("second");
  progress.note("stays");
  progress.end();
  expect(written).toEqual(["\r\u001b[2Ka long line", "\r\u001b[2Ksecond", "\r\u001b[2K", "stays\n"]);
});

test("elsewhere a plain line comes every five seconds, and none for what is done sooner", () => {
  const { written, clock, progress } = terminal(false);
  for (clock.now = 0; clock.now <= 11_000; clock.now += 1000) progress.show(`at ${clock.now}`);
  progress.end();
  expect(written).toEqual(["at 5000\n", "at 10000\n"]);
});
