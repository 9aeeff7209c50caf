/** What is measured of a game: never a part of it, and with random numbers of its own. */

import { EXTENT, sample } from "./data.js";
import { sigmoid } from "./losses.js";

const BINS = 20;
const COVERED = 0.25; // of its fair share of the points: then a mode counts as covered

/** The points that the game shows: G's with the weights given, from fixed latents. */
export function generated(game, weights, latents) {
  const { generator } = game;
  const kept = generator.weights.slice();
  generator.weights.set(weights);
  const points = generator.forward(latents).outputs;
  generator.weights.set(kept);
  return points;
}

/** Shares of the points in a square grid; a last place for those outside it. */
function histogram(points) {
  const counts = new Float64Array(BINS * BINS + 1);
  const place = (x) => Math.floor(((x + EXTENT) / (2 * EXTENT)) * BINS);
  for (let k = 0; k < points.length; k += 2) {
    const [column, row] = [place(points[k]), place(points[k + 1])];
    const inside = column >= 0 && column < BINS && row >= 0 && row < BINS;
    counts[inside ? row * BINS + column : BINS * BINS] += 2 / points.length;
  }
  return counts;
}

/** The Jensen-Shannon divergence of two sets of points, in bits: from 0, alike, to 1, apart. */
export function divergence(a, b) {
  const [p, q] = [histogram(a), histogram(b)];
  const bits = (share, middle) => (share > 0 ? share * Math.log2(share / middle) : 0);
  return p.reduce((sum, share, k) => {
    const middle = (share + q[k]) / 2;
    return sum + (bits(share, middle) + bits(q[k], middle)) / 2;
  }, 0);
}

/** How many of a shape's modes have a quarter of their fair share of the points, or more. */
export function covered({ centres, radius }, points) {
  const counts = new Array(centres.length).fill(0);
  for (let k = 0; k < points.length; k += 2) {
    const away = centres.map(([x, y]) => Math.hypot(points[k] - x, points[k + 1] - y));
    const nearest = away.indexOf(Math.min(...away));
    if (away[nearest] < radius) counts[nearest] += 1;
  }
  const fair = points.length / 2 / centres.length;
  return counts.filter((count) => count >= COVERED * fair).length;
}

/** The numbers beside the picture. `latents` and `real`: of many points, kept while a game lasts. */
export function measure(game, { latents, real, other }) {
  const points = generated(game, game.average, latents);
  const dirac = game.settings.networks === "dirac";
  // Two single points that differ at all have nothing in common: their distance tells more.
  return {
    ...game.report,
    step: game.steps,
    unit: game.shape.unit,
    distance: dirac ? Math.hypot(points[0], points[1]) : null,
    divergence: dirac ? null : divergence(points, real),
    floor: dirac ? null : divergence(other, real),
    modes: covered(game.shape, points),
    of: game.shape.centres.length,
  };
}

/** What `measure` compares: latents for `count` points, and twice as many points of the data. */
export function yardstick(game, count, random) {
  return {
    latents: random.normals(2 * count),
    real: sample(game.shape, count, random),
    other: sample(game.shape, count, random),
  };
}

/** D's probability of "real" on a lattice of side × side points, lowest y first. */
export function field(game, side) {
  const line = Array.from({ length: side }, (_, k) => EXTENT * ((2 * k) / (side - 1) - 1));
  const lattice = Float64Array.from(line.flatMap((y) => line.flatMap((x) => [x, y])));
  return Float32Array.from(game.discriminator.forward(lattice).outputs, sigmoid);
}
