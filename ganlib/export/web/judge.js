/** The discriminator's opinion of what is on the pad, beside its opinion of the sheet's images. */

import { element, short } from "./elements.js";
import { newestOf } from "./networks.js";

const LOGISTIC = ["minimax", "non_saturating"];

/** The judgement of one logit in words; a probability only where the loss makes it one. */
export function judged(logit, { loss, paired, threshold }) {
  if (LOGISTIC.includes(loss)) {
    return `D = ${(1 / (1 + Math.exp(-logit))).toFixed(3)} (logit ${short(logit)})`;
  }
  if (paired) return `logit ${short(logit)}; trained in pairs, D gives no probability, only a rank`;
  return `D says ${logit > threshold ? "real" : "generated"} (logit ${short(logit)})`;
}

/** The middle of some numbers; of none, no number. */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

const softmax = (logits) => {
  const most = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
};

export class Judge {
  constructor(networks, told) {
    Object.assign(this, { networks, told });
    this.names = told.class_names;
    this.words = element("p", { class: "verdict", role: "status" });
    this.table = element("table", { class: "opinions" });
    this.root = element("div", {}, this.words, this.table);
    this.sheets = []; // the logits of the sheet's images, by class
    this.judge = newestOf((bytes) => this.judgeNow(bytes));
    this.learn = newestOf((sheet) => this.learnNow(sheet));
  }

  /** One logit for each class that the discriminator is asked about; else one. */
  labels() {
    return this.told.asked ? this.names.map((_, label) => label) : this.told.auxiliary ? [0] : null;
  }

  async judgeNow(bytes) {
    const outputs = await this.networks.ask("judge", { images: bytes, labels: this.labels() });
    this.outputs = outputs;
    this.show();
  }

  async learnNow(sheet) {
    const learnt = [];
    for (const [row, images] of sheet.images.entries()) {
      const own = sheet.first + row;
      const labels = this.names.length ? Array(sheet.cells[row].length).fill(own) : null;
      const outputs = await this.networks.ask("judge", { images, labels });
      learnt[own] = outputs.map(([logit]) => logit);
    }
    this.sheets = learnt;
    this.show();
  }

  show() {
    if (!this.outputs) return;
    const logits = this.outputs.map(([logit]) => logit);
    // Only images of one class can be compared: in training D was asked of pairs of one class.
    const all = this.sheets.flat();
    const others = logits.map((_, label) => (this.told.asked ? this.sheets[label] ?? [] : all));
    const above = logits.map((logit, label) => logit - median(others[label]));
    const best = above.reduce((most, value, label) => (value > above[most] ? label : most), 0);
    const asked = this.told.asked ? `Asked “is this a real ${this.names[best]}?”: ` : "";
    const below = others[best].filter((logit) => logit < logits[best]).length;
    const beside = others[best].length
      ? ` Of the ${others[best].length} such images on the sheet, ${below} get a lower logit.` : "";
    this.words.textContent = `${asked}${judged(logits[best], this.told)}.${beside}`;
    if (this.told.asked) this.tabulateLogits(above, others);
    if (this.told.auxiliary) this.tabulateClasses(softmax(this.outputs[0].slice(1)));
  }

  tabulateLogits(above, others) {
    const lines = others.map((logits) => logits.map((logit) => logit - median(logits)));
    const all = [...above.filter(Number.isFinite), ...lines.flat(), 0];
    const [least, most] = [Math.min(...all), Math.max(...all)];
    const place = (value) => (100 * (value - least)) / (most - least || 1);
    const signed = (value) => (Number.isFinite(value) ? `${value > 0 ? "+" : ""}${short(value)}` : "–");
    this.tabulate("How far D’s logit of your picture (dot) lies above the middle of the sheet’s images "
      + "of that class (lines): to the right is more real.",
    above, (value, label) => this.strip(lines[label].map(place), place(value)), signed);
  }

  tabulateClasses(shares) {
    this.tabulate("How probable D finds each class for your picture.",
      shares, (share) => this.strip([], 100 * share), (share) => `${Math.round(100 * share)} %`);
  }

  strip(lines, dot) {
    const marks = lines.map((at) => element("i", { style: `left: ${at}%` }));
    if (Number.isFinite(dot)) marks.push(element("b", { style: `left: ${dot}%` }));
    return element("div", { class: "strip", "aria-hidden": "true" }, ...marks);
  }

  tabulate(caption, values, drawn, written) {
    const rows = values.map((value, label) => element("tr", {},
      element("th", { scope: "row" }, this.names[label]),
      element("td", {}, drawn(value, label)),
      element("td", { class: "number" }, written(value))));
    this.table.replaceChildren(element("caption", {}, caption), element("tbody", {}, ...rows));
  }
}
