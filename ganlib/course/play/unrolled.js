/** A generator that looks several steps of the discriminator ahead (Metz et al. 2017). */

import { discriminatorLoss, generatorLoss } from "./losses.js";

const RATE = 0.3; // of the plain gradient descent by which it looks ahead

/** D's loss, without a penalty: its gradient, and what is needed to differentiate that again. */
function discriminatorStep(D, lossName, real, fake) {
  const gradient = new Float64Array(D.size);
  const [onReal, onFake] = [D.forward(real), D.forward(fake)];
  const loss = discriminatorLoss(lossName, onReal.outputs, onFake.outputs);
  const back = {
    real: D.backward(onReal, loss.real, gradient),
    fake: D.backward(onFake, loss.fake, gradient),
  };
  return { loss, onReal, onFake, back, gradient };
}

/**
 * G's loss after D has taken so many steps on the same points, and its slope at the generated points
 * (section 2.2). D is put back after.
 *
 * The slope goes back through every step: with λ the slope at D's weights after a step, it is
 * λ − rate · H λ before it, H being the second derivatives of D's loss there; and the generated
 * points, which the step saw, get −rate · (d/dx d/dw loss) λ.
 */
export function generatorLossAhead(D, lossName, real, fake, steps) {
  const now = D.weights.slice();
  const places = [];
  for (let k = 0; k < steps; k++) {
    places.push(D.weights.slice());
    const { gradient } = discriminatorStep(D, lossName, real, fake);
    for (let w = 0; w < D.size; w++) D.weights[w] -= RATE * gradient[w];
  }
  const [onReal, onFake] = [D.forward(real), D.forward(fake)];
  const loss = generatorLoss(lossName, onFake.outputs, onReal.outputs);
  const atWeights = new Float64Array(D.size);
  const slope = D.backward(onFake, loss.fake, atWeights).inputs;
  if (steps > 0) D.backward(onReal, loss.real, atWeights);
  for (const place of places.reverse()) {
    D.weights.set(place);
    backThroughStep(D, lossName, real, fake, atWeights, slope);
  }
  D.weights.set(now);
  return { value: loss.value, slope };
}

/** Changes both slopes, at D's weights and at the generated points, from after a step to before it. */
function backThroughStep(D, lossName, real, fake, atWeights, slope) {
  const { loss, onReal, onFake, back } = discriminatorStep(D, lossName, real, fake);
  const direction = { weights: atWeights.map((each) => -RATE * each) };
  const moved = {
    real: D.forwardChange(onReal, direction),
    fake: D.forwardChange(onFake, direction),
  };
  const upstream = loss.change(moved.real.at(-1), moved.fake.at(-1));
  const change = new Float64Array(D.size);
  D.backwardChange(onReal, back.real, moved.real, direction, upstream.real, change);
  const atFake = D.backwardChange(
    onFake, back.fake, moved.fake, direction, upstream.fake, change);
  for (let w = 0; w < D.size; w++) atWeights[w] += change[w];
  for (let k = 0; k < slope.length; k++) slope[k] += atFake[k];
}
