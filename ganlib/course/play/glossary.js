/** The words of the page that a newcomer may not know. */

import { element } from "../../export/web/elements.js";

const WORDS = {
  mode: "one clump of the data. Mode collapse: the generated points gather in few places.",
  z: "the random numbers from which G makes a point; the grid shows where G puts a square grid of them.",
  divergence: "how far the generated points are from the data, in bits: 0 alike, 1 nothing in common "
    + "(Jensen–Shannon). Its floor is what fresh data would get.",
  minimax: "the loss of the game as it is written; in the non-saturating loss G maximises log D instead.",
  "R1, R2": "penalties on the slope of D, at the data and at the generated points.",
  "instance noise": "noise on every point that D sees.",
  "moving average": "of G's weights over the last steps; the picture shows this generator.",
  "Dirac-GAN": "the smallest GAN: one generated point, one data point, and a plane for D.",
};

/** A list that opens and closes. */
export function glossary() {
  const entries = Object.entries(WORDS).flatMap(([word, words]) =>
    [element("dt", {}, word), element("dd", {}, words)]);
  return element("details", { class: "glossary" },
    element("summary", {}, "what the words mean"), element("dl", {}, ...entries));
}
