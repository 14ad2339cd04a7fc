import { fidelityRules } from "../model/fidelity";
import type { ExportInput } from "./export-input";

/** How to load the bundle: preprocessing, ONNX Runtime in Python and JavaScript, TensorFlow.js, PyTorch, safetensors. */
export function loadingSection(input: ExportInput): string {
  const { run } = input;
  const guard = fidelityRules(run.config.fidelity).whiteningGuard;
  return `## Loading

The network expects 32 x 32 RGB images, whitened per image and channel: subtract the channel's mean over the image and divide by its
standard deviation plus ${guard}. ONNX takes float32 [N, 3, 32, 32] as \`image\` and gives \`logits\` [N, ${run.classes.length}] in class order.

Python, ONNX Runtime:

\`\`\`python
${whiteningPython(input)}
classes = json.load(open("config.json"))["classes"]
session = ort.InferenceSession("onnx/model.onnx")
(logits,) = session.run(["logits"], {"image": whiten(images)})
print([classes[label] for label in logits.argmax(axis=1)])
\`\`\`

To check that the model computes here what it computed where it was trained:

\`\`\`python
from safetensors.numpy import load_file

check = load_file("check.safetensors")
(logits,) = session.run(["logits"], {"image": check["image"]})
print("largest difference:", np.abs(logits - check["logits"]).max() / np.abs(check["logits"]).max())
\`\`\`

JavaScript, ONNX Runtime Web; first the whitening of one image's canvas pixels:

\`\`\`js
/** RGBA bytes of a 32 x 32 image to float32 [3, 32, 32]. */
function whiten(rgba) {
  const image = new Float32Array(3 * 1024);
  for (let channel = 0; channel < 3; channel++) {
    const values = Array.from({ length: 1024 }, (_, pixel) => rgba[4 * pixel + channel]);
    const mean = values.reduce((sum, value) => sum + value, 0) / 1024;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 1024);
    values.forEach((value, pixel) => {
      image[1024 * channel + pixel] = (value - mean) / (deviation + ${guard});
    });
  }
  return image;
}
\`\`\`

\`\`\`js
import * as ort from "onnxruntime-web";

const session = await ort.InferenceSession.create("onnx/model.onnx");
const image = new ort.Tensor("float32", whiten(rgba), [1, 3, 32, 32]);
const { logits } = await session.run({ image });
\`\`\`

JavaScript, TensorFlow.js, with the same whitening; channels come last:

\`\`\`js
import * as tf from "@tensorflow/tfjs";

const model = await tf.loadLayersModel("tfjs/model.json");
const images = tf.transpose(tf.tensor(whiten(rgba), [1, 3, 32, 32]), [0, 2, 3, 1]);
const logits = await model.predict(images).data();
\`\`\`

Python, PyTorch; with \`branch="branch 1"\`, as the tree in \`config.json\` calls a leaf, only the trunk and the way to that leaf are loaded:

\`\`\`python
from splitnet import load_pretrained

model = load_pretrained(".")
logits = model(model.whiten(images))
print([model.classes[column] for column in logits.argmax(dim=1)])
\`\`\`

Weights alone:

\`\`\`python
from safetensors.numpy import load_file

weights = load_file("model.safetensors")
\`\`\`

Names are \`<layer>.weight\`, \`.bias\`, \`.running_mean\`, \`.running_var\`, with \`block_<g>\` before the role in split layers, counted from 0;
layers are those of \`config.json\` with dots for slashes. Convolution weights are [out, in, height, width], fully connected ones [out, in].
Block g of a layer reads and writes the g-th run of channels, of the sizes in \`blocks\`. Batch norms use epsilon 1e-5. Two traps:
3 x 3 convolutions of stride 2 pad below and to the right only (\`padding\` in \`config.json\`; in PyTorch \`F.pad(x, (0, 1, 0, 1))\` first), and
the last layer's outputs stand in \`classOrder\`: \`logits_by_class[:, class_order] = outputs\`.
`;
}

/** Imports, and the function that makes of pixels what the graphs take. */
export function whiteningPython({ run }: ExportInput): string {
  return `import json
import numpy as np
import onnxruntime as ort

def whiten(images):
    """uint8 [N, 32, 32, 3] to float32 [N, 3, 32, 32]."""
    x = images.astype(np.float64)
    mean = x.mean(axis=(1, 2), keepdims=True)
    deviation = x.std(axis=(1, 2), keepdims=True)
    return ((x - mean) / (deviation + ${fidelityRules(run.config.fidelity).whiteningGuard})).transpose(0, 3, 1, 2).astype(np.float32)
`;
}
