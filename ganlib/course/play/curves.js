/** How losses, accuracies and the divergence, or the distance, went: small charts beside the picture. */

import { colour, element, sharpContext } from "../../export/web/elements.js";

const MOMENTS = 600; // moments kept; then every second one goes
/** `games`: only those of many points, or that of one, the Dirac-GAN. */
const CHARTS = [
  { title: "losses", lines: [["discriminator_loss", "D", "d"], ["generator_loss", "G", "g"]] },
  {
    title: "accuracy of D on", range: [0, 1], games: "many",
    lines: [["real_accuracy", "data", "d"], ["fake_accuracy", "generated", "g"]],
  },
  {
    title: "divergence, bits", range: [0, 1], games: "many",
    lines: [["divergence", "from the data", "g"], ["floor", "floor", "floor"]],
  },
  {
    title: "distance from the data", range: [0, null], games: "one",
    lines: [["distance", "|θ|", "g"]],
  },
];

export class Curves {
  constructor() {
    this.moments = [];
    this.canvases = CHARTS.map(({ title }) =>
      element("canvas", { class: "chart", role: "img", "aria-label": `chart: ${title}, by step` }));
    this.figures = CHARTS.map(({ title, lines, games }, k) =>
      element("figure", { hidden: games === "one" }, element("figcaption", {}, `${title}: `,
        ...lines.map(([, words, key]) => element("span", { class: `curve ${key}` }, words))),
      this.canvases[k]));
    this.root = element("div", { class: "charts" }, ...this.figures);
  }

  clear() {
    this.moments = [];
  }

  add(moment) {
    this.moments.push(moment);
    if (this.moments.length > MOMENTS) this.moments = this.moments.filter((_, k) => k % 2 === 0);
  }

  draw() {
    const last = this.moments.at(-1);
    const other = last && last.distance !== null ? "many" : "one";
    CHARTS.forEach((chart, k) => {
      this.figures[k].hidden = chart.games === other;
      if (chart.games !== other) this.drawChart(this.canvases[k], chart);
    });
  }

  drawChart(canvas, { lines, range }) {
    const { context, width, height } = sharpContext(canvas);
    const shown = this.moments.filter((moment) => lines.every(([key]) => Number.isFinite(moment[key])));
    if (shown.length < 2) return;
    const [low, high] = spanOf(shown.flatMap((moment) => lines.map(([key]) => moment[key])), range);
    const [left, bottom] = [36, 14];
    const [first, last] = [shown[0].step, shown.at(-1).step];
    const x = (step) => left + ((step - first) / (last - first || 1)) * (width - left - 4);
    const y = (value) => 4 + ((high - value) / (high - low)) * (height - bottom - 8);
    context.font = "11px sans-serif";
    context.fillStyle = colour(canvas, "quiet");
    context.textAlign = "right";
    axisLabels(low, high).forEach((label, k) => context.fillText(label, left - 4, y([low, high][k]) + 4));
    context.fillText(`step ${last}`, width - 4, height - 2);
    for (const [key, , name] of lines) {
      context.beginPath();
      shown.forEach((moment, k) => context[k ? "lineTo" : "moveTo"](x(moment.step), y(moment[key])));
      context.strokeStyle = colour(canvas, `curve-${name}`);
      context.setLineDash(name === "floor" ? [4, 3] : []);
      context.lineWidth = 1.5;
      context.stroke();
    }
    context.setLineDash([]);
  }
}

/** From the least to the greatest, without the outer 2 %, which a first step may hold; or as given. */
function spanOf(values, [least, most] = [null, null]) {
  const sorted = values.toSorted((a, b) => a - b);
  const cut = Math.floor(0.02 * sorted.length);
  const [low, high] = [least ?? sorted[cut], most ?? sorted[sorted.length - 1 - cut]];
  return high > low ? [low, high] : [low - 0.5, high + 0.5];
}

/** Both ends of an axis, in digits that tell them apart; nothing is "-0.0". */
export function axisLabels(low, high) {
  const digits = Math.max(0, Math.min(3, Math.ceil(1 - Math.log10(high - low))));
  return [low, high].map((value) => {
    if (Math.abs(value) >= 1e4) return value.toExponential(0);
    const written = value.toFixed(digits);
    return Number(written) === 0 ? written.replace("-", "") : written;
  });
}
