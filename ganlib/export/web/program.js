/** A trained network, written by ganlib/export/program.py: its steps, one after the other. */

import { BATCHWISE } from "./batchwise.js";
import { OPERATIONS, tensor } from "./operations.js";
import { STYLES } from "./styles.js";

const OPS = { ...OPERATIONS, ...BATCHWISE, ...STYLES };

/**
 * What the network gives.
 * @param {object} program { steps, arrays: tensors }
 * @param {object} inputs a tensor for each name: latent, image, label (shares of the classes, a row an image)
 */
export function run({ steps, arrays }, inputs) {
  const made = [];
  for (const { op, in: from, weights, ...told } of steps) {
    const given = from.map((source) => (typeof source === "number" ? made[source] : inputs[source]));
    made.push(OPS[op](given, weights.map((k) => arrays[k]), told));
  }
  return made[made.length - 1];
}

/**
 * Labels as shares of the classes: a label alone has all of the share. In TensorFlow the label -1 is
 * silently no class, or the last; here it is refused.
 */
export function sharesOf(labels, classes) {
  const shares = new Float32Array(labels.length * classes);
  labels.forEach((label, row) => {
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new RangeError(`label ${label}: expected a whole number from 0 to ${classes - 1}`);
    }
    shares[row * classes + label] = 1;
  });
  return tensor(shares, [labels.length, classes]);
}

/**
 * Images as bytes 0 to 255, rounded as ganlib.images.unscale rounds, drawn `batch` at a time.
 * @param {number} size numbers of an image
 * @param draw the values in [-1, 1] of the images from one number up to another, as one array
 */
export function bytesOf(count, size, batch, draw) {
  const bytes = new Uint8ClampedArray(count * size);
  for (let from = 0; from < count; from += batch) {
    const values = draw(from, Math.min(from + batch, count));
    // One by one: as the arguments of a call they would be too many in large images.
    for (let k = 0; k < values.length; k++) bytes[from * size + k] = (values[k] + 1) * 127.5;
  }
  return bytes;
}
