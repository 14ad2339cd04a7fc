/**
 * @typedef {object} BatchOptions
 * @property {import("./client.mjs").Mode} mode
 * @property {number} batch images a request
 * @property {number} inFlight requests under way at a time
 * @property {(images: number) => void} [onAnswer] told how many images were answered just now
 */

/**
 * Asks for many images [N, 3, 32, 32], several batches at a time; gives [N, classes] in the order of the images.
 * @param {import("./client.mjs").SplitnetClient} client
 * @param {import("./tensors.mjs").Tensor} images
 * @param {BatchOptions} options
 * @returns {Promise<import("./tensors.mjs").Tensor>}
 */
export async function askInBatches(client, images, { mode, batch, inFlight, onAnswer }) {
  const [count = 0] = images.shape;
  const starts = Array.from({ length: Math.ceil(count / batch) }, (_, index) => index * batch);
  /** @type {import("./tensors.mjs").Tensor[]} */
  const answers = new Array(starts.length);
  // The lanes take from one list, each the next batch when its last one is answered.
  const waiting = starts.entries();
  const lane = async () => {
    for (const [index, start] of waiting) {
      const answer = await client.ask(rows(images, start, Math.min(count, start + batch)), mode);
      answers[index] = answer;
      onAnswer?.(answer.shape[0] ?? 0);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return joined(answers);
}

/**
 * @param {import("./tensors.mjs").Tensor} tensor
 * @param {number} start
 * @param {number} end
 */
function rows({ shape: [count = 0, ...rest], data }, start, end) {
  const width = data.length / count;
  return { shape: [end - start, ...rest], data: data.subarray(start * width, end * width) };
}

/** @param {readonly import("./tensors.mjs").Tensor[]} parts */
function joined(parts) {
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  const width = parts[0]?.shape[1] ?? 0;
  return { shape: [width === 0 ? 0 : data.length / width, width], data };
}
