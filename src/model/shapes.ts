import { ShapeError } from "../base/errors";
import { spaceNamed } from "./lookup";
import type { Layer, ModelSpec } from "./spec";

/** Height, width and channels of one image's activation; 1 x 1 after the global mean. */
export interface ActivationShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** The space its channels belong to. */
  readonly space: string;
}

/** Output shape of every layer by name, for one image. Throws ShapeError where two layers do not fit. */
export function inferShapes(spec: ModelSpec): ReadonlyMap<string, ActivationShape> {
  const shapes = new Map<string, ActivationShape>();
  const shapeOf = (layer: Layer, name: string): ActivationShape => {
    const shape = shapes.get(name);
    if (shape === undefined) throw misfit(`${layer.name}: input ${name} comes later or not at all`);
    return shape;
  };
  for (const layer of spec.layers)
    shapes.set(
      layer.name,
      outputShape(spec, layer, (name) => shapeOf(layer, name)),
    );
  return shapes;
}

function outputShape(spec: ModelSpec, layer: Layer, shapeOf: (name: string) => ActivationShape): ActivationShape {
  switch (layer.kind) {
    case "input": {
      const [height, width, channels] = layer.shape;
      return { height, width, channels, space: layer.space };
    }
    case "conv": {
      const input = shapeOf(layer.input);
      expectSpace(layer.name, layer.inputSpace, input);
      return {
        height: Math.ceil(input.height / layer.stride),
        width: Math.ceil(input.width / layer.stride),
        channels: spaceNamed(spec, layer.outputSpace).size,
        space: layer.outputSpace,
      };
    }
    case "batchNorm": {
      const input = shapeOf(layer.input);
      expectSpace(layer.name, layer.space, input);
      return input;
    }
    case "relu":
    case "dropout":
      return shapeOf(layer.input);
    case "add": {
      const [left, right] = [shapeOf(layer.inputs[0]), shapeOf(layer.inputs[1])];
      if (left.height !== right.height || left.width !== right.width || left.space !== right.space) {
        throw misfit(`${layer.name}: adds ${format(left)} to ${format(right)}`);
      }
      return left;
    }
    case "globalMean":
      return { ...shapeOf(layer.input), height: 1, width: 1 };
    case "dense": {
      const input = shapeOf(layer.input);
      expectSpace(layer.name, layer.inputSpace, input);
      return { height: 1, width: 1, channels: spaceNamed(spec, layer.outputSpace).size, space: layer.outputSpace };
    }
    default:
      return layer satisfies never;
  }
}

function expectSpace(layer: string, expected: string, input: ActivationShape): void {
  if (input.space !== expected) throw misfit(`${layer}: expects channels of ${expected}, input is ${format(input)}`);
}

function format(shape: ActivationShape): string {
  return `${shape.height} x ${shape.width} x ${shape.channels} (${shape.space})`;
}

function misfit(message: string): ShapeError {
  return new ShapeError(message, "The network's description is inconsistent: report it, with the configuration.");
}
