import { verifyBundle } from "../../verify/verify-bundle";
import type { Command, Invocation } from "../command";
import { readBytes } from "../files";
import { formatCount } from "../format";
import { curable } from "../interrupt";
import { otherPrograms, requireWithin, verificationTable, verifyOptions } from "../verifying";

export const verifyCommand: Command = {
  name: "verify",
  synopsis: "FILE",
  summary: "run an exported zip in ONNX Runtime and TensorFlow.js, and compare with the studio's logits",
  notes: ["FILE             what `splitnet export` or the page has exported; exit code 1 where it differs or is damaged"],
  options: {},
  positionals: [1, 1],
  async run(invocation: Invocation) {
    const file = invocation.positionals[0]!;
    const bundle = await readBytes(file);
    const verification = await curable(invocation.signal, "Run the same command again.", async () =>
      verifyBundle(bundle, await otherPrograms(), verifyOptions(invocation)),
    );
    invocation.progress.end();
    requireWithin(file, verification, invocation.progress);
    const { checksums, tolerance, programs } = verification;
    const sums = `${formatCount(checksums ?? 0)} checksums right`;
    const by = `in ONNX Runtime ${programs.onnxRuntime} and TensorFlow.js ${programs.tensorflowjs}`;
    const text = `${file}: ${sums}, ${by} every graph within ${tolerance} of the largest logit\n${verificationTable(verification)}`;
    return { json: { file, ...verification }, text };
  },
};
