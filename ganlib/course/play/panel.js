/** The controls: one for each setting. */

import { element, freshId, short } from "../../export/web/elements.js";
import { SETTINGS } from "./settings.js";

const GROUPS = {
  "data": ["data"],
  "the game": ["loss", "penalty", "penalty_weight", "noise", "updates", "unrolled_steps"],
  "optimisers": ["optimizer", "learning_rate", "discriminator_learning_rate", "beta_1", "critic_steps",
    "batch_size"],
  "networks": ["networks", "width", "ema_decay", "seed"],
};
const TICKS = 100; // places of a slider without whole numbers
/** When a control has an effect; the others always have. */
const USED = {
  penalty_weight: ({ penalty }) => penalty !== "none",
  unrolled_steps: ({ updates }) => updates === "unrolled",
  beta_1: ({ optimizer }) => optimizer === "adam",
  width: ({ networks }) => networks === "layers",
};

export class Panel {
  /** @param {(changed: object) => void} change hears of a setting */
  constructor(change) {
    this.controls = {};
    const groups = Object.entries(GROUPS).map(([legend, names]) => element("fieldset", {},
      element("legend", {}, legend), ...names.map((name) => this.control(name, change))));
    this.root = element("div", { class: "panel" }, ...groups);
  }

  control(name, change) {
    const id = freshId();
    const { label, help, choices } = SETTINGS[name];
    const made = choices ? menuOf(id, choices) : sliderOf(id, SETTINGS[name]);
    made.input.addEventListener(choices ? "change" : "input", () => change({ [name]: made.read() }));
    const row = element("div", { class: "control", title: help },
      element("label", { for: id }, label), made.input, ...(made.output ? [made.output] : []));
    this.controls[name] = { ...made, row };
    return row;
  }

  /** The controls as the settings are; those without an effect are disabled. */
  show(settings) {
    for (const [name, { input, row, write }] of Object.entries(this.controls)) {
      write(settings[name]);
      const used = !USED[name] || USED[name](settings);
      input.disabled = !used;
      row.classList.toggle("unused", !used);
    }
  }
}

function menuOf(id, choices) {
  const input = element("select", { id },
    ...choices.map((each) => element("option", { value: each }, each.replaceAll("_", " "))));
  return { input, read: () => input.value, write: (value) => (input.value = value) };
}

/** A slider, logarithmic where the setting is; what it stands for is written beside it. */
function sliderOf(id, { least, most, whole, scale }) {
  const input = element("input", {
    id, type: "range", min: whole ? least : 0, max: whole ? most : TICKS, step: 1,
  });
  const output = element("output", { for: id });
  const [from, to] = scale === "logarithmic" ? [Math.log10(least), Math.log10(most)] : [least, most];
  const valueAt = (tick) => {
    const place = from + (to - from) * (tick / TICKS);
    return Number((scale === "logarithmic" ? 10 ** place : place).toPrecision(3));
  };
  const tickOf = (value) =>
    (TICKS * ((scale === "logarithmic" ? Math.log10(value) : value) - from)) / (to - from);
  return {
    input,
    output,
    read: () => (whole ? Number(input.value) : valueAt(Number(input.value))),
    write(value) {
      input.value = whole ? value : tickOf(value);
      output.textContent = short(value);
      input.setAttribute("aria-valuetext", short(value));
    },
  };
}
