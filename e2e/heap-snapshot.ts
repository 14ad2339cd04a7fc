import type { Page } from "@playwright/test";

/** Of a heap snapshot of V8: nodes as a flat list of numbers, with the names of their fields and types. */
interface Snapshot {
  readonly snapshot: {
    readonly meta: { readonly node_fields: readonly string[]; readonly node_types: readonly [readonly string[]] };
  };
  readonly nodes: readonly number[];
  readonly strings: readonly string[];
}

/** What a page holds, in bytes. */
export interface Kept {
  /** Objects, strings, typed arrays and what the browser keeps for the document. */
  readonly data: number;
  /** The program as V8 compiles it, more of it while functions get warm: it ends with the program, not with the time. */
  readonly code: number;
  /** The data by what it is: "object Map", "native blink::UndoStep". */
  readonly byKind: ReadonlyMap<string, number>;
}

/** Kept of every request by the inspector that the test itself is: a page without one has none of it. */
const INSPECTOR = /^blink::NetworkResourcesData/;

/** What is left after a collection of garbage. The page stands still for some seconds meanwhile. */
export async function keptBytes(page: Page): Promise<Kept> {
  const devtools = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  devtools.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => chunks.push(chunk));
  await devtools.send("HeapProfiler.collectGarbage");
  await devtools.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  await devtools.detach();
  const { snapshot, nodes, strings }: Snapshot = JSON.parse(chunks.join(""));
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name, size] = ["type", "name", "self_size"].map((field) => fields.indexOf(field)) as [number, number, number];
  const byKind = new Map<string, number>();
  let code = 0;
  for (let node = 0; node < nodes.length; node += fields.length) {
    const kind = types[0][nodes[node + type]!]!;
    const bytes = nodes[node + size]!;
    // Strings have what they say for a name.
    const what = kind.includes("string") ? "" : strings[nodes[node + name]!]!;
    if (kind === "code") code += bytes;
    else if (!INSPECTOR.test(what)) byKind.set(`${kind} ${what}`, (byKind.get(`${kind} ${what}`) ?? 0) + bytes);
  }
  return { data: [...byKind.values()].reduce((sum, bytes) => sum + bytes, 0), code, byKind };
}

/** The kinds that grew most, in words. */
export function growth(before: Kept, after: Kept, kinds: number): string {
  const grown = [...after.byKind].map(([kind, bytes]) => [kind, bytes - (before.byKind.get(kind) ?? 0)] as const);
  const most = grown.toSorted(([, a], [, b]) => b - a).slice(0, kinds);
  return most.map(([kind, bytes]) => `${kind.slice(0, 60)} ${bytes}`).join(", ");
}
