/** How losses, accuracies and the divergence went: three small charts under the picture. */

import { colour, element, sharpContext } from "../../export/web/elements.js";

const MOMENTS = 600; // moments kept; then every second one goes
const CHARTS = [
  { title: "losses", lines: [["discriminator_loss", "D", "d"], ["generator_loss", "G", "g"]] },
  {
    title: "accuracy of D on", range: [0, 1],
    lines: [["real_accuracy", "data", "d"], ["fake_accuracy", "generated", "g"]],
  },
  {
    title: "divergence, bits", range: [0, 1],
    lines: [["divergence", "to the data", "g"], ["floor", "floor", "floor"]],
  },
];

export class Curves {
  constructor() {
    this.moments = [];
    this.canvases = CHARTS.map(({ title }) =>
      element("canvas", { class: "chart", role: "img", "aria-label": `chart: ${title}, by step` }));
    this.root = element("div", { class: "charts" }, ...CHARTS.map(({ title, lines }, k) =>
      element("figure", {}, element("figcaption", {}, `${title}: `,
        ...lines.map(([, words, key]) => element("span", { class: `curve ${key}` }, words))),
      this.canvases[k])));
  }

  clear() {
    this.moments = [];
  }

  add(moment) {
    this.moments.push(moment);
    if (this.moments.length > MOMENTS) this.moments = this.moments.filter((_, k) => k % 2 === 0);
  }

  draw() {
    CHARTS.forEach((chart, k) => this.drawChart(this.canvases[k], chart));
  }

  drawChart(canvas, { lines, range }) {
    const { context, width, height } = sharpContext(canvas);
    const shown = this.moments.filter((moment) => lines.every(([key]) => Number.isFinite(moment[key])));
    if (shown.length < 2) return;
    const [low, high] = range ?? spanOf(shown.flatMap((moment) => lines.map(([key]) => moment[key])));
    const [left, bottom] = [30, 14];
    const [first, last] = [shown[0].step, shown.at(-1).step];
    const x = (step) => left + ((step - first) / (last - first || 1)) * (width - left - 4);
    const y = (value) => 4 + ((high - value) / (high - low)) * (height - bottom - 8);
    context.font = "11px sans-serif";
    context.fillStyle = colour(canvas, "quiet");
    context.textAlign = "right";
    for (const value of [low, high]) context.fillText(brief(value), left - 4, y(value) + 4);
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

/** From the least to the greatest, without the outer 2 %, which a first step may hold. */
function spanOf(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const cut = Math.floor(0.02 * sorted.length);
  const [low, high] = [sorted[cut], sorted[sorted.length - 1 - cut]];
  return high > low ? [low, high] : [low - 0.5, high + 0.5];
}

const brief = (value) => (Math.abs(value) >= 10 ? value.toFixed(0) : value.toFixed(1));
