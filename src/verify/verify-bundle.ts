import { sha256 } from "@noble/hashes/sha2.js";
import { unzipSync } from "fflate";
import { z } from "zod";
import { toHex } from "../base/bytes";
import { CheckpointError } from "../base/errors";
import { type HostTensor, hostTensor, tensorNamed } from "../base/tensor";
import { decodeSafetensors } from "../export/safetensors";
import type { Verification, VerifiedGraph } from "../splitnet/verification";
import type { NamedValues, RunOnnx } from "./onnx-runtime";
import type { RunTfjs } from "./tfjs-runtime";

/** Images run at a time: a wide network's activations of more would not fit beside its weights. */
const BATCH = 20;
/** Of the largest logit: some 20 layers of float32 sums, each in an order of its own, stay far below; a wrong pad or order is far above. */
const TOLERANCE = 1e-3;
/** TensorFlow.js in plain JavaScript takes seconds for an image of a wide network. */
const TFJS_IMAGES = 4;
const SUMS = "SHA256SUMS";
const WHOLE = "onnx/model.onnx";
/** Of a bundle of some classes, which has no other graph but its variants. */
const SUBSET = "onnx/subset.onnx";
const VARIANT = /^onnx\/(model|subset)_[a-z0-9]+\.onnx$/;
const MERGE = "onnx/merge.onnx";
const TFJS = "tfjs/model.json";

/** Other people's programs that run what was exported. */
export interface Programs {
  readonly onnx: RunOnnx;
  readonly tfjs: RunTfjs;
}

/**
 * Compares what every ONNX file and the TensorFlow.js model of an exported bundle give for the bundle's own test images with what the studio's engine
 * got, after every file's checksum. `onFile` is told how many graphs are done. Throws CheckpointError where the file is no bundle or is damaged.
 */
export async function verifyBundle(
  bundle: Uint8Array,
  programs: Programs,
  onFile: (done: number, total: number) => void,
): Promise<Verification> {
  const files = membersOf(bundle);
  const sums = checkSums(files);
  const { tensors } = decodeSafetensors(required(files, "check.safetensors"));
  const [images, logits] = [tensorNamed(tensors, "image"), tensorNamed(tensors, "logits")];
  const work = new Verifier(files, programs, images);
  const verified: VerifiedGraph[] = [];
  const steps = stepsOf(files);
  const total = steps.reduce((sum, { graphs }) => sum + graphs.length, 0);
  let done = 0;
  for (const step of steps) {
    onFile(done, total);
    const found = await (step.what === "tensorflowjs" ? work.tfjsLogits() : work.onnxLogits(step.graphs));
    const expected = rows(logits, 0, found.shape[0]!);
    verified.push(compared(step, found, step.classes === null ? expected : columns(expected, step.classes)));
    done += step.graphs.length;
  }
  onFile(done, total);
  const within = verified.every(({ what, images: count, difference, sameClass }) =>
    what === "variant" ? Number.isFinite(difference) : difference <= TOLERANCE && sameClass === count,
  );
  return { checksums: sums, verified, tolerance: TOLERANCE, within };
}

/** Graphs that lead together from images to logits. */
interface Step {
  readonly what: VerifiedGraph["what"];
  readonly name: string;
  readonly graphs: readonly string[];
  /** Classes of the logits, null for all of them in order. */
  readonly classes: readonly number[] | null;
}

const configSchema = z.object({
  classGroups: z.array(z.object({ branch: z.string(), classes: z.array(z.object({ label: z.int().min(0) })) })),
});

function stepsOf(files: Members): readonly Step[] {
  const isSubset = files.has(SUBSET);
  const whole = stepOf(isSubset ? "classes" : "whole", isSubset ? SUBSET : WHOLE);
  required(files, whole.name);
  const single = [
    whole,
    ...[...files.keys()].filter((name) => VARIANT.test(name)).map((name) => stepOf("variant", name)),
    ...(files.has(TFJS) ? [stepOf("tensorflowjs", TFJS)] : []),
  ];
  if (!files.has(MERGE)) return single;
  const branches = [...files.keys()].filter((name) => name.startsWith("onnx/branch_")).sort(byDepth);
  const parts: Step = { what: "parts", name: MERGE, graphs: ["onnx/trunk.onnx", ...branches, MERGE], classes: null };
  const { classGroups } = configOf(files);
  const paths = classGroups.map(({ branch, classes }): Step => {
    const name = `onnx/${branch.replaceAll(/[^a-z0-9]+/g, "_").replace("branch", "path")}.onnx`;
    return { what: "path", name, graphs: [name], classes: classes.map(({ label }) => label) };
  });
  return [...single, parts, ...paths];
}

/** One graph from images to the logits that came with the bundle. */
function stepOf(what: Step["what"], name: string): Step {
  return { what, name, graphs: [name], classes: null };
}

/** A branch stands before those below it, whose names are longer. */
function byDepth(a: string, b: string): number {
  return a.split("_").length - b.split("_").length || a.localeCompare(b, "en");
}

function configOf(files: Members): z.infer<typeof configSchema> {
  try {
    return configSchema.parse(JSON.parse(new TextDecoder().decode(required(files, "config.json"))));
  } catch (cause) {
    throw new CheckpointError("config.json does not tell the groups of classes", CURE, { cause });
  }
}

class Verifier {
  readonly #files: Members;
  readonly #programs: Programs;
  readonly #images: HostTensor;

  constructor(files: Members, programs: Programs, images: HostTensor) {
    this.#files = files;
    this.#programs = programs;
    this.#images = images;
  }

  /** [images, classes]: the value "logits" after all graphs, each given what those before it gave. */
  async onnxLogits(graphs: readonly string[]): Promise<HostTensor> {
    const count = this.#images.shape[0]!;
    const batches: HostTensor[] = [];
    for (let start = 0; start < count; start += BATCH) {
      const values = new Map<string, HostTensor>([["image", rows(this.#images, start, Math.min(count, start + BATCH))]]);
      for (const name of graphs) {
        const outputs = await this.#outputsOf(name, values);
        for (const [output, value] of outputs) values.set(output, value);
      }
      batches.push(tensorNamed(values, "logits"));
    }
    return hostTensor([count, batches[0]!.shape[1]!], Float32Array.from(batches.flatMap(({ data }) => [...data])));
  }

  /** [images, classes] for the first few images. */
  async tfjsLogits(): Promise<HostTensor> {
    try {
      return await this.#programs.tfjs(this.#files, TFJS, rows(this.#images, 0, Math.min(TFJS_IMAGES, this.#images.shape[0]!)));
    } catch (cause) {
      throw refused("TensorFlow.js", TFJS, cause);
    }
  }

  async #outputsOf(name: string, values: NamedValues): Promise<NamedValues> {
    const graph = required(this.#files, name);
    try {
      return await this.#programs.onnx(graph, values);
    } catch (cause) {
      throw refused("ONNX Runtime", name, cause);
    }
  }
}

function refused(program: string, name: string, cause: unknown): CheckpointError {
  if (cause instanceof CheckpointError) return cause;
  return new CheckpointError(`${name}: ${program} refuses it: ${cause instanceof Error ? cause.message : cause}`, CURE, {
    cause,
  });
}

/** Difference as a share of the largest logit of all; images whose most probable class is the same. */
function compared({ what, name }: Step, found: HostTensor, expected: HostTensor): VerifiedGraph {
  if (found.shape.join() !== expected.shape.join())
    throw new CheckpointError(`${name}: logits of shape [${found.shape.join(", ")}], not [${expected.shape.join(", ")}]`, CURE);
  let [difference, largest] = [0, 0];
  expected.data.forEach((value, index) => {
    // Not a number is the largest difference there is.
    const own = Math.abs(found.data[index]! - value);
    difference = Number.isNaN(own) ? Number.POSITIVE_INFINITY : Math.max(difference, own);
    largest = Math.max(largest, Math.abs(value));
  });
  const [images, classes] = [expected.shape[0]!, expected.shape[1]!];
  const winner = ({ data }: HostTensor, image: number): number => {
    const row = data.subarray(image * classes, (image + 1) * classes);
    return row.indexOf(Math.max(...row));
  };
  const same = Array.from({ length: images }, (_, image) => image).filter(
    (image) => winner(found, image) === winner(expected, image),
  );
  return { what, name, difference: largest === 0 ? difference : difference / largest, images, sameClass: same.length };
}

type Members = ReadonlyMap<string, Uint8Array>;

function membersOf(bundle: Uint8Array): Members {
  try {
    const files = unzipSync(bundle, {
      filter: ({ compression, originalSize, size }) => compression === 0 && originalSize === size,
    });
    return new Map(Object.entries(files));
  } catch (cause) {
    throw new CheckpointError("the file is not an exported bundle: it is no zip archive, or it is cut off", CURE, { cause });
  }
}

/** Number of files whose checksum is right: all, or it throws. */
function checkSums(files: Members): number {
  const lines = new TextDecoder().decode(required(files, SUMS)).trimEnd().split("\n");
  for (const line of lines) {
    const [, sum, name] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    if (sum === undefined || name === undefined) throw new CheckpointError(`${SUMS}: a line is no checksum`, CURE);
    if (toHex(sha256(required(files, name))) !== sum)
      throw new CheckpointError(`${name} is damaged: its checksum is another`, CURE);
  }
  return lines.length;
}

function required(files: Members, name: string): Uint8Array {
  const bytes = files.get(name);
  if (bytes === undefined) throw new CheckpointError(`the file is not an exported bundle: it lacks ${name}`, CURE);
  return bytes;
}

function rows({ shape, data }: HostTensor, start: number, end: number): HostTensor {
  const size = data.length / shape[0]!;
  return { shape: [end - start, ...shape.slice(1)], data: data.slice(start * size, end * size) };
}

/** The columns of these classes, in this order. */
function columns({ shape, data }: HostTensor, classes: readonly number[]): HostTensor {
  const [images, all] = [shape[0]!, shape[1]!];
  const picked = Float32Array.from(
    { length: images * classes.length },
    (_, index) => data[Math.floor(index / classes.length) * all + classes[index % classes.length]!] ?? Number.NaN,
  );
  return { shape: [images, classes.length], data: picked };
}

const CURE = "Export the model again.";
