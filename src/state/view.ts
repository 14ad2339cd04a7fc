/**
 * How a person looks at the page: one flat set of short texts, as they stand in the address. What is not there is as usual. Each
 * panel reads its own leniently, so that a link of another version, or a wrong one, shows the page as usual instead of nothing.
 */
const VIEW_NAMES = [
  /** Id of the run looked at. */
  "run",
  /** Curves: stage, axis, "on" for a logarithmic loss, share of the average kept, and stretch as "stage_axis_from_to". */
  "stage",
  "axis",
  "log",
  "smooth",
  "zoom",
  /** Keys of the lines that are taken out of the charts, a list. */
  "hidden",
  /** Step of stage 1 whose groups are shown. */
  "moment",
  /** Measure of the split tree. */
  "tree",
  /** Layer whose weights are read, as "stage:name". */
  "layer",
  /** Confusion matrix: network, order, group, or superclass after an s, it is narrowed to, picked cell as "truth_predicted", and what
   * is drawn of it as "firstRow_endRow_firstColumn_endColumn"; how many confused pairs are listed. */
  "network",
  "order",
  "only",
  "cell",
  "part",
  "pairs",
  /** Test images by certainty: "ranking_class", or "ranking_all". */
  "ranked",
  /** Table of accuracies: by group, superclass or class, and its order as "column_direction". */
  "subsets",
  "sorted",
  /** Class whose training images are shown. */
  "images",
  /** Images leafed through, as "part_superclass_class_order_offset", and the one looked at closely as "part_index". */
  "explorer",
  "picked",
  /** Ids of the runs compared and drawn, a list; "all" for a table of all that are stored, narrowed to some words, and its order as
   * "column_direction"; stage and metric of the lines, "off" for single values, "on" for means over seeds; cost that accuracy is drawn
   * against, "on" or "off" for published results beside it. */
  "compare",
  "compare.runs",
  "compare.filter",
  "compare.sort",
  "compare.stage",
  "compare.metric",
  "compare.smooth",
  "compare.mean",
  "compare.cost",
  "compare.published",
  /** What an export is to hold: smaller forms of the weights, and the only classes, both lists; "on" where it is verified first. */
  "variants",
  "classes",
  "verify",
  /** Names of what is unfolded, a list. */
  "open",
] as const;
export type ViewName = (typeof VIEW_NAMES)[number];
export type View = Readonly<Partial<Record<ViewName, string>>>;

/** What means nothing in another run. */
const OF_ONE_RUN: readonly ViewName[] = ["zoom", "moment", "only", "cell", "part", "ranked", "classes"];

/** Needs no escaping in an address, and stands in no id of a run. */
const LIST_SEPARATOR = "_";

/** The known names among the parameters of an address. */
export function viewOf(params: URLSearchParams): View {
  const view: Partial<Record<ViewName, string>> = {};
  for (const name of VIEW_NAMES) {
    const value = params.get(name);
    if (value !== null && value !== "") view[name] = value;
  }
  return view;
}

/** Names and texts of a view, in one order however it came about. */
export function viewParams(view: View): [string, string][] {
  return VIEW_NAMES.flatMap((name) => {
    const value = view[name];
    return value === undefined ? [] : [[name, value]];
  });
}

/** The view with some of it changed, null for as usual; the same object where nothing is. */
export function withView(view: View, changes: Readonly<Partial<Record<ViewName, string | null>>>): View {
  const next: Partial<Record<ViewName, string>> = { ...view };
  let changed = false;
  for (const name of VIEW_NAMES) {
    const value = changes[name];
    if (value === undefined || value === (view[name] ?? null)) continue;
    changed = true;
    if (value === null) delete next[name];
    else next[name] = value;
  }
  return changed ? next : view;
}

/** The view after another run, or none, was opened: `before` and `now` are ids, null for none. */
export function followRun(view: View, before: string | null, now: string | null): View {
  // Until the engine has opened the run asked for, it stands there.
  if (now === before || now === (view.run ?? null)) return view;
  const forgotten = Object.fromEntries(OF_ONE_RUN.map((name) => [name, null]));
  return withView(view, { ...forgotten, run: now });
}

/** Parts of a text that is a list. */
export function listIn(text: string | undefined): readonly string[] {
  return text === undefined || text === "" ? [] : text.split(LIST_SEPARATOR);
}

/** The list as a text, null for an empty one. */
export function listText(list: readonly (string | number)[]): string | null {
  return list.length === 0 ? null : list.join(LIST_SEPARATOR);
}
