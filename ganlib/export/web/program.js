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
