/** Latents: from a seed, on the way from one to another, and truncated; as ganlib.widgets.latents. */

import { Random } from "./random.js";

const STREAM = 11;

/** Latents of a seed, one an array: each is the same however many are asked for. */
export function latentsOf(seed, count, dimensions) {
  const random = new Random(seed, STREAM);
  return Array.from({ length: count }, () => Float32Array.from(random.normals(dimensions)));
}

const lengthOf = (vector) => Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));

/**
 * On the arc from `a` to `b` (Shoemake 1985): the direction turns evenly, and the length goes evenly
 * from one to the other.
 */
export function greatCircle(a, b, t) {
  const [lengthA, lengthB] = [lengthOf(a), lengthOf(b)];
  const cosine = a.reduce((sum, value, k) => sum + (value / lengthA) * (b[k] / lengthB), 0);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  const arc = Math.sin(angle) >= 1e-6; // else no arc, or any of many: the straight line is one
  const fromA = arc ? Math.sin((1 - t) * angle) / Math.sin(angle) : 1 - t;
  const fromB = arc ? Math.sin(t * angle) / Math.sin(angle) : t;
  const length = (1 - t) * lengthA + t * lengthB;
  return a.map((value, k) => length * (fromA * value / lengthA + fromB * b[k] / lengthB));
}

const density = (x) => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);

/** The normal distribution function (Marsaglia 2004, its series), for |x| below 6 or so. */
export function normalShare(x) {
  let [sum, term] = [x, x];
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 + sum * density(x);
}

/** Where the normal distribution has that share below it: by Newton's steps, held between -6 and 6. */
export function normalQuantile(share) {
  let [low, high, x] = [-6, 6, 0];
  for (let k = 0; k < 60; k++) {
    const error = normalShare(x) - share;
    if (Math.abs(error) < 1e-15) break;
    if (error > 0) high = x;
    else low = x;
    const next = x - error / density(x);
    x = next > low && next < high ? next : (low + high) / 2;
  }
  return x;
}

/**
 * The latent with every number kept within `bound`, at its rank (the truncation trick, Brock et al.
 * 2019): pictures change smoothly with the bound.
 */
export function truncated(latent, bound) {
  const low = normalShare(-bound);
  return latent.map((value) => {
    const share = normalShare(Math.max(-6, Math.min(6, value)));
    return Math.max(-bound, Math.min(bound, normalQuantile(low + share * (1 - 2 * low))));
  });
}
