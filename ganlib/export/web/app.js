/** The page of a run: the sheet, the way between two images, and the discriminator's opinion. */

import { Between } from "./between.js";
import { badge, copyButton, element, freshId } from "./elements.js";
import { Judge } from "./judge.js";
import { Networks } from "./networks.js";
import { Pad } from "./pad.js";
import { savePng } from "./painter.js";
import { Sheet } from "./sheet.js";
import { fromAddress, NO_TRUNCATION, ROWS, toAddress } from "./state.js";

class App {
  constructor(places, told, numbers, workerSource) {
    Object.assign(this, { places, told });
    this.networks = new Networks(workerSource, told, numbers);
    this.sheet = new Sheet(this.networks, told, {
      chosen: (cell) => this.choose(cell), drawn: (sheet) => this.judge.learn(sheet),
    });
    this.between = new Between(this.networks, told, this.sheet, (changed) => this.change(changed));
    this.judge = new Judge(this.networks, told);
    this.next = "a"; // which of the two the next click chooses
    this.readAddress();
    addEventListener("hashchange", () => {
      this.readAddress();
      if (this.seed) this.draw();
    });
  }

  readAddress() {
    const { state, problems } = fromAddress(location.hash, this.told);
    this.say(problems.length
      ? `The link is broken, so the rest of it is shown: ${problems.join("; ")}.` : "");
    this.state = state;
  }

  say(words) {
    this.places.alert.textContent = words;
  }

  /** Shows the first images before it builds the rest. */
  async start() {
    await this.networks.ready;
    this.pad = new Pad(this.told, (bytes) => this.judge.judge(bytes).catch((error) => this.fail(error)));
    this.places.sheet.replaceChildren(this.controls(), this.clicks(), this.sheet.root);
    this.places.keep.replaceChildren(...this.keeping());
    this.places.between.replaceChildren(this.between.root);
    const copy = element("button", { type: "button", onclick: () => this.pad.show(this.between.bytes) },
      "put the mixed picture on the pad");
    this.places.judge.replaceChildren(element("div", { class: "between" }, this.pad.root,
      element("div", {}, copy, this.judge.root)));
    this.draw();
  }

  controls() {
    const [seed, truncation, problem] = [freshId(), freshId(), freshId()];
    this.seed = element("input", {
      id: seed, type: "number", min: 0, max: 999999, step: 1, required: true, "aria-describedby": problem,
      onchange: () => this.takeSeed(),
    });
    this.seedProblem = element("span", { id: problem, class: "problem", role: "alert" });
    this.truncation = element("input", {
      id: truncation, type: "range", min: 0.1, max: NO_TRUNCATION, step: 0.1,
      oninput: () => this.change({ truncation: Number(this.truncation.value) }),
    });
    this.bound = element("output", { for: truncation });
    const again = element("button", { type: "button", class: "again", onclick: () => this.change({
      seed: (this.state.seed + 1) % 1_000_000,
    }) }, "new latents");
    return element("div", { class: "controls" }, again,
      element("span", {}, element("label", { for: seed }, "seed"), this.seed),
      element("span", {}, element("label", { for: truncation }, "truncation"),
        element("span", { class: "quiet" }, "ordinary "), this.truncation,
        element("span", { class: "quiet" }, " varied"), this.bound),
      ...this.pager(), this.seedProblem);
  }

  takeSeed() {
    if (this.seed.checkValidity()) {
      this.change({ seed: Number(this.seed.value) });
      return;
    }
    this.seed.setAttribute("aria-invalid", "true");
    this.seedProblem.textContent = "A seed is a whole number from 0 to 999999. "
      + `The sheet still shows seed ${this.state.seed}.`;
  }

  /** Which of the two the next click chooses: A and B in turn, or as the reader says. */
  clicks() {
    const name = freshId();
    this.turns = Object.fromEntries(["a", "b"].map((which) => [which, element("input", {
      type: "radio", name, checked: which === this.next, onchange: () => (this.next = which),
    })]));
    const words = `${name}-words`;
    return element("div", { class: "controls clicks", role: "radiogroup", "aria-labelledby": words },
      element("span", { id: words }, "Click an image. It becomes"),
      ...Object.entries(this.turns).map(([which, input]) => (
        element("label", {}, input, badge(which.toUpperCase())))));
  }

  /** Where there are more classes than rows. */
  pager() {
    const { length } = this.told.class_names;
    if (length <= ROWS) return [];
    const turn = (by) => () => this.change({
      first: Math.max(0, Math.min(length - ROWS, this.state.first + by)),
    });
    return [element("button", { type: "button", onclick: turn(-ROWS) }, "earlier classes"),
      element("button", { type: "button", onclick: turn(ROWS) }, "later classes")];
  }

  keeping() {
    return [
      element("button", { type: "button", onclick: () => savePng(this.sheet.canvas(), "sheet.png") },
        "save the sheet as PNG"),
      copyButton("copy the link", () => location.href),
    ];
  }

  choose(cell) {
    const changed = { [this.next]: cell };
    this.next = this.next === "a" ? "b" : "a";
    this.turns[this.next].checked = true;
    this.change(changed);
  }

  change(changed) {
    Object.assign(this.state, changed);
    history.replaceState(null, "", toAddress(this.state, this.told) || location.pathname + location.search);
    this.draw(["seed", "truncation", "first"].some((name) => name in changed));
  }

  draw(sheetToo = true) {
    const { seed, truncation, a, b } = this.state;
    this.seed.value = seed;
    this.seed.removeAttribute("aria-invalid");
    this.seedProblem.textContent = "";
    this.truncation.value = truncation;
    this.bound.textContent = truncation < NO_TRUNCATION ? truncation.toFixed(1) : "off";
    const state = { ...this.state };
    if (sheetToo) this.sheet.draw(state).catch((error) => this.fail(error));
    this.sheet.first = state.first;
    this.sheet.mark(a, b);
    this.judge.follow(a[0]);
    this.between.draw(state).catch((error) => this.fail(error));
  }

  fail(error) {
    this.say(`Something went wrong, and the pictures may not be the right ones: ${error.message}`);
  }
}

/**
 * Starts the page; where that cannot be, says so, and the still picture stays.
 * @param {object} told what ganlib/export/page.py tells of the run
 * @param {string} numbers the weights
 * @param {string} workerSource
 */
export function startPage(told, numbers, workerSource) {
  const places = Object.fromEntries(["alert", "sheet", "between", "keep", "judge"].map(
    (name) => [name, document.getElementById(name)],
  ));
  const fail = (error) => {
    places.alert.textContent = "This browser cannot run the networks, so you see a picture that they made "
      + `before. (${error.message})`;
  };
  try {
    new App(places, told, numbers, workerSource).start().catch(fail);
  } catch (error) {
    fail(error);
  }
}
