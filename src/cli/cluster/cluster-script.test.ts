import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PYTHON } from "../../../tests/support/event-reader";
import { readYaml } from "../../../tests/support/python-yaml";
import { runHere } from "../testing";
import { type ClusterJob, type ClusterKind, clusterScript } from "./cluster-script";
import { fill, shellWords } from "./fill";

/** Words that a shell would make something else of. */
const HOSTILE = ["it's", "$(touch x)", "`id`", 'a "b"', "back\\slash", "new\nline", "", "*", "-n", "ä", "@name@", "{{x}}"];
const STAND_IN = fileURLToPath(new URL("../../../tests/python/stand_in", import.meta.url));

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "splitnet-cluster-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A job whose program prints the words that it gets, each between brackets. */
function job(changes: Partial<ClusterJob> = {}): ClusterJob {
  return {
    name: "1e3",
    runs: 12,
    tasks: 4,
    gpus: 1,
    program: ["printf", "[%s]"],
    file: "/work/it's a sweep.yaml",
    data: ["/data/a.tar.gz", "/data/$HOME.bin"],
    out: "/work/out",
    image: "registry/studio:1",
    claim: "disk",
    mount: "/work",
    ...changes,
  };
}

const EXPECTED = "[sweep][/work/it's a sweep.yaml][--data][/data/a.tar.gz][--data][/data/$HOME.bin][--out][/work/out][--task]";

/** Runs a command in the folder, whose programs come before those of the system. */
function run(command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, ...environment };
  return spawnSync(command, args, { cwd: folder, encoding: "utf8", env });
}

/** A program of the folder. */
function program(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

function written(kind: ClusterKind, changes: Partial<ClusterJob> = {}): string {
  const path = join(folder, "script");
  writeFileSync(path, clusterScript(kind, job(changes)));
  return path;
}

test("a shell reads the words back that it was given, whatever they hold", () => {
  expect(run("sh", ["-c", `printf '[%s]' ${shellWords(HOSTILE)}`]).stdout).toBe(HOSTILE.map((word) => `[${word}]`).join(""));
});

test("a template with a place too many or too few is a fault", () => {
  expect(fill("a @b@ @c@ @b@ x@120", { b: 1, c: "@b@" })).toBe("a 1 @b@ 1 x@120");
  expect(() => fill("a @b@", {})).toThrow(/asks for b/);
  expect(() => fill("a", { b: 1 })).toThrow(/no place for b/);
});

test("a Slurm task starts its share, and ends with its exit code", () => {
  const script = written("slurm");
  expect(run("bash", [script], { SLURM_ARRAY_TASK_ID: "3" })).toMatchObject({
    status: 0,
    stdout: `${EXPECTED}[3/4]`,
    stderr: "",
  });
  const failing = written("slurm", { program: [program("failing", "exit 1")] });
  expect(run("bash", [failing], { SLURM_ARRAY_TASK_ID: "1" })).toMatchObject({ status: 1, stderr: "" });
});

test("a Slurm script asks for an array that may be requeued, and for GPUs where any are wanted", () => {
  const directives = (text: string) => text.split("\n").filter((line) => line.startsWith("#SBATCH"));
  const lines = directives(clusterScript("slurm", job()));
  expect(lines).toEqual(expect.arrayContaining(["#SBATCH --array=1-4", "#SBATCH --requeue", "#SBATCH --gres=gpu:1"]));
  // Slurm reads no options below the first command.
  expect(clusterScript("slurm", job())).toMatch(/^#!\/bin\/bash\n(#.*\n)+\n/);
  expect(directives(clusterScript("slurm", job({ gpus: 0 }))).join()).not.toContain("gpu");
});

test.each([
  ["killed", 'kill -KILL "$$"', {}, 137, "requeue 77"],
  ["killed too often", 'kill -KILL "$$"', { SLURM_RESTART_COUNT: "20" }, 137, ""],
  ["told before the time limit", 'kill -USR1 "$PPID"; sleep 30', {}, 143, "requeue 77"],
  ["told to end", 'kill -TERM "$PPID"; sleep 30', {}, 143, ""],
])("a Slurm task whose program was %s goes back into the queue where it should", (_, text, environment, status, requeued) => {
  program("scontrol", 'echo "$@" > requeued');
  // The program's own shell is replaced by what waits, so that a signal ends all of it.
  const waiting = program("program", text.replace("sleep", "exec sleep"));
  const script = written("slurm", { program: [waiting] });
  const outcome = run("bash", [script], { SLURM_ARRAY_TASK_ID: "1", SLURM_JOB_ID: "77", ...environment });
  expect(outcome.status).toBe(status);
  const note = join(folder, "requeued");
  expect(existsSync(note) ? readFileSync(note, "utf8").trim() : "").toBe(requeued);
});

test("a Kubernetes job is indexed, a pod a share, and the pod starts it", () => {
  const text = clusterScript("kubernetes", job());
  const container = {
    name: "sweep",
    image: "registry/studio:1",
    command: ["/bin/sh", "-c"],
    args: [expect.any(String)],
    resources: { limits: { "nvidia.com/gpu": 1 } },
    volumeMounts: [{ name: "work", mountPath: "/work" }],
  };
  expect(readYaml(text)).toEqual({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "splitnet-1e3" },
    spec: {
      completionMode: "Indexed",
      completions: 4,
      parallelism: 4,
      backoffLimit: 80,
      template: {
        metadata: { labels: { app: "splitnet", sweep: "1e3" } },
        spec: {
          restartPolicy: "OnFailure",
          terminationGracePeriodSeconds: 120,
          containers: [container],
          volumes: [{ name: "work", persistentVolumeClaim: { claimName: "disk" } }],
        },
      },
    },
  });
  const [, script = '""'] = /args:\n +- (".*")\n/.exec(text) ?? [];
  expect(run("/bin/sh", ["-c", JSON.parse(script)], { JOB_COMPLETION_INDEX: "0" }).stdout).toBe(`${EXPECTED}[1/4]`);
  expect(readYaml(clusterScript("kubernetes", job({ gpus: 0 })))).toMatchObject({
    spec: { template: { spec: { containers: [{ resources: {} }] } } },
  });
});

test("a Ray script is Python that asks for a GPU a share, and says which shares failed", () => {
  const failing = program("failing", 'case "$*" in *2/4) exit 1;; esac');
  const outcome = run(PYTHON, [written("ray", { program: [failing] })], { PYTHONPATH: STAND_IN });
  expect(outcome).toMatchObject({ status: 1, stderr: "" });
  const lines = outcome.stdout.trim().split("\n");
  expect(lines.slice(0, -1).map((line) => JSON.parse(line))).toEqual(
    [1, 2, 3, 4].map((task) => ({ options: { num_gpus: 1, max_retries: 20, retry_exceptions: true }, arguments: [task] })),
  );
  expect(lines.at(-1)).toBe("3 of 4 shares are done; failed: [2]");
  const printing = run(PYTHON, [written("ray", { tasks: 1 })], { PYTHONPATH: STAND_IN });
  expect(printing).toMatchObject({ status: 0, stdout: expect.stringContaining(`${EXPECTED}[1/1]`) });
});

test("a Ray task that a signal ended is tried again", () => {
  const once = program("once", 'if [ -e tried ]; then exit 0; fi; touch tried; kill -KILL "$$"');
  expect(run(PYTHON, [written("ray", { tasks: 1, program: [once] })], { PYTHONPATH: STAND_IN })).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("1 of 1 shares are done"),
  });
});

test("the command checks the sweep file, and tells how the script is submitted", async () => {
  const [file, script] = [join(folder, "sweep.yaml"), join(folder, "job.sh")];
  writeFileSync(file, "name: rates\npreset: tiny\nseeds: { from: 1, count: 5 }\n");
  const where = [file, "--data", "a.tar.gz", "--out", "out", "--script", script];
  const { code, out } = await runHere("cluster", "slurm", ...where);
  expect([code, out]).toEqual([0, `${script}: 5 runs in 5 tasks; submit it with \`sbatch ${script}\`\n`]);
  expect(readFileSync(script, "utf8")).toMatch(
    /--array=1-5[\s\S]*\nsplitnet sweep \S*sweep\.yaml --data \S*a\.tar\.gz --out \S*out --task /,
  );
  writeFileSync(file, "name: rates\npreset: tiny\nseeds: []\n");
  expect(await runHere("cluster", "ray", ...where)).toMatchObject({
    code: 1,
    err: expect.stringContaining("sweep.yaml: seeds: "),
  });
  expect(await runHere("cluster", "borg", ...where)).toMatchObject({
    code: 2,
    err: expect.stringContaining("borg: choose one of slurm"),
  });
});
