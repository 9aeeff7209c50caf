/** Layers that look at more than a pixel or an image: at all of an image, or at a batch. */

import { OPERATIONS, sizeOf, tensor } from "./operations.js";

/** Each image with mean 0 and variance 1, then scaled and shifted. */
function layerNorm([x], [gamma, beta], { epsilon }) {
  const size = sizeOf(x.shape.slice(1));
  const made = new Float32Array(x.data.length);
  for (let at = 0; at < made.length; at += size) {
    const image = x.data.subarray(at, at + size);
    const mean = image.reduce((sum, value) => sum + value, 0) / size;
    const variance = image.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size;
    const scale = 1 / Math.sqrt(variance + epsilon);
    image.forEach((value, k) => {
      made[at + k] = (value - mean) * scale * gamma.data[k] + beta.data[k];
    });
  }
  return tensor(made, x.shape);
}

/** The features and further numbers, `more(batch)` of them. */
function joined(x, count, more) {
  const [batch, features] = x.shape;
  const made = new Float32Array(batch * (features + count));
  for (let b = 0; b < batch; b++) {
    made.set(x.data.subarray(b * features, (b + 1) * features), b * (features + count));
    made.set(more(b), b * (features + count) + features);
  }
  return tensor(made, [batch, features + count]);
}

/** Joins the deviation that the batch has in which the image is judged. */
const column = ([x], _, { value }) => joined(x, 1, () => [value]);

/** Joins how close the image is to those beside which it is judged, for each kernel. */
function closeness([x], [matrix, company], { kernels, dims }) {
  const zeros = tensor(new Float32Array(kernels * dims), [kernels * dims]);
  const points = OPERATIONS.dense([x], [matrix, zeros]).data;
  return joined(x, kernels, (b) => {
    const sums = new Float32Array(kernels);
    for (let other = 0; other < company.shape[0]; other++) {
      for (let k = 0; k < kernels; k++) {
        let distance = 0;
        for (let d = k * dims; d < (k + 1) * dims; d++) {
          distance += Math.abs(points[b * kernels * dims + d] - company.data[other * kernels * dims + d]);
        }
        sums[k] += Math.exp(-distance);
      }
    }
    return sums;
  });
}

export const BATCHWISE = { layer_norm: layerNorm, column, closeness };
