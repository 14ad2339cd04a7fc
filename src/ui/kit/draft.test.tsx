import { renderToString } from "react-dom/server";
import { afterEach, expect, test, vi } from "vitest";
import { useDraft } from "./draft";

afterEach(() => void vi.unstubAllGlobals());

/** What a page that is loaded with this in its storage shows of the draft, and its way to change it. */
function load(storage: Partial<Storage> | undefined): {
  readonly shown: string;
  readonly change: (draft: string | null) => void;
} {
  vi.stubGlobal("sessionStorage", storage);
  let change: (draft: string | null) => void = () => undefined;
  function Draft() {
    const [draft, set] = useDraft("notes");
    change = set;
    return <p>{draft ?? "nothing"}</p>;
  }
  return { shown: renderToString(<Draft />), change: (draft) => change(draft) };
}

test("what was being written is there again after a reload, and gone once it is handed in", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  const first = load(storage);
  expect(first.shown).toContain("nothing");
  first.change("half a sent");
  const second = load(storage);
  expect(second.shown).toContain("half a sent");
  second.change("");
  expect(load(storage).shown).toBe("<p></p>");
  second.change(null);
  expect(load(storage).shown).toContain("nothing");
  expect(kept.size).toBe(0);
});

test("a storage that is forbidden, full or not there loses the draft and nothing else", () => {
  const refuse = () => {
    throw new DOMException("no", "QuotaExceededError");
  };
  for (const storage of [undefined, { getItem: refuse, setItem: refuse, removeItem: refuse }]) {
    const { shown, change } = load(storage);
    expect(shown).toContain("nothing");
    expect(() => change("text")).not.toThrow();
  }
});
