import { CheckpointError } from "../base/errors";
import { type HostTensor, hostTensor, tensorNamed } from "../base/tensor";
import { decodeSafetensors } from "../export/safetensors";
import { differs, type Verification, type VerifiedGraph } from "../splitnet/verification";
import { type BundleFiles, CURE, checkSums, unzipped } from "./bundle-files";
import { compared, rows } from "./compare-logits";
import type { OnnxGraph, OnnxProgram } from "./onnx-runtime";
import type { TfjsProgram } from "./tfjs-runtime";
import { stepsOf, TFJS_MODEL, type VerifyStep } from "./verify-steps";

/** Images run at a time: a wide network's activations of more would not fit beside its weights. */
const BATCH = 20;
/** Of the largest logit: some 20 layers of float32 sums, each in an order of its own, stay far below; a wrong pad or order is far above. */
const TOLERANCE = 1e-3;
/** TensorFlow.js in plain JavaScript takes seconds for an image of a wide network. */
const TFJS_IMAGES = 4;
const TFJS_FOLDER = "tfjs/";

/** Other people's programs that run what was exported. */
export interface Programs {
  readonly onnx: OnnxProgram;
  readonly tfjs: TfjsProgram;
}

export interface VerifyOptions {
  /** Told how many graphs are done, of all of them. */
  readonly onFile: (done: number, total: number) => void;
  /** Awaited before each batch of images, so that whoever shares the thread has a turn; what it throws ends the verification. */
  readonly breathe?: () => Promise<void>;
}

/** Verifies an exported zip: the checksum of every file, then as `verifyFiles`. Throws CheckpointError where it is no bundle or is damaged. */
export async function verifyBundle(bundle: Uint8Array, programs: Programs, options: VerifyOptions): Promise<Verification> {
  const files = unzipped(bundle);
  const checksums = await checkSums(files);
  return { ...(await verifyFiles(files, programs, options)), checksums };
}

/**
 * Compares what every ONNX file and the TensorFlow.js model of a bundle give for the bundle's own test images with what the studio's engine
 * got. Throws CheckpointError for a file that is missing or that its program refuses.
 */
export async function verifyFiles(files: BundleFiles, programs: Programs, options: VerifyOptions): Promise<Verification> {
  const { tensors } = decodeSafetensors(await files.read("check.safetensors"));
  const [images, logits] = [tensorNamed(tensors, "image"), tensorNamed(tensors, "logits")];
  const work = new Verifier(files, programs, images, options);
  const verified: VerifiedGraph[] = [];
  const steps = await stepsOf(files);
  const total = steps.reduce((sum, { graphs }) => sum + graphs.length, 0);
  let done = 0;
  for (const step of steps) {
    options.onFile(done, total);
    verified.push(compared(step, await work.logitsOf(step), logits));
    done += step.graphs.length;
  }
  options.onFile(done, total);
  const within = !verified.some((graph) => differs(graph, TOLERANCE));
  const versions = { onnxRuntime: programs.onnx.version, tensorflowjs: programs.tfjs.version };
  return { checksums: null, programs: versions, verified, tolerance: TOLERANCE, within };
}

class Verifier {
  readonly #files: BundleFiles;
  readonly #programs: Programs;
  readonly #images: HostTensor;
  readonly #breathe: () => Promise<void>;

  constructor(files: BundleFiles, programs: Programs, images: HostTensor, { breathe = async () => undefined }: VerifyOptions) {
    this.#files = files;
    this.#programs = programs;
    this.#images = images;
    this.#breathe = breathe;
  }

  logitsOf({ what, graphs }: VerifyStep): Promise<HostTensor> {
    return what === "tensorflowjs" ? this.#tfjsLogits() : this.#onnxLogits(graphs);
  }

  /** [images, classes]: the value "logits" after all graphs, each given what those before it gave. Together they have the weights of no more than the network. */
  async #onnxLogits(graphs: readonly string[]): Promise<HostTensor> {
    const loaded: [string, OnnxGraph][] = [];
    try {
      for (const name of graphs) {
        const bytes = await this.#files.read(name);
        loaded.push([name, await unlessRefused("ONNX Runtime", name, () => this.#programs.onnx.load(bytes))]);
      }
      return await this.#throughAll(loaded);
    } finally {
      for (const [, graph] of loaded) await graph.release();
    }
  }

  async #throughAll(loaded: readonly (readonly [string, OnnxGraph])[]): Promise<HostTensor> {
    const count = this.#images.shape[0]!;
    const batches: HostTensor[] = [];
    for (let start = 0; start < count; start += BATCH) {
      await this.#breathe();
      const values = new Map<string, HostTensor>([["image", rows(this.#images, start, Math.min(count, start + BATCH))]]);
      for (const [name, graph] of loaded) {
        const outputs = await unlessRefused("ONNX Runtime", name, () => graph.run(values));
        for (const [output, value] of outputs) values.set(output, value);
      }
      batches.push(tensorNamed(values, "logits"));
    }
    return hostTensor([count, batches[0]!.shape[1]!], Float32Array.from(batches.flatMap(({ data }) => [...data])));
  }

  /** [images, classes] for the first few images. */
  async #tfjsLogits(): Promise<HostTensor> {
    const names = this.#files.names.filter((name) => name.startsWith(TFJS_FOLDER));
    const files = new Map<string, Uint8Array>();
    for (const name of names) files.set(name, await this.#files.read(name));
    await this.#breathe();
    const images = rows(this.#images, 0, Math.min(TFJS_IMAGES, this.#images.shape[0]!));
    return unlessRefused("TensorFlow.js", TFJS_MODEL, () => this.#programs.tfjs.run(files, TFJS_MODEL, images));
  }
}

/** What a program gives for a file, or an error that names both. */
async function unlessRefused<Value>(program: string, name: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    const reason = cause instanceof Error ? cause.message : cause;
    throw new CheckpointError(`${name}: ${program} refuses it: ${reason}`, CURE, { cause });
  }
}
