import type { Page } from "@playwright/test";

/** Of a heap snapshot of V8: nodes as a flat list of numbers, with the names of their fields and types. */
interface Snapshot {
  readonly snapshot: {
    readonly meta: { readonly node_fields: readonly string[]; readonly node_types: readonly [readonly string[]] };
  };
  readonly nodes: readonly number[];
}

/** What a page holds, in bytes. */
export interface Kept {
  /** Objects, strings, typed arrays and what the browser keeps for the document. */
  readonly data: number;
  /** The program as V8 compiles it, more of it while functions get warm: it ends with the program, not with the time. */
  readonly code: number;
}

/** What is left after a collection of garbage. The page stands still for some seconds meanwhile. */
export async function keptBytes(page: Page): Promise<Kept> {
  const devtools = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  devtools.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => chunks.push(chunk));
  await devtools.send("HeapProfiler.collectGarbage");
  await devtools.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  await devtools.detach();
  const { snapshot, nodes }: Snapshot = JSON.parse(chunks.join(""));
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, size, code] = [fields.indexOf("type"), fields.indexOf("self_size"), types[0].indexOf("code")];
  const kept = { data: 0, code: 0 };
  for (let node = 0; node < nodes.length; node += fields.length) {
    kept[nodes[node + type] === code ? "code" : "data"] += nodes[node + size]!;
  }
  return kept;
}
