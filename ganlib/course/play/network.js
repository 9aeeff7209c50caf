/**
 * A multilayer perceptron with its derivatives, the second ones included.
 *
 * Batches are flat arrays: point after point, each with its coordinates. Hidden layers have a leaky
 * ReLU, whose second derivative is zero; the last layer is linear.
 */

import { addOuterProducts, addProduct, addProductWithTranspose } from "./products.js";

function addBias(values, n, { to, bias }) {
  for (let b = 0; b < n; b++) for (let o = 0; o < to; o++) values[b * to + o] += bias[o];
}

/** The gradient of a layer's kernel for these inputs and signals at its outputs, added to it. */
function addKernelGradient(inputs, signals, n, { from, to, kernel }) {
  addOuterProducts(inputs, signals, n, from, to, kernel);
}

function addBiasGradient(signals, n, { to, bias }) {
  for (let b = 0; b < n; b++) for (let o = 0; o < to; o++) bias[o] += signals[b * to + o];
}

export class Network {
  /**
   * @param {number[]} sizes inputs, hidden layers, outputs: [2, 32, 32, 1]
   * @param {number} slope of the leaky ReLU below zero; 0 makes it a ReLU
   */
  constructor(sizes, slope) {
    this.sizes = sizes;
    this.slope = slope;
    this.size = sizes.slice(1).reduce((sum, to, k) => sum + (sizes[k] + 1) * to, 0);
    this.weights = new Float64Array(this.size);
    this.layers = this.layersOf(this.weights);
  }

  /** Kernels and biases, as views into one flat array of the network's size. */
  layersOf(flat) {
    let start = 0;
    const next = (count) => flat.subarray(start, (start += count));
    return this.sizes.slice(1).map((to, k) => {
      const from = this.sizes[k];
      return { from, to, kernel: next(from * to), bias: next(to) };
    });
  }

  /** Glorot's uniform weights and no biases, as Keras begins (Glorot and Bengio 2010). */
  initialise(random) {
    for (const { from, to, kernel, bias } of this.layers) {
      const bound = Math.sqrt(6 / (from + to));
      for (let k = 0; k < kernel.length; k++) kernel[k] = bound * (2 * random.uniform() - 1);
      bias.fill(0);
    }
    return this;
  }

  /** values · slope of the activation at `activations`, in place. */
  activationSlope(values, activations) {
    for (let k = 0; k < values.length; k++) if (activations[k] <= 0) values[k] *= this.slope;
    return values;
  }

  /** A batch through the network: {n, activations}, the first the inputs, the last the outputs. */
  forward(inputs) {
    const n = inputs.length / this.sizes[0];
    const activations = [inputs];
    this.layers.forEach((layer, k) => {
      const values = new Float64Array(n * layer.to);
      addProduct(activations[k], layer.kernel, n, layer.from, layer.to, values);
      addBias(values, n, layer);
      const hidden = k < this.layers.length - 1;
      activations.push(hidden ? this.activationSlope(values, values) : values);
    });
    return { n, activations, outputs: activations.at(-1) };
  }

  /**
   * Backpropagation.
   * @param pass what forward gave
   * @param upstream the loss's slope at each output
   * @param {Float64Array=} gradient to which the weights' gradient is added
   * @returns signals, the loss's slope before each layer's activation, and `inputs`, at the inputs
   */
  backward(pass, upstream, gradient) {
    const gradients = gradient && this.layersOf(gradient);
    const signals = [];
    let signal = upstream;
    for (let k = this.layers.length - 1; k >= 0; k--) {
      signals[k] = signal;
      if (gradients) {
        addKernelGradient(pass.activations[k], signal, pass.n, gradients[k]);
        addBiasGradient(signal, pass.n, gradients[k]);
      }
      const below = new Float64Array(pass.activations[k].length);
      const { from, to, kernel } = this.layers[k];
      addProductWithTranspose(signal, kernel, pass.n, from, to, below);
      signal = below;
      if (k > 0) this.activationSlope(signal, pass.activations[k]);
    }
    return { signals, inputs: signal };
  }

  /**
   * By how much the activations change when inputs and weights move in a direction (the R-operator
   * of Pearlmutter 1994): forward-mode differentiation.
   * @param {{inputs?: Float64Array, weights?: Float64Array}} direction what moves
   * @returns activations' changes, the last that of the outputs
   */
  forwardChange(pass, direction) {
    const moved = direction.weights && this.layersOf(direction.weights);
    const changes = [direction.inputs ?? new Float64Array(pass.activations[0].length)];
    this.layers.forEach((layer, k) => {
      const { from, to, kernel } = layer;
      const change = new Float64Array(pass.n * to);
      addProduct(changes[k], kernel, pass.n, from, to, change);
      if (moved) {
        addProduct(pass.activations[k], moved[k].kernel, pass.n, from, to, change);
        addBias(change, pass.n, moved[k]);
      }
      const hidden = k < this.layers.length - 1;
      changes.push(hidden ? this.activationSlope(change, pass.activations[k + 1]) : change);
    });
    return changes;
  }

  /**
   * By how much the gradients of `backward` change in the same direction: products with second
   * derivatives, without any of their matrices.
   * @param changes what forwardChange gave
   * @param {Float64Array} upstreamChange of the loss's slope at each output
   * @param {Float64Array} gradient to which the change of the weights' gradient is added
   * @returns the change of the slope at the inputs
   */
  backwardChange(pass, back, changes, direction, upstreamChange, gradient) {
    const moved = direction.weights && this.layersOf(direction.weights);
    const gradients = this.layersOf(gradient);
    let change = upstreamChange;
    for (let k = this.layers.length - 1; k >= 0; k--) {
      addKernelGradient(pass.activations[k], change, pass.n, gradients[k]);
      addKernelGradient(changes[k], back.signals[k], pass.n, gradients[k]);
      addBiasGradient(change, pass.n, gradients[k]);
      const below = new Float64Array(pass.activations[k].length);
      const { from, to, kernel } = this.layers[k];
      addProductWithTranspose(change, kernel, pass.n, from, to, below);
      if (moved) addProductWithTranspose(back.signals[k], moved[k].kernel, pass.n, from, to, below);
      change = k > 0 ? this.activationSlope(below, pass.activations[k]) : below;
    }
    return change;
  }
}
