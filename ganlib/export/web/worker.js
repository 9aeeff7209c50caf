/** The worker: the networks run here, so that the page stays free. */

import { bytesOf, run, sharesOf } from "./program.js";
import { tensor } from "./operations.js";
import { unpack } from "./unpack.js";

const BATCH = 10; // images at once
let told = null;
let networks = null;

/** Shares of the classes, a row an image, from { from, to, mix }: two classes and how much of the second. */
function mixture(labels) {
  const classes = told.class_names.length;
  const [from, to] = ["from", "to"].map((name) => sharesOf(labels.map((label) => label[name]), classes));
  const mixed = from.data.map((share, k) => {
    const { mix } = labels[Math.floor(k / classes)];
    return (1 - mix) * share + mix * to.data[k];
  });
  return tensor(mixed, from.shape);
}

/** Images as bytes 0 to 255. */
function generate({ latents, labels }) {
  const size = told.image_shape.reduce((product, side) => product * side);
  return bytesOf(latents.length, size, BATCH, (from, to) => {
    const some = latents.slice(from, to);
    const numbers = Float32Array.from(some.flatMap((latent) => [...latent]));
    const inputs = { latent: tensor(numbers, [some.length, told.latent_dim]) };
    if (labels) inputs.label = mixture(labels.slice(from, to));
    return run(networks[0], inputs).data;
  });
}

/** What the discriminator gives for each image; of one image with several labels, for each of these. */
function judge({ images, labels }) {
  const pixels = Float32Array.from(images, (level) => level / 127.5 - 1);
  const size = told.image_shape.reduce((product, side) => product * side);
  const inputs = { image: tensor(pixels, [pixels.length / size, ...told.image_shape]) };
  if (labels) inputs.label = sharesOf(labels, told.class_names.length);
  const { data, shape } = run(networks[1], inputs);
  const [rows, columns] = shape;
  return Array.from({ length: rows }, (_, row) => [...data.subarray(row * columns, (row + 1) * columns)]);
}

const TASKS = { generate, judge };

self.onmessage = async ({ data: { id, task, given } }) => {
  try {
    if (task === "start") {
      told = given.told;
      networks = await unpack(told.programs, given.numbers);
      self.postMessage({ id, result: true });
    } else {
      self.postMessage({ id, result: TASKS[task](given) });
    }
  } catch (error) {
    self.postMessage({ id, error: error.message });
  }
};
