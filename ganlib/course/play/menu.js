/** The games to begin with, one sentence and one question each. */

import { element, freshId } from "../../export/web/elements.js";
import { PRESETS } from "./presets.js";

export class Menu {
  /** @param {(name: string) => void} chosen hears of a preset */
  constructor(chosen) {
    const id = freshId();
    this.chosen = chosen;
    this.words = element("p", { "aria-live": "polite" });
    this.answer = element("details", { hidden: true });
    this.select = element("select", { id, onchange: () => this.choose() },
      element("option", { value: "" }, "choose …"),
      ...Object.entries(PRESETS).map(([name, { title }]) => element("option", { value: name }, title)));
    this.root = element("div", { class: "menu" },
      element("label", { for: id }, "game "), this.select, this.words, this.answer);
  }

  choose() {
    this.show(this.select.value);
    if (this.select.value) this.chosen(this.select.value);
  }

  /** The words of a preset, or of none. */
  show(name) {
    this.select.value = name;
    const { sentence = "", question = "", answer } = PRESETS[name] ?? {};
    this.words.replaceChildren(sentence, " ", element("strong", {}, question));
    this.answer.hidden = !answer;
    this.answer.open = false;
    this.answer.replaceChildren(element("summary", {}, "answer"), answer ?? "");
  }
}
