import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { findSlurm, SLURM_PACKAGES, testPackageAdvice } from "../../scripts/lib/test-programs.mjs";

const execute = promisify(execFile);
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;
const CPUS = 2;

/** What Slurm tells of a job or of one task of an array. */
export type JobFacts = Readonly<Record<string, string>>;

/** A Slurm cluster of one node, its daemons plain processes of this user, everything of it in a folder. */
export class SlurmCluster {
  readonly #folder: string;
  readonly #slurm: NonNullable<ReturnType<typeof findSlurm>>;
  readonly #daemons: ChildProcess[] = [];

  private constructor(folder: string) {
    const slurm = findSlurm();
    if (slurm === null) {
      const advice = testPackageAdvice(SLURM_PACKAGES).join("\n");
      throw new Error(`no Slurm here (slurmctld, slurmd, sbatch, munged), which is a failure and not a skip.\n${advice}`);
    }
    this.#folder = folder;
    this.#slurm = slurm;
  }

  /** Resolves when the node takes jobs. Throws with what the daemons said where they do not start. */
  static async start(folder: string): Promise<SlurmCluster> {
    const cluster = new SlurmCluster(folder);
    try {
      await cluster.#startMunge();
      await cluster.#startSlurm();
      return cluster;
    } catch (error) {
      await cluster.stop();
      const said = cluster.#logs();
      throw new Error(`the Slurm daemons do not start here (SPLITNET_WITHOUT_SLURM=1 leaves this test out)\n${error}\n${said}`);
    }
  }

  /** Submits a script from the cluster's folder; the job's number. */
  async submit(script: string): Promise<string> {
    const { stdout } = await execute(this.#slurm.sbatch, ["--parsable", script], { cwd: this.#folder, env: this.#environment() });
    return stdout.trim();
  }

  async requeue(job: string): Promise<void> {
    await this.#scontrol("requeue", job);
  }

  /** What is known of the tasks of a job array, by their numbers. */
  async tasks(job: string): Promise<ReadonlyMap<number, JobFacts>> {
    const text = await this.#scontrol("show", "job", "--oneliner", job);
    const tasks = text.trim().split("\n").map(factsOf);
    // Tasks that wait together are one line, whose number is a range.
    return new Map(
      tasks.filter(({ ArrayTaskId }) => /^\d+$/.test(ArrayTaskId ?? "")).map((task) => [Number(task.ArrayTaskId), task]),
    );
  }

  /** Ends jobs and daemons, and waits for that: a job outlives the daemon that started it. */
  async stop(): Promise<void> {
    await this.#cancelJobs().catch(() => undefined);
    for (const daemon of this.#daemons.toReversed()) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
      const ended = new Promise((done) => daemon.once("close", done));
      daemon.kill("SIGTERM");
      await Promise.race([ended, delay(5000).then(() => daemon.kill("SIGKILL"))]);
    }
  }

  async #cancelJobs(): Promise<void> {
    await execute(this.#slurm.scancel, ["--user", userInfo().username], { env: this.#environment(), timeout: STOP_TIMEOUT_MS });
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (/JobState=(?:RUNNING|COMPLETING) /.test(await this.#scontrol("show", "job", "--oneliner")) && Date.now() < deadline) {
      await delay(200);
    }
  }

  async #startMunge(): Promise<void> {
    chmodSync(this.#folder, 0o755);
    writeFileSync(this.#path("munge.key"), randomBytes(128), { mode: 0o400 });
    const files = { "key-file": "munge.key", socket: "munge.socket", "pid-file": "munge.pid", "seed-file": "munge.seed" };
    const options = Object.entries(files).map(([option, name]) => `--${option}=${this.#path(name)}`);
    this.#spawn("munged", this.#slurm.munged, ["--foreground", "--force", ...options]);
    await this.#until("munged listens", async () => existsSync(this.#path("munge.socket")));
  }

  async #startSlurm(): Promise<void> {
    for (const name of ["state", "spool"]) mkdirSync(this.#path(name));
    writeFileSync(this.#path("slurm.conf"), await this.#configuration());
    this.#spawn("slurmctld", this.#slurm.slurmctld, ["-D", "-f", this.#path("slurm.conf")]);
    this.#spawn("slurmd", this.#slurm.slurmd, ["-D", "-f", this.#path("slurm.conf")]);
    await this.#until("the node is idle", async () =>
      /State=IDLE /.test(await this.#scontrol("show", "node", "--oneliner").catch(() => "")),
    );
  }

  /**
   * No cgroups, no systemd, no accounting. A requeued job waits until its old credential has expired, two minutes unless told otherwise and five seconds at least,
   * and then for the next look at the queue.
   */
  async #configuration(): Promise<string> {
    const [controller, daemon] = [await freePort(), await freePort()];
    const host = hostname().split(".")[0] ?? "localhost";
    const user = userInfo().username;
    return `${[
      "ClusterName=splitnet",
      `SlurmctldHost=${host}(127.0.0.1)`,
      `SlurmctldPort=${controller}`,
      `SlurmdPort=${daemon}`,
      `SlurmUser=${user}`,
      `SlurmdUser=${user}`,
      "AuthType=auth/munge",
      `AuthInfo=socket=${this.#path("munge.socket")},cred_expire=5`,
      `StateSaveLocation=${this.#path("state")}`,
      `SlurmdSpoolDir=${this.#path("spool")}`,
      `SlurmctldPidFile=${this.#path("slurmctld.pid")}`,
      `SlurmdPidFile=${this.#path("slurmd.pid")}`,
      `SlurmctldLogFile=${this.#path("slurmctld.log")}`,
      `SlurmdLogFile=${this.#path("slurmd.log")}`,
      "ProctrackType=proctrack/linuxproc",
      "TaskPlugin=task/none",
      "JobAcctGatherType=jobacct_gather/none",
      "MpiDefault=none",
      "SelectType=select/cons_tres",
      "SelectTypeParameters=CR_CPU",
      "SchedulerParameters=sched_interval=1,batch_sched_delay=0",
      "SlurmdParameters=config_overrides",
      "KillWait=5",
      "ReturnToService=2",
      `NodeName=${host} NodeAddr=127.0.0.1 CPUs=${CPUS} State=UNKNOWN`,
      "PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP",
    ].join("\n")}\n`;
  }

  #spawn(name: string, command: string, args: readonly string[]): void {
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"], env: this.#environment() });
    child.stderr?.on("data", (text) => writeFileSync(this.#path(`${name}.err`), text, { flag: "a" }));
    this.#daemons.push(child);
  }

  async #scontrol(...args: string[]): Promise<string> {
    return (await execute(this.#slurm.scontrol, args, { env: this.#environment() })).stdout;
  }

  /** A daemon that ends while it is waited for fails at once. */
  async #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await holds())) {
      if (this.#daemons.some(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null))
        throw new Error(`a daemon ended before ${what}`);
      if (Date.now() > deadline) throw new Error(`it is not so that ${what} after ${START_TIMEOUT_MS / 1000} s`);
      await delay(200);
    }
  }

  #environment(): NodeJS.ProcessEnv {
    return { ...process.env, SLURM_CONF: this.#path("slurm.conf") };
  }

  /** The last lines of every daemon. */
  #logs(): string {
    const names = ["munged.err", "slurmctld.err", "slurmctld.log", "slurmd.err", "slurmd.log"];
    return names
      .filter((name) => existsSync(this.#path(name)))
      .map((name) => `${name}:\n${readFileSync(this.#path(name), "utf8").split("\n").slice(-15).join("\n")}`)
      .join("\n");
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }
}

/** "JobId=7 ArrayTaskId=2 JobState=RUNNING ..." by names; values with spaces lose what follows the first. */
function factsOf(line: string): JobFacts {
  return Object.fromEntries([...line.matchAll(/(\w+)=(\S*)/g)].map(([, name = "", value = ""]) => [name, value]));
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === "object" ? done(address.port) : failed(new Error("no port"))));
    });
  });
}
