/** What is added to D's loss to keep its slope in check, as in ganlib.penalties. */

/**
 * The gradient penalty of Gulrajani et al. (2017), and R1 and R2 of Mescheder et al. (2018): each
 * from dD/dx at the points to its value and its own slope at dD/dx.
 */
function unitSlope(slopes, n) {
  const outer = new Float64Array(slopes.length);
  let value = 0;
  for (let k = 0; k < n; k++) {
    const [x, y] = [slopes[2 * k], slopes[2 * k + 1]];
    const norm = Math.sqrt(x * x + y * y + 1e-12);
    value += (norm - 1) ** 2 / n;
    outer[2 * k] = (2 * (norm - 1) * x) / norm / n;
    outer[2 * k + 1] = (2 * (norm - 1) * y) / norm / n;
  }
  return { value, outer };
}

function zeroSlope(slopes, n) {
  const value = slopes.reduce((sum, each) => sum + each * each, 0) / (2 * n);
  return { value, outer: slopes.map((each) => each / n) };
}

/** Points on the lines between real and generated ones. */
const between = (real, fake, mix) =>
  real.map((x, k) => mix[k >> 1] * x + (1 - mix[k >> 1]) * fake[k]);

const PENALTIES = {
  none: [],
  gradient_penalty: [[between, unitSlope]],
  r1: [[(real) => real, zeroSlope]],
  r2: [[(real, fake) => fake, zeroSlope]],
  r1_r2: [[(real) => real, zeroSlope], [(real, fake) => fake, zeroSlope]],
};
export const PENALTY_NAMES = Object.keys(PENALTIES);

/**
 * The penalty's value times `weight`; its gradient by D's weights is added to `gradient`.
 *
 * The gradient of a function of dD/dx is the change of D's gradient when the inputs move along that
 * function's slope.
 * @param {Float64Array} mix places on the lines, one of [0, 1] for each pair
 */
export function addPenalty(name, weight, discriminator, real, fake, mix, gradient) {
  let total = 0;
  for (const [place, judge] of PENALTIES[name]) {
    const pass = discriminator.forward(place(real, fake, mix));
    const back = discriminator.backward(pass, new Float64Array(pass.n).fill(1));
    const { value, outer } = judge(back.inputs, pass.n);
    const direction = { inputs: outer.map((each) => weight * each) };
    const changes = discriminator.forwardChange(pass, direction);
    const still = new Float64Array(pass.n);
    discriminator.backwardChange(pass, back, changes, direction, still, gradient);
    total += weight * value;
  }
  return total;
}
