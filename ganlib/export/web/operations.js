/**
 * What a network's layers do, on tensors { data: Float32Array, shape: [batch, ...] }, the channels last.
 * Names and weights are those of ganlib/export/program.py; kernels are (height, width, inputs, outputs).
 */

export const tensor = (data, shape) => ({ data, shape });
export const sizeOf = (shape) => shape.reduce((product, side) => product * side, 1);
const filled = (shape) => tensor(new Float32Array(sizeOf(shape)), shape);
const lastOf = (shape) => shape[shape.length - 1];

function each(given, change) {
  return tensor(given.data.map(change), given.shape);
}

/** Rows of channels that begin as the bias. */
function biased(shape, bias) {
  const made = filled(shape);
  for (let at = 0; at < made.data.length; at += bias.data.length) made.data.set(bias.data, at);
  return made;
}

/** Adds `from`'s row times a matrix to `to`'s row; zeros, of which a ReLU makes many, cost nothing. */
function addProduct(from, fromAt, inputs, matrix, matrixAt, to, toAt, outputs) {
  for (let i = 0; i < inputs; i++) {
    const value = from[fromAt + i];
    if (value === 0) continue;
    const row = matrixAt + i * outputs;
    for (let o = 0; o < outputs; o++) to[toAt + o] += value * matrix[row + o];
  }
}

function dense([x], [kernel, bias]) {
  const [inputs, outputs] = kernel.shape;
  const made = biased([...x.shape.slice(0, -1), outputs], bias);
  for (let row = 0; row < x.data.length / inputs; row++) {
    addProduct(x.data, row * inputs, inputs, kernel.data, 0, made.data, row * outputs, outputs);
  }
  return made;
}

/** TensorFlow's "same": what is padded before the first pixel of a side of the larger image. */
const padded = (large, small, kernel, stride) =>
  Math.floor(Math.max((small - 1) * stride + kernel - large, 0) / 2);

/**
 * Calls `visit(small pixel, large pixel, kernel's position)` for each pair of pixels that a kernel
 * joins: a convolution goes from the large image to the small one, its transpose the other way.
 */
function pairs([height, width], [largeHeight, largeWidth], [down, across], stride, visit) {
  const [top, left] = [padded(largeHeight, height, down, stride), padded(largeWidth, width, across, stride)];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let j = 0; j < down; j++) {
        const row = y * stride + j - top;
        if (row < 0 || row >= largeHeight) continue;
        for (let i = 0; i < across; i++) {
          const column = x * stride + i - left;
          if (column >= 0 && column < largeWidth) {
            visit(y * width + x, row * largeWidth + column, j * across + i);
          }
        }
      }
    }
  }
}

function convolve([x], [kernel, bias], { stride }) {
  const [batch, height, width] = x.shape;
  const [down, across, inputs, outputs] = kernel.shape;
  const small = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const made = biased([batch, ...small, outputs], bias);
  const [fromSize, toSize] = [height * width * inputs, sizeOf(small) * outputs];
  for (let b = 0; b < batch; b++) {
    pairs(small, [height, width], [down, across], stride, (to, from, at) => addProduct(
      x.data, b * fromSize + from * inputs, inputs, kernel.data, at * inputs * outputs,
      made.data, b * toSize + to * outputs, outputs,
    ));
  }
  return made;
}

function transposed([x], [kernel, bias], { stride }) {
  const [batch, height, width] = x.shape;
  const [down, across, inputs, outputs] = kernel.shape;
  const large = [height * stride, width * stride];
  const made = biased([batch, ...large, outputs], bias);
  const [fromSize, toSize] = [height * width * inputs, sizeOf(large) * outputs];
  for (let b = 0; b < batch; b++) {
    pairs([height, width], large, [down, across], stride, (from, to, at) => addProduct(
      x.data, b * fromSize + from * inputs, inputs, kernel.data, at * inputs * outputs,
      made.data, b * toSize + to * outputs, outputs,
    ));
  }
  return made;
}

/** Each pixel `size` times in each direction. */
function repeat([x], _, { size }) {
  const [batch, height, width, channels] = x.shape;
  const made = filled([batch, height * size, width * size, channels]);
  for (let row = 0; row < batch * height * size; row++) {
    for (let column = 0; column < width * size; column++) {
      const from = (Math.floor(row / size) * width + Math.floor(column / size)) * channels;
      made.data.set(x.data.subarray(from, from + channels), (row * width * size + column) * channels);
    }
  }
  return made;
}

function affine([x], [scale, shift]) {
  const channels = scale.data.length;
  return each(x, (value, k) => value * scale.data[k % channels] + shift.data[k % channels]);
}

/** Scale and shift of each image's class; of a mixture of classes, the mixture of theirs. */
function affineByClass([x, shares], [scales, shifts]) {
  const [scale, shift] = [embed([shares], [scales]), embed([shares], [shifts])];
  const [size, channels, rows] = [x.data.length / x.shape[0], lastOf(x.shape), shares.shape[0]];
  return each(x, (value, k) => {
    const at = (Math.floor(k / size) % rows) * channels + (k % channels);
    return value * scale.data[at] + shift.data[at];
  });
}

/** The class's row of the table; of a mixture of classes, the mixture of their rows. */
function embed([shares], [table]) {
  return dense([shares], [table, filled([table.shape[1]])]);
}

/** Tensors of one batch; one of a single row stands for as many as the other has. */
function rowsOf(tensors) {
  const batch = Math.max(...tensors.map(({ shape }) => shape[0]));
  return { batch, row: (x, b) => {
    const size = x.data.length / x.shape[0];
    const at = (b % x.shape[0]) * size;
    return x.data.subarray(at, at + size);
  } };
}

function concatenate(tensors) {
  const { batch, row } = rowsOf(tensors);
  const made = filled([batch, tensors.reduce((sum, x) => sum + lastOf(x.shape), 0)]);
  let at = 0;
  for (let b = 0; b < batch; b++) {
    for (const x of tensors) {
      made.data.set(row(x, b), at);
      at += lastOf(x.shape);
    }
  }
  return made;
}

function add([x, y]) {
  const { batch, row } = rowsOf([x, y]);
  const made = filled([batch, ...x.shape.slice(1)]);
  const size = made.data.length / batch;
  for (let b = 0; b < batch; b++) {
    const other = row(y, b);
    made.data.set(row(x, b).map((value, k) => value + other[k]), b * size);
  }
  return made;
}

function dot([x, y]) {
  const { batch, row } = rowsOf([x, y]);
  const made = filled([batch, 1]);
  for (let b = 0; b < batch; b++) {
    const other = row(y, b);
    made.data[b] = row(x, b).reduce((sum, value, k) => sum + value * other[k], 0);
  }
  return made;
}

/** The image with a constant plane for each class, which holds that class's share. */
function planes([image, shares]) {
  const { batch, row } = rowsOf([image, shares]);
  const [, height, width, channels] = image.shape;
  const classes = shares.shape[1];
  const made = filled([batch, height, width, channels + classes]);
  for (let b = 0; b < batch; b++) {
    const [pixels, own] = [row(image, b), row(shares, b)];
    for (let k = 0; k < height * width; k++) {
      const at = (b * height * width + k) * (channels + classes);
      made.data.set(pixels.subarray(k * channels, (k + 1) * channels), at);
      made.data.set(own, at + channels);
    }
  }
  return made;
}

const reshape = ([x], _, { shape }) => tensor(x.data, [x.shape[0], ...shape]);
const leakyRelu = ([x], _, { slope }) => each(x, (value) => (value < 0 ? slope * value : value));

export const OPERATIONS = {
  dense, convolve, transposed, repeat, affine, affine_by_class: affineByClass, embed, concatenate, add, dot,
  planes, reshape, leaky_relu: leakyRelu,
  relu: ([x]) => each(x, (value) => Math.max(value, 0)),
  tanh: ([x]) => each(x, Math.tanh),
  sigmoid: ([x]) => each(x, (value) => 1 / (1 + Math.exp(-value))),
};
