import type { Grouping } from "./grouping";
import type { BatchNormLayer, ConvLayer, DropoutLayer, Layer, ModelSpec, ReluLayer, Space } from "./spec";

export type BlockOrder = "pre-activation" | "post-activation";

export interface WideResnetOptions {
  /** Residual units a stage, n of depth 6n + 4. */
  readonly residualUnits: number;
  /** Width factor k: stages have 16k, 32k and 64k channels. */
  readonly widen: number;
  readonly classes: number;
  readonly grouping: Grouping;
  /** Order inside the units of grouped stages; ungrouped stages are always pre-activation. */
  readonly blockOrder: BlockOrder;
  /** Whether to place dropout layers in the grouped parts (stage 1 of training only, as published). */
  readonly dropout: boolean;
}

const IMAGE_SIZE = 32;

/**
 * Wide residual network (Zagoruyko and Komodakis 2016) as the published SplitNet code builds it (splitnet.md 1.2):
 * the shortcut of a stage's first unit takes the activated input, later units add the raw input.
 */
export function wideResnet(options: WideResnetOptions): ModelSpec {
  const builder = new Builder(options);
  return builder.build();
}

class Builder {
  readonly #options: WideResnetOptions;
  readonly #spaces: Space[] = [];
  readonly #layers: Layer[] = [];
  readonly #introduced = new Set<string>();

  constructor(options: WideResnetOptions) {
    this.#options = options;
  }

  build(): ModelSpec {
    const { residualUnits, widen, classes, grouping } = this.#options;
    this.#declareSpaces();
    this.#add({ kind: "input", name: "image", space: "image", shape: [IMAGE_SIZE, IMAGE_SIZE, 3] });
    let x = this.#conv({
      name: "init_conv",
      input: "image",
      kernelSize: 3,
      stride: 1,
      spaces: ["image", this.#stem()],
      groups: 1,
      own: [],
      counted: false,
    });
    for (let stage = 1; stage <= 3; stage++) {
      for (let unit = 0; unit < residualUnits; unit++) x = this.#unit(stage, unit, x);
    }
    x = this.#batchNorm("unit_last/bn", x, "stage_3", { alwaysTrainScale: true, restartsAtSplit: false });
    x = this.#relu("unit_last/relu", x);
    this.#add({ kind: "globalMean", name: "pool", input: x });
    x = this.#dropout("pool_dropout", "pool", grouping.classes);
    this.#add({
      kind: "dense",
      name: "logits/fc",
      input: x,
      inputSpace: "stage_3",
      outputSpace: "classes",
      groups: grouping.classes,
      introduces: this.#introduce(grouping.classes, ["stage_3", "classes"]),
      blocks: null,
      counted: true,
    });
    const name = `WRN-${6 * residualUnits + 4}-${widen}`;
    return { name: `${name} for ${classes} classes`, spaces: this.#spaces, layers: this.#layers };
  }

  /** Channels of the first convolution. At width 1 the first shortcut is the identity, so that they are those of stage 1. */
  #stem(): string {
    return this.#options.widen === 1 ? "stage_1" : "stem";
  }

  /** Groups of the weights of a stage's units. */
  #groupsOf(stage: number): number {
    return stage === 3 ? this.#options.grouping.stage3 : stage === 2 ? this.#options.grouping.stage2 : 1;
  }

  #declareSpaces(): void {
    const { residualUnits, widen, classes, grouping } = this.#options;
    const space = (name: string, size: number, groups: number, published: string): void => {
      this.#spaces.push({ name, size, groups, publishedName: groups > 1 ? `group/split_${published}/alpha` : null });
    };
    space("classes", classes, grouping.classes, "q1");
    // A residual stream is grouped as the next level needs it as input; its own stage uses the merged groups.
    space("stage_3", 64 * widen, grouping.classes, "p1");
    space("stage_2", 32 * widen, grouping.stage3, "p2");
    for (let unit = 0; unit < residualUnits; unit++) space(`unit_3_${unit}/inner`, 64 * widen, grouping.stage3, `r2${unit + 1}`);
    space("stage_1", 16 * widen, grouping.stage2, "p3");
    for (let unit = 0; unit < residualUnits; unit++) space(`unit_2_${unit}/inner`, 32 * widen, grouping.stage2, `r3${unit + 1}`);
    for (let unit = 0; unit < residualUnits; unit++) space(`unit_1_${unit}/inner`, 16 * widen, 1, "");
    if (this.#stem() === "stem") space("stem", 16, 1, "");
    space("image", 3, 1, "");
  }

  #unit(stage: number, unit: number, input: string): string {
    const scope = `unit_${stage}_${unit}`;
    const groups = this.#groupsOf(stage);
    const inputSpace = unit > 0 ? `stage_${stage}` : stage === 1 ? this.#stem() : `stage_${stage - 1}`;
    const outputSpace = `stage_${stage}`;
    const stride = unit === 0 && stage > 1 ? 2 : 1;
    const shared = { scope, groups, inputSpace, outputSpace, stride, first: unit === 0, input } as const;
    return groups > 1 && this.#options.blockOrder === "post-activation"
      ? this.#postActivationUnit(shared)
      : this.#preActivationUnit(shared);
  }

  /** bn, relu, [dropout], conv, bn, relu, [dropout], conv, add. */
  #preActivationUnit({ scope, groups, inputSpace, outputSpace, stride, first, input }: UnitOptions): string {
    const inner = `${scope}/inner`;
    const kept = { alwaysTrainScale: false, restartsAtSplit: false };
    const activated = this.#dropout(
      `${scope}/dropout_1`,
      this.#relu(`${scope}/relu_1`, this.#batchNorm(`${scope}/bn_1`, input, inputSpace, kept)),
      groups,
    );
    const shortcut = first ? this.#shortcut(scope, activated, inputSpace, outputSpace, stride, groups) : input;
    let x = this.#conv({
      name: `${scope}/conv_1`,
      input: activated,
      kernelSize: 3,
      stride,
      spaces: [inputSpace, inner],
      groups,
      own: [...(first ? [inputSpace] : []), inner],
    });
    x = this.#dropout(
      `${scope}/dropout_2`,
      this.#relu(`${scope}/relu_2`, this.#batchNorm(`${scope}/bn_2`, x, inner, kept)),
      groups,
    );
    x = this.#conv({
      name: `${scope}/conv_2`,
      input: x,
      kernelSize: 3,
      stride: 1,
      spaces: [inner, outputSpace],
      groups,
      own: [],
    });
    return this.#add({ kind: "add", name: `${scope}/add`, inputs: [shortcut, x] });
  }

  /** conv, bn, relu, conv, bn, add, relu; the shortcut has no batch norm (resnet_split.py:50-58). */
  #postActivationUnit({ scope, groups, inputSpace, outputSpace, stride, first, input }: UnitOptions): string {
    const inner = `${scope}/inner`;
    const anew = { alwaysTrainScale: false, restartsAtSplit: true };
    const shortcut = first ? this.#shortcut(scope, input, inputSpace, outputSpace, stride, groups) : input;
    let x = this.#conv({
      name: `${scope}/conv_1`,
      input,
      kernelSize: 3,
      stride,
      spaces: [inputSpace, inner],
      groups,
      own: [...(first ? [inputSpace] : []), inner],
    });
    x = this.#relu(`${scope}/relu_1`, this.#batchNorm(`${scope}/bn_1`, x, inner, anew));
    x = this.#conv({
      name: `${scope}/conv_2`,
      input: x,
      kernelSize: 3,
      stride: 1,
      spaces: [inner, outputSpace],
      groups,
      own: [],
    });
    x = this.#batchNorm(`${scope}/bn_2`, x, outputSpace, anew);
    x = this.#add({ kind: "add", name: `${scope}/add`, inputs: [shortcut, x] });
    return this.#relu(`${scope}/relu_2`, x);
  }

  /** Identity where nothing changes, else a 1 x 1 convolution. */
  #shortcut(scope: string, input: string, inputSpace: string, outputSpace: string, stride: 1 | 2, groups: number): string {
    if (inputSpace === outputSpace) return input;
    return this.#conv({
      name: `${scope}/shortcut`,
      input,
      kernelSize: 1,
      stride,
      spaces: [inputSpace, outputSpace],
      groups,
      own: [inputSpace],
    });
  }

  #conv(options: ConvOptions): string {
    const { name, input, kernelSize, stride, spaces, groups, own, counted = true } = options;
    const [inputSpace, outputSpace] = spaces;
    const introduces = this.#introduce(groups, own);
    return this.#add({
      kind: "conv",
      name,
      input,
      kernelSize,
      stride,
      inputSpace,
      outputSpace,
      groups,
      introduces,
      blocks: null,
      counted,
    });
  }

  #batchNorm(
    name: string,
    input: string,
    space: string,
    flags: Pick<BatchNormLayer, "alwaysTrainScale" | "restartsAtSplit">,
  ): string {
    return this.#add({ kind: "batchNorm", name, input, space, ...flags });
  }

  #relu(name: string, input: string): string {
    return this.#add({ kind: "relu", name, input } satisfies ReluLayer);
  }

  #dropout(name: string, input: string, groups: number): string {
    if (!this.#options.dropout || groups === 1) return input;
    return this.#add({ kind: "dropout", name, input } satisfies DropoutLayer);
  }

  /** Spaces among `own` that no earlier layer has introduced; none for a layer that is not grouped. */
  #introduce(groups: number, own: readonly string[]): string[] {
    if (groups === 1) return [];
    const fresh = own.filter((name) => !this.#introduced.has(name));
    for (const name of fresh) this.#introduced.add(name);
    return fresh;
  }

  #add(layer: Layer): string {
    this.#layers.push(layer);
    return layer.name;
  }
}

interface UnitOptions {
  readonly scope: string;
  readonly groups: number;
  readonly inputSpace: string;
  readonly outputSpace: string;
  readonly stride: 1 | 2;
  readonly first: boolean;
  readonly input: string;
}

interface ConvOptions {
  readonly name: string;
  readonly input: ConvLayer["input"];
  readonly kernelSize: 1 | 3;
  readonly stride: 1 | 2;
  readonly spaces: readonly [string, string];
  readonly groups: number;
  /** Spaces used un-merged here. */
  readonly own: readonly string[];
  readonly counted?: boolean;
}
