/** The discriminator's opinion of what is on the pad, beside its opinion of the sheet's images. */

import { element, freshId, short } from "./elements.js";
import { newestOf } from "./networks.js";
import { plain } from "./painter.js";

const LOGISTIC = ["minimax", "non_saturating"];

/** What a logit means by itself; a probability only where the loss makes it one. */
function meaning(logit, { loss, paired, threshold }) {
  if (LOGISTIC.includes(loss)) {
    return ` It takes it for real with a probability of ${(100 / (1 + Math.exp(-logit))).toFixed(1)} %.`;
  }
  return paired ? "" : ` It says: ${logit > threshold ? "real" : "generated"}.`;
}

/**
 * The judgement in words: a comparison with generated images, of one class where D is asked by class.
 * @param {number} logit
 * @param {number[]} others the logits of the images to compare with
 * @param {object} told what the page knows of the run
 * @param {string} name the class, or ""
 */
export function verdict(logit, others, told, name = "") {
  const as = name ? `As ${/^[aeiou]/i.test(name) ? "an" : "a"} ${name}: ` : "As an image: ";
  const kind = name ? " of this class" : "";
  const below = others.filter((other) => other < logit).length;
  const beside = others.length
    ? `higher than ${below} of the ${others.length} generated images${kind} on the sheet`
    : `there is no generated image${kind} on the sheet to compare it with`;
  return `${as}${beside} (logit ${short(logit)}).${meaning(logit, told)}`;
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
    this.more = element("details", { hidden: true }, element("summary", {}, "all classes"), this.table);
    this.root = element("div", {}, ...this.question(), this.words, this.more);
    this.sheets = []; // the logits of the sheet's images, by class
    this.learning = true;
    this.judge = newestOf((bytes) => this.judgeNow(bytes));
    this.learn = newestOf((sheet) => this.learnNow(sheet));
  }

  /** The class to ask about: that of image A, until the reader chooses one. */
  question() {
    if (!this.told.asked) return [];
    const id = freshId();
    const choose = () => {
      this.chosen = true;
      this.show();
    };
    this.kind = element("select", { id, onchange: choose },
      ...this.names.map((name, label) => element("option", { value: label }, name)));
    return [element("p", {}, element("label", { for: id }, "judge it as "), this.kind)];
  }

  /** Takes the class of image A. */
  follow(label) {
    if (!this.kind || this.chosen || Number(this.kind.value) === label) return;
    this.kind.value = label;
    this.show();
  }

  /** One logit for each class that the discriminator is asked about; else one. */
  labels() {
    return this.told.asked ? this.names.map((_, label) => label) : this.told.auxiliary ? [0] : null;
  }

  async judgeNow(bytes) {
    this.outputs = plain(bytes)
      ? null : await this.networks.ask("judge", { images: bytes, labels: this.labels() });
    this.show();
  }

  async learnNow(sheet) {
    [this.sheets, this.learning] = [[], true];
    // The class that is asked for comes first, and its verdict need not wait for the others.
    const asked = this.kind ? Number(this.kind.value) - sheet.first : 0;
    const rows = [...sheet.images.keys()].sort((a, b) => (b === asked) - (a === asked) || a - b);
    for (const row of rows) {
      const [own, images] = [sheet.first + row, sheet.images[row]];
      const labels = this.names.length ? Array(sheet.cells[row].length).fill(own) : null;
      const outputs = await this.networks.ask("judge", { images, labels });
      this.sheets[own] = outputs.map(([logit]) => logit);
      if (row === asked) this.show();
    }
    this.learning = false;
    this.show();
  }

  show() {
    const label = this.kind ? Number(this.kind.value) : 0;
    this.more.hidden = !this.outputs || !this.names.length || this.learning;
    if (!this.outputs) {
      this.words.textContent = "Draw something first.";
      return;
    }
    if (this.learning && !(this.kind && this.sheets[label])) {
      this.words.textContent = "One moment: the images on the sheet are judged first.";
      return;
    }
    const logits = this.outputs.map(([logit]) => logit);
    // Only images of one class can be compared: in training D was asked of pairs of one class.
    const all = this.sheets.flat();
    const others = logits.map((_, label) => (this.told.asked ? this.sheets[label] ?? [] : all));
    this.words.textContent = verdict(logits[label], others[label], this.told,
      this.kind ? this.names[label] : "");
    if (this.more.hidden) return;
    if (this.told.asked) this.tabulateLogits(logits, others, label);
    if (this.told.auxiliary) this.tabulateClasses(softmax(this.outputs[0].slice(1)));
  }

  tabulateLogits(ours, theirs, asked) {
    const above = ours.map((logit, label) => logit - median(theirs[label]));
    const lines = theirs.map((logits) => logits.map((logit) => logit - median(logits)));
    const all = [...above.filter(Number.isFinite), ...lines.flat(), 0];
    const [least, most] = [Math.min(...all), Math.max(...all)];
    const place = (value) => (100 * (value - least)) / (most - least || 1);
    const signed = (value) => (Number.isFinite(value) ? `${value > 0 ? "+" : ""}${short(value)}` : "–");
    this.tabulate("Your picture (dot) among the generated images of each class (lines); further right "
      + "looks more real. The number: how far the dot’s logit lies above the middle line’s. Each row "
      + "stands for itself: logits of two classes cannot be compared.",
    above, (value, label) => this.strip(lines[label].map(place), place(value)), signed, asked);
  }

  tabulateClasses(shares) {
    this.tabulate("How probable the discriminator finds each class for your picture.",
      shares, (share) => this.strip([], 100 * share), (share) => `${Math.round(100 * share)} %`);
  }

  strip(lines, dot) {
    const marks = lines.map((at) => element("i", { style: `left: ${at}%` }));
    if (Number.isFinite(dot)) marks.push(element("b", { style: `left: ${dot}%` }));
    return element("div", { class: "strip", "aria-hidden": "true" }, ...marks);
  }

  tabulate(caption, values, drawn, written, asked = -1) {
    const rows = values.map((value, label) => element("tr", { class: label === asked ? "asked" : "" },
      element("th", { scope: "row" }, this.names[label]),
      element("td", {}, drawn(value, label)),
      element("td", { class: "number" }, written(value))));
    this.table.replaceChildren(element("caption", {}, caption), element("tbody", {}, ...rows));
  }
}
