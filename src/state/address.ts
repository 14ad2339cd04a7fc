import { type ConfigForm, DEFAULT_PRESET, formOfPreset, presetFromQuery } from "./config-form";
import { formOfParams, paramsOfForm } from "./form-address";
import { type View, viewOf, viewParams } from "./view";

/** What a page starts with: how it is looked at, and the configuration being written. */
export interface Start {
  readonly view: View;
  readonly form: ConfigForm;
}

/** Where a start is told: the address's parts, and what this browser kept of the last visit. */
export interface AddressParts {
  /** As `location.hash`: what `writeAddress` made, or nothing. */
  readonly hash: string;
  /** As `location.search`: "?preset=NAME" is the short way to a form. */
  readonly query: string;
  /** As `writeAddress` made it; empty for none. */
  readonly stored: string;
}

/** A longer one is no address of ours; reading it would only cost time. */
const LONGEST_ADDRESS = 16_000;

/** What the address says, and where it says nothing what was kept; a part that cannot be read is as usual. Never throws. */
export function readAddress({ hash, query, stored }: AddressParts): Start {
  const [own, kept] = [paramsIn(hash), paramsIn(stored)];
  const told = viewOf(own);
  const named = presetFromQuery(query);
  return {
    view: Object.keys(told).length === 0 ? viewOf(kept) : told,
    form: formOfParams(own) ?? (named === null ? formOfParams(kept) : formOfPreset(named)) ?? formOfPreset(DEFAULT_PRESET),
  };
}

/** The hash that leads another page to the same, without its "#". It never leaves the browser: a server is not told of it. */
export function writeAddress({ view, form }: Start): string {
  return new URLSearchParams([...viewParams(view), ...paramsOfForm(form)]).toString();
}

function paramsIn(text: string): URLSearchParams {
  return new URLSearchParams(text.length > LONGEST_ADDRESS ? "" : text.replace(/^#/, ""));
}
