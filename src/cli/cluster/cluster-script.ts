import { fill, shellWords } from "./fill";
import kubernetes from "./templates/kubernetes.yaml?raw";
import ray from "./templates/ray.py?raw";
import slurm from "./templates/slurm.sh?raw";

export const CLUSTER_KINDS = ["slurm", "kubernetes", "ray"] as const;
export type ClusterKind = (typeof CLUSTER_KINDS)[number];

/** What a cluster is to do; paths are as its machines see them. */
export interface ClusterJob {
  /** Lower-case letters, digits and hyphens. */
  readonly name: string;
  readonly runs: number;
  readonly tasks: number;
  /** GPUs a task. */
  readonly gpus: number;
  /** Words that start the command line. */
  readonly program: readonly string[];
  readonly file: string;
  readonly data: readonly string[];
  readonly out: string;
  /** Of Kubernetes alone: the image of the containers, and the claim of the volume with the place where it is mounted. */
  readonly image: string;
  readonly claim: string;
  readonly mount: string;
}

/** Times that a task is started anew before its cluster gives up. */
const RESTARTS = 20;

/** The script or manifest of the job. */
export function clusterScript(kind: ClusterKind, job: ClusterJob): string {
  const { name, runs, tasks, gpus } = job;
  const common = { name, runs, tasks, restarts: RESTARTS };
  const command = commandOf(job);
  switch (kind) {
    case "slurm":
      return fill(slurm, { ...common, gpuLine: gpus === 0 ? "" : `#SBATCH --gres=gpu:${gpus}`, command: shellWords(command) });
    case "kubernetes":
      return fill(kubernetes, { ...common, ...kubernetesValues(job, command) });
    case "ray":
      return fill(ray, { ...common, gpus, command: JSON.stringify(command) });
    default:
      return kind satisfies never;
  }
}

function commandOf({ program, file, data, out }: ClusterJob): readonly string[] {
  return [...program, "sweep", file, ...data.flatMap((path) => ["--data", path]), "--out", out];
}

/** Texts as JSON strings, which YAML's double-quoted style reads. */
function kubernetesValues({ tasks, gpus, image, claim, mount }: ClusterJob, command: readonly string[]) {
  return {
    backoffLimit: tasks * RESTARTS,
    image: JSON.stringify(image),
    claim: JSON.stringify(claim),
    mount: JSON.stringify(mount),
    script: JSON.stringify(`exec ${shellWords(command)} --task "$((JOB_COMPLETION_INDEX + 1))/${tasks}"`),
    resources: gpus === 0 ? "{}" : `{ limits: { nvidia.com/gpu: ${gpus} } }`,
  };
}
