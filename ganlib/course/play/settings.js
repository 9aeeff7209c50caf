/** What can be set: names as in ganlib.recipes, where it has them. */

import { SHAPES } from "./data.js";
import { LOSSES } from "./losses.js";
import { OPTIMIZERS } from "./optimizers.js";
import { PENALTY_NAMES } from "./penalties.js";

const choice = (value, choices, label, help) => ({ value, choices, label, help });
const number = (value, least, most, label, help, { whole = false, scale = "linear" } = {}) => ({
  value, least, most, label, help, whole, scale,
});
const logarithmic = { scale: "logarithmic" };
const whole = { whole: true };

/**
 * Of each setting: its first value, its choices or its range, and the words of its control.
 * `restarts`: the game begins anew when it changes.
 */
export const SETTINGS = {
  data: choice("ring", [...Object.keys(SHAPES), "drawn"], "data", "the points to imitate"),
  loss: choice("non_saturating", Object.keys(LOSSES), "loss", "of both players"),
  penalty: choice("none", PENALTY_NAMES, "penalty", "on the slope of D"),
  penalty_weight: number(0.1, 0.001, 10, "weight of the penalty", "R1's γ, or λ", logarithmic),
  optimizer: choice("adam", Object.keys(OPTIMIZERS), "optimiser", "of both networks"),
  learning_rate: number(1e-3, 1e-5, 1, "learning rate of G", "", logarithmic),
  discriminator_learning_rate: number(3e-3, 1e-5, 1, "learning rate of D", "", logarithmic),
  beta_1: number(0.5, 0, 0.99, "Adam's β₁", "how long Adam remembers a direction"),
  critic_steps: number(1, 0, 10, "steps of D per step of G", "", whole),
  updates: choice("alternating", ["alternating", "simultaneous", "unrolled"], "updates",
    "D then G; both at once; or G looks several steps of D ahead"),
  unrolled_steps: number(5, 1, 10, "unrolled steps", "of D, that G looks ahead", whole),
  noise: number(0, 0, 0.5, "instance noise", "added to every point that D sees"),
  ema_decay: number(0.99, 0, 0.999, "moving average", "of G's weights; 0 shows G itself"),
  batch_size: number(64, 8, 256, "batch size", "", whole),
  networks: { ...choice("layers", ["layers", "dirac"], "networks",
    "two small networks; or one point against a plane, the Dirac-GAN"), restarts: true },
  width: { ...number(24, 2, 64, "width", "units in each of three hidden layers", whole),
    restarts: true },
  seed: { ...number(0, 0, 9999, "seed", "of weights, noise and data", whole), restarts: true },
};

export const DEFAULTS = Object.fromEntries(
  Object.entries(SETTINGS).map(([name, { value }]) => [name, value]),
);
DEFAULTS.points = []; // what the reader drew

function problem(name, value) {
  if (name === "points") {
    const pair = (p) => Array.isArray(p) && p.length === 2 && p.every(Number.isFinite);
    return Array.isArray(value) && value.every(pair) ? "" : "expected pairs of numbers";
  }
  const known = SETTINGS[name];
  if (!known) return `unknown; there are ${Object.keys(SETTINGS).join(", ")}`;
  if (known.choices) {
    return known.choices.includes(value) ? "" : `expected one of ${known.choices.join(", ")}`;
  }
  const { least, most } = known;
  const fits = typeof value === "number" && value >= least && value <= most;
  if (!fits) return `expected a number from ${least} to ${most}`;
  return known.whole && !Number.isInteger(value) ? "expected a whole number" : "";
}

/** All settings, those given in place of the first values. An impossible one is an error. */
export function complete(given) {
  for (const [name, value] of Object.entries(given)) {
    const wrong = problem(name, value);
    if (wrong) throw new RangeError(`${name}=${JSON.stringify(value)}: ${wrong}`);
  }
  return { ...DEFAULTS, ...given };
}

/** The part of a page's address that restores the settings: those that differ from the first values. */
export function toAddress(settings) {
  const differing = Object.entries(settings).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(DEFAULTS[name]),
  );
  const rounded = differing.map(([name, value]) =>
    [name, name === "points" ? value.flat().map((x) => x.toFixed(2)).join(" ") : String(value)]);
  return new URLSearchParams(rounded).toString();
}

/** The settings that such an address holds, not yet judged: that is for `complete`. */
export function fromAddress(text) {
  const given = {};
  for (const [name, value] of new URLSearchParams(text)) {
    if (name === "points") {
      const numbers = value.split(" ").map(Number);
      given.points = numbers.flatMap((x, k) => (k % 2 ? [] : [[x, numbers[k + 1]]]));
    } else {
      given[name] = SETTINGS[name]?.choices ? value : Number(value);
    }
  }
  return given;
}
