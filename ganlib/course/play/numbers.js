/** The numbers under the picture, and a sentence of them for screen readers. */

import { element, short } from "../../export/web/elements.js";

/** Words, number, and for which games: of many points, or of one, the Dirac-GAN. */
const ROWS = [
  ["step", ({ step }) => String(step)],
  ["covered", ({ modes, of, unit }) => `${modes} of ${of} ${unit}`, "many"],
  ["divergence from the data", ({ divergence, floor }) => (
    `${short(divergence)} bits (floor ${short(floor)})`), "many"],
  ["distance from the data, |θ|", ({ distance }) => short(distance), "one"],
  ["loss of D, of G", (m) => `${short(m.discriminator_loss)}, ${short(m.generator_loss)}`],
  ["accuracy of D on data", ({ real_accuracy: share }) => percent(share), "many"],
  ["… on generated points", ({ fake_accuracy: share }) => percent(share), "many"],
];
const SPOKEN_EVERY = 5000; // milliseconds
const percent = (share) => (share === undefined ? "–" : `${Math.round(100 * share)} %`);

export class Numbers {
  constructor() {
    this.values = ROWS.map(() => element("dd"));
    this.rows = ROWS.map(([words], k) => element("div", {}, element("dt", {}, words), this.values[k]));
    this.spoken = element("p", { role: "status", class: "spoken" });
    this.root = element("div", {}, element("dl", { class: "numbers" }, ...this.rows), this.spoken);
    this.last = -Infinity;
  }

  show(measures) {
    const other = measures.distance === null ? "one" : "many";
    ROWS.forEach(([, words, games], k) => {
      this.rows[k].hidden = games === other;
      this.values[k].textContent = games === other ? "" : words(measures);
    });
    if (performance.now() - this.last < SPOKEN_EVERY) return;
    this.last = performance.now();
    const { step, modes, of, divergence, distance } = measures;
    this.spoken.textContent = `Step ${step}: ` + (distance === null
      ? `${modes} of ${of} covered, divergence ${short(divergence)} bits.`
      : `distance ${short(distance)} from the data.`);
  }
}
