/** The numbers under the picture, and a sentence of them for screen readers. */

import { element, short } from "../../export/web/elements.js";

const ROWS = [
  ["step", ({ step }) => String(step)],
  ["covered", ({ modes, of, unit }) => `${modes} of ${of} ${unit}`],
  ["away from the data", ({ distance, divergence, floor }) =>
    distance === null ? `${short(divergence)} bits (floor ${short(floor)})` : short(distance)],
  ["loss of D, of G", (m) => `${short(m.discriminator_loss)}, ${short(m.generator_loss)}`],
  ["accuracy of D on data", ({ real_accuracy: share }) => percent(share)],
  ["… on generated points", ({ fake_accuracy: share }) => percent(share)],
];
const SPOKEN_EVERY = 5000; // milliseconds
const percent = (share) => (share === undefined ? "–" : `${Math.round(100 * share)} %`);

export class Numbers {
  constructor() {
    this.values = ROWS.map(() => element("dd"));
    const rows = ROWS.map(([words], k) => element("div", {}, element("dt", {}, words), this.values[k]));
    this.spoken = element("p", { role: "status", class: "spoken" });
    this.root = element("div", {}, element("dl", { class: "numbers" }, ...rows), this.spoken);
    this.last = -Infinity;
  }

  show(measures) {
    ROWS.forEach(([, words], k) => (this.values[k].textContent = words(measures)));
    if (performance.now() - this.last < SPOKEN_EVERY) return;
    this.last = performance.now();
    const { step, modes, of, divergence } = measures;
    this.spoken.textContent =
      `Step ${step}: ${modes} of ${of} covered, divergence ${short(divergence)} bits.`;
  }
}
