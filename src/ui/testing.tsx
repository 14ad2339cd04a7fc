import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import type { EngineEvent } from "../protocol/events";
import { readAddress } from "../state/address";
import { INITIAL_FACTS } from "../state/facts";
import { reduce } from "../state/reduce";
import { createStudioStore, type StudioStore } from "../state/store";
import { StudioProvider } from "./kit/studio";

/** Markup of a panel after the events; `prepare` may type into the form first. */
export function renderAfter(panel: ReactNode, events: readonly EngineEvent[], prepare?: (store: StudioStore) => void): string {
  const facts = events.reduce((now, event, index) => reduce(now, event, 1_700_000_000_000 + index), INITIAL_FACTS);
  const draft = createStudioStore(readAddress({ hash: "", query: "?preset=tiny", stored: "" }), facts);
  prepare?.(draft);
  const store = { ...draft, getInitialState: draft.getState };
  return renderToStaticMarkup(<StudioProvider studio={{ store, send: () => undefined }}>{panel}</StudioProvider>);
}

/** Text of the markup, tags and spaces folded. */
export function textOf(markup: string): string {
  return markup
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&#x27;", "'")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** The opening tag of the button of exactly that name, null where there is none. */
export function buttonNamed(markup: string, name: string): string | null {
  for (const [, tag, content] of markup.matchAll(/(<button[^>]*>)(.*?)<\/button>/g)) {
    const label = /aria-label="([^"]*)"/.exec(tag ?? "")?.[1] ?? textOf(content ?? "");
    if (label === name) return tag ?? null;
  }
  return null;
}
