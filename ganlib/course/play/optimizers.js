/** The two optimisers, with the formulas of Keras: each changes the weights in place. */

const BETA_2 = 0.999; // Keras's

/** Plain gradient descent. */
class SGD {
  apply(weights, gradient, settings, rate) {
    for (let k = 0; k < weights.length; k++) weights[k] -= rate * gradient[k];
  }
}

/** Adam (Kingma and Ba 2015, algorithm 1, in the order at the end of its section 2). */
class Adam {
  constructor(size) {
    this.steps = 0;
    this.mean = new Float64Array(size);
    this.square = new Float64Array(size);
  }

  apply(weights, gradient, { beta_1 }, rate) {
    this.steps += 1;
    const correction = Math.sqrt(1 - BETA_2 ** this.steps) / (1 - beta_1 ** this.steps);
    for (let k = 0; k < weights.length; k++) {
      this.mean[k] += (1 - beta_1) * (gradient[k] - this.mean[k]);
      this.square[k] += (1 - BETA_2) * (gradient[k] ** 2 - this.square[k]);
      weights[k] -= (rate * correction * this.mean[k]) / (Math.sqrt(this.square[k]) + 1e-7);
    }
  }
}

export const OPTIMIZERS = { adam: Adam, sgd: SGD };
