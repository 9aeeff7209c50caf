/**
 * The losses of both players on logits, 1 = real, as in ganlib.losses: the same names and formulas.
 *
 * A term is a function of one number: its value, its slope and its curvature there.
 */

export const sigmoid = (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
const softplus = (x) => [
  Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  sigmoid(x),
  sigmoid(x) * sigmoid(-x),
];
const linear = (x) => [x, 1, 0];
const relu = (x) => (x > 0 ? [x, 1, 0] : [0, 0, 0]);
const half_square = (x) => [0.5 * x * x, x, 1];

/** term(sign · x + shift), and its derivatives by x. */
const at = (term, sign, shift = 0) => (x) => {
  const [value, slope, curvature] = term(sign * x + shift);
  return [value, sign * slope, curvature];
};
const minus = (term) => (x) => term(x).map((each) => -each);

/** D's terms for real and generated points, and G's; `threshold`: the logit above which D says "real". */
export const LOSSES = {
  minimax: { real: at(softplus, -1), fake: softplus, generator: minus(softplus), threshold: 0 },
  non_saturating: {
    real: at(softplus, -1), fake: softplus, generator: at(softplus, -1), threshold: 0,
  },
  least_squares: {
    real: at(half_square, 1, -1), fake: half_square, generator: at(half_square, 1, -1),
    threshold: 0.5,
  },
  hinge: { real: at(relu, -1, 1), fake: at(relu, 1, 1), generator: at(linear, -1), threshold: 0 },
  wasserstein: { real: at(linear, -1), fake: linear, generator: at(linear, -1), threshold: 0 },
  // Of the difference of two logits, the generated point's minus the real one's.
  relativistic: { pair: softplus, generatorPair: at(softplus, -1) },
};

/** The mean of a term over logits, with the slope and the curvature at each: {value, slope, curvature}. */
function mean(term, logits) {
  const n = logits.length;
  const [slope, curvature] = [new Float64Array(n), new Float64Array(n)];
  let value = 0;
  for (let k = 0; k < n; k++) {
    const [v, s, c] = term(logits[k]);
    value += v / n;
    slope[k] = s / n;
    curvature[k] = c / n;
  }
  return { value, slope, curvature };
}

const difference = (a, b) => a.map((value, k) => value - b[k]);
const negated = (values) => values.map((value) => -value);

/**
 * D's loss: its value, its slopes at the real and at the generated logits, and `change`, which gives
 * the change of both slopes for a change of both logits.
 */
export function discriminatorLoss(name, real, fake) {
  const loss = LOSSES[name];
  if (loss.pair) {
    const { value, slope, curvature } = mean(loss.pair, difference(fake, real));
    const change = (realMove, fakeMove) => {
      const moved = curvature.map((c, k) => c * (fakeMove[k] - realMove[k]));
      return { real: negated(moved), fake: moved };
    };
    return { value, real: negated(slope), fake: slope, change };
  }
  const [onReal, onFake] = [mean(loss.real, real), mean(loss.fake, fake)];
  const change = (realMove, fakeMove) => ({
    real: realMove.map((move, k) => move * onReal.curvature[k]),
    fake: fakeMove.map((move, k) => move * onFake.curvature[k]),
  });
  return { value: onReal.value + onFake.value, real: onReal.slope, fake: onFake.slope, change };
}

/** G's loss and its slopes at the logits: at the real ones only where the loss pairs them. */
export function generatorLoss(name, fake, real) {
  const loss = LOSSES[name];
  if (!loss.generatorPair) {
    const { value, slope } = mean(loss.generator, fake);
    return { value, fake: slope, real: new Float64Array(fake.length) };
  }
  const { value, slope } = mean(loss.generatorPair, difference(fake, real));
  return { value, fake: slope, real: negated(slope) };
}

/** Of how many D is right, as shares: of the real, of the generated points. */
export function accuracies(name, real, fake) {
  const { threshold, pair } = LOSSES[name];
  const share = (right) => right.reduce((sum, each) => sum + each, 0) / right.length;
  const above = (value, k) => Number(value > (pair ? fake[k] : threshold));
  const below = (value, k) => Number(value <= (pair ? real[k] : threshold));
  return { real: share(Array.from(real, above)), fake: share(Array.from(fake, below)) };
}
