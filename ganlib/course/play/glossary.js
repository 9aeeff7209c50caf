/** The words of the page that a newcomer may not know. */

import { element } from "../../export/web/elements.js";

export const WORDS = {
  "generator, G": "the network that makes points; the orange squares.",
  "discriminator, D": "the network that tells data from generated points. At each place it gives a "
    + "number, the logit; the sigmoid of it is D, its probability of “data”.",
  "D's field": "D at every place: green where D says data, purple where it says generated. On the line "
    + "it is undecided, D = 0.5.",
  "arrow": "the way in which a generated point would have to move for G's loss to fall the fastest: "
    + "minus the slope of the loss there. A longer arrow is a steeper slope; very long ones are cut. G "
    + "cannot move points one by one: it changes its weights, and all points move with them.",
  "z, latent": "the random numbers from which G makes a point. The grid shows where G puts a square "
    + "grid of them.",
  "trail": "where the middle of the generated points has been.",
  "mode": "one clump of the data. It counts as covered once it holds a quarter of its fair share of the "
    + "generated points. Curves have pieces instead. Mode collapse: the points gather in few modes.",
  "loss": "what a player lowers. A fall of one player's loss is often a rise of the other's, so neither "
    + "tells how good the points are.",
  "accuracy": "the share of points that D puts on the right side.",
  "divergence": "how far the generated points are from the data, in bits: 0 alike, 1 nothing in common "
    + "(Jensen–Shannon). Its floor is what fresh data would get.",
  "|θ|": "in the Dirac-GAN, the distance of the generated point θ from the data point.",
  "minimax": "the loss of the game as it is written: G lowers log(1 − D), which is flat where D is "
    + "sure.",
  "non saturating": "G raises log D instead, which is steep where D is sure.",
  "least squares": "squared distances of the logit from 1 (data) and 0 (generated).",
  "hinge": "D is content once logits are above 1 for data and below −1 for generated points.",
  "wasserstein": "the difference of mean logits; it needs a penalty, or D grows without end.",
  "relativistic": "D is asked of pairs: is the data point's logit above the generated one's?",
  "penalty": "what D pays for a steep slope, so that it stays smooth. Its weight is written γ for R1 "
    + "and R2, λ for the gradient penalty.",
  "r1, r2": "penalties on the squared slope of D: R1 at the data, R2 at the generated points; r1 r2 is "
    + "both.",
  "gradient penalty": "it asks for the slope 1 between the data and the generated points.",
  "instance noise": "noise on every point that D sees.",
  "updates": "alternating: D moves, then G. Simultaneous: both at once, neither sees the other's step. "
    + "Unrolled: G looks at what D will be after some more steps (the unrolled steps).",
  "optimiser": "how a slope becomes a step. sgd: against the slope, as far as the learning rate says. "
    + "adam: each weight at its own scale, with a memory of the last directions (β₁: how long).",
  "learning rate": "how far a step goes.",
  "batch size": "how many points are drawn for one step.",
  "networks": "layers: two networks with three hidden layers each; width is the number of units in "
    + "each. dirac: the Dirac-GAN.",
  "Dirac-GAN": "the smallest GAN: one generated point, one data point, and a plane for D.",
  "moving average": "of G's weights over the last steps; the picture shows this generator.",
  "seed": "where the random numbers begin: the same seed gives the same game.",
};

/** A list that opens and closes. */
export function glossary() {
  const entries = Object.entries(WORDS).flatMap(([word, words]) =>
    [element("dt", {}, word), element("dd", {}, words)]);
  return element("details", { class: "glossary" },
    element("summary", {}, "what the words mean"), element("dl", {}, ...entries));
}
