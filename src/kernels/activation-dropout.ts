import { hashName } from "../base/random";
import dropoutSource from "./activation-dropout.wgsl?raw";
import noDropoutSource from "./activation-no-dropout.wgsl?raw";
import type { BufferView } from "./device-memory";
import philoxSource from "./philox.wgsl?raw";
import type { Constants } from "./pipelines";
import stepStateSource from "./step-state.wgsl?raw";

/** Dropout after an activation: the mask is a function of layer, step and seed, and is computed wherever it is needed. */
export interface LayerDropout {
  /** Probability that an element stays; what stays is multiplied by 1 / keep. */
  readonly keep: number;
  /** 16 bytes of a uniform buffer that start with hashName(layer's name). */
  readonly layer: BufferView;
  /** StepState (step-state.wgsl), a uniform buffer. */
  readonly state: BufferView;
}

/** The function `maskOf(index)` of a kernel; its two uniforms are the bindings from `binding` on. */
export interface MaskParts {
  readonly source: string;
  readonly constants: Constants;
  readonly operands: readonly BufferView[];
}

export function maskParts(dropout: LayerDropout | null, binding: number): MaskParts {
  if (dropout === null) return { source: noDropoutSource, constants: {}, operands: [] };
  return {
    source: [stepStateSource, philoxSource, dropoutSource].join("\n"),
    constants: { KEEP: `${dropout.keep}f`, DROPOUT_STREAM: `${hashName("dropout")}u`, DROPOUT_BINDING: binding },
    operands: [dropout.state, dropout.layer],
  };
}
