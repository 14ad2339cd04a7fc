import { resolve } from "node:path";
import { parseSweepText } from "../../model/sweep-text";
import { CLUSTER_KINDS, type ClusterKind, clusterScript } from "../cluster/cluster-script";
import type { Command, Invocation } from "../command";
import { readText, writeWhole } from "../files";
import { integer, optionalText, requiredText, texts, UsageError } from "../values";

/** Slurm takes arrays of 1,000 unless it is told otherwise. */
const MOST_TASKS = 1000;

const SUBMIT: Readonly<Record<ClusterKind, (script: string) => string>> = {
  slurm: (script) => `sbatch ${script}`,
  kubernetes: (script) => `kubectl apply -f ${script}`,
  ray: (script) => `python ${script}`,
};

export const clusterCommand: Command = {
  name: "cluster",
  synopsis: "slurm|kubernetes|ray FILE --data ARCHIVE --out DIR --script FILE [--tasks N] [--gpus N]",
  summary: "write a script that does a sweep on a cluster: a Slurm job array, a Kubernetes Indexed Job, a Ray script",
  notes: [
    "FILE             the sweep file; it is read and checked here",
    "--file PATH      where the machines of the cluster find it (as named here)",
    "--data ARCHIVE   archive of the images, as these machines see it (repeat for loose files)",
    "--out DIR        folder of all runs, as these machines see it: a disk that they share, or one each, to be merged",
    "--script FILE    the script to write",
    `--tasks N        shares of the sweep (one for each run, at most ${MOST_TASKS})`,
    "--gpus N         GPUs a task, 0 for none asked for (1)",
    "--program WORDS  what starts the command line on these machines (splitnet)",
    "--image NAME     Kubernetes: image of the containers, with Node, a Vulkan driver and the command line (splitnet-studio)",
    "--claim NAME     Kubernetes: claim of the volume with file, archive and results (splitnet)",
    "--mount PATH     Kubernetes: where that volume is mounted (/work)",
  ],
  options: {
    file: { type: "string" },
    data: { type: "string", multiple: true },
    out: { type: "string" },
    script: { type: "string" },
    tasks: { type: "string" },
    gpus: { type: "string" },
    program: { type: "string" },
    image: { type: "string" },
    claim: { type: "string" },
    mount: { type: "string" },
  },
  positionals: [2, 2],
  async run({ values, positionals: [kindText = "", path = ""] }: Invocation) {
    const kind = kindOf(kindText);
    const script = resolve(requiredText(values, "script"));
    const data = texts(values, "data");
    if (data.length === 0) throw new UsageError("--data ARCHIVE is missing");
    const { name, runs } = parseSweepText(await readText(path), path);
    const tasks = integer(values, "tasks", Math.min(runs.length, MOST_TASKS), 1);
    const text = clusterScript(kind, {
      name,
      runs: runs.length,
      tasks,
      gpus: integer(values, "gpus", 1, 0),
      program: (optionalText(values, "program") ?? "splitnet").split(" ").filter((word) => word !== ""),
      file: optionalText(values, "file") ?? resolve(path),
      data: data.map((archive) => resolve(archive)),
      out: resolve(requiredText(values, "out")),
      image: optionalText(values, "image") ?? "splitnet-studio",
      claim: optionalText(values, "claim") ?? "splitnet",
      mount: optionalText(values, "mount") ?? "/work",
    });
    await writeWhole(script, new TextEncoder().encode(text));
    return {
      json: { kind, script, sweep: name, runs: runs.length, tasks },
      text: `${script}: ${runs.length} runs in ${tasks} tasks; submit it with \`${SUBMIT[kind](script)}\``,
    };
  },
};

function kindOf(text: string): ClusterKind {
  const kind = CLUSTER_KINDS.find((known) => known === text);
  if (kind === undefined) throw new UsageError(`${text}: choose one of ${CLUSTER_KINDS.join(", ")}`);
  return kind;
}
