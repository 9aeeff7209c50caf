/** The page of a run: the sheet, the way between two images, and the discriminator's opinion. */

import { Between } from "./between.js";
import { element, freshId } from "./elements.js";
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
    this.pad = new Pad(this.told, (bytes) => this.judge.judge(bytes).catch((error) => this.fail(error)),
      (words) => this.say(words));
    this.places.sheet.replaceChildren(this.controls(), this.sheet.root, this.sheetButtons());
    this.places.between.replaceChildren(this.between.root);
    const copy = element("button", { type: "button", onclick: () => this.pad.show(this.between.bytes) },
      "put the picture above on the pad");
    this.places.judge.replaceChildren(element("div", { class: "between" }, this.pad.root,
      element("div", {}, copy, this.judge.root)));
    this.draw();
  }

  controls() {
    const [seed, truncation] = [freshId(), freshId()];
    this.seed = element("input", {
      id: seed, type: "number", min: 0, max: 999999, step: 1,
      onchange: () => this.seed.checkValidity() && this.change({ seed: Number(this.seed.value) }),
    });
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
      element("span", {}, element("label", { for: truncation }, "truncation"), this.truncation, this.bound),
      ...this.pager());
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

  sheetButtons() {
    const link = element("button", { type: "button", onclick: () => this.copyLink(link) }, "copy the link");
    return element("div", { class: "controls" },
      element("button", { type: "button", onclick: () => savePng(this.sheet.canvas(), "sheet.png") },
        "save the sheet as PNG"), link);
  }

  async copyLink(button) {
    const words = button.textContent;
    try {
      await navigator.clipboard.writeText(location.href);
      button.textContent = "copied";
    } catch {
      button.textContent = "the address of this page is the link";
    }
    setTimeout(() => (button.textContent = words), 2000);
  }

  choose(cell) {
    const changed = { [this.next]: cell };
    this.next = this.next === "a" ? "b" : "a";
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
    this.truncation.value = truncation;
    this.bound.textContent = truncation < NO_TRUNCATION ? truncation.toFixed(1) : "off";
    const state = { ...this.state };
    if (sheetToo) this.sheet.draw(state).catch((error) => this.fail(error));
    this.sheet.first = state.first;
    this.sheet.mark(a, b);
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
  const places = Object.fromEntries(["alert", "sheet", "between", "judge"].map(
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
