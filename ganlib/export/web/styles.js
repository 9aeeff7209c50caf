/** What the layers of a style-based generator do, see ganlib/models/modulation.py. */

import { OPERATIONS, sizeOf, tensor } from "./operations.js";

/** Each row at length 1. */
function unit([x], _, { epsilon }) {
  const size = x.shape[x.shape.length - 1];
  const made = new Float32Array(x.data.length);
  for (let at = 0; at < made.length; at += size) {
    const row = x.data.subarray(at, at + size);
    const square = row.reduce((sum, value) => sum + value * value, 0);
    made.set(row.map((value) => value / Math.sqrt(Math.max(square, epsilon))), at);
  }
  return tensor(made, x.shape);
}

/** The same array for each image of the batch. */
function constant([x], [array]) {
  const made = new Float32Array(x.shape[0] * array.data.length);
  for (let at = 0; at < made.length; at += array.data.length) made.set(array.data, at);
  return tensor(made, [x.shape[0], ...array.shape]);
}

/** The features (B, H, W, C) times one number for each image and channel, (B, C). */
function byChannel([x, scales]) {
  const [size, channels] = [sizeOf(x.shape.slice(1)), scales.shape[1]];
  return tensor(x.data.map((value, k) => {
    return value * scales.data[Math.floor(k / size) * channels + (k % channels)];
  }), x.shape);
}

/** One over the root of what a matrix makes of the squares. */
function demodulation([scales], [power], { epsilon }) {
  const squares = tensor(scales.data.map((value) => value * value), scales.shape);
  const bias = tensor(new Float32Array(power.shape[1]).fill(epsilon), [power.shape[1]]);
  const sums = OPERATIONS.dense([squares], [power, bias]);
  return tensor(sums.data.map((value) => 1 / Math.sqrt(value)), sums.shape);
}

/** A picture (H, W, 1) added to each channel of each image. */
function plane([x], [picture]) {
  const [channels, pixels] = [x.shape[x.shape.length - 1], picture.data.length];
  return tensor(x.data.map((value, k) => value + picture.data[Math.floor(k / channels) % pixels]), x.shape);
}

/** The mean of each square of `size` x `size` pixels. */
function average([x], _, { size }) {
  const [batch, height, width, channels] = x.shape;
  const [rows, columns] = [Math.floor(height / size), Math.floor(width / size)];
  const made = new Float32Array(batch * rows * columns * channels);
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < rows * size; y++) {
      for (let at = 0; at < columns * size; at++) {
        const from = ((b * height + y) * width + at) * channels;
        const to = ((b * rows + Math.floor(y / size)) * columns + Math.floor(at / size)) * channels;
        for (let c = 0; c < channels; c++) made[to + c] += x.data[from + c] / size ** 2;
      }
    }
  }
  return tensor(made, [batch, rows, columns, channels]);
}

export const STYLES = { unit, constant, by_channel: byChannel, demodulation, plane, average };
