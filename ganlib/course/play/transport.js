/** Play, pause, single turns, the pace, and from the seed again. */

import { element } from "../../export/web/elements.js";
import { PACES } from "./shown.js";

export class Transport {
  /** @param {(message: object) => void} send tells the worker */
  constructor(send) {
    this.send = send;
    this.button = element("button", { type: "button", class: "play", onclick: () => this.toggle() });
    this.pace = element("select", { "aria-label": "pace", onchange: () => this.playing && this.start() },
      ...Object.keys(PACES).map((name) => element("option", { value: name }, name)));
    this.pace.value = "steady";
    const turn = (who, words) => element("button", {
      type: "button",
      onclick: () => this.stopped(() => send({ do: "turn", who })),
    }, words);
    this.root = element("div", { class: "transport", role: "group", "aria-label": "the game" },
      this.button, turn("discriminator", "one step of D"), turn("generator", "one step of G"), this.pace,
      element("button", { type: "button", onclick: () => send({ do: "restart" }) }, "restart"));
    this.stopped();
  }

  toggle() {
    if (this.playing) this.stopped(() => this.send({ do: "pause" }));
    else this.start();
  }

  start(pace = this.pace.value) {
    this.pace.value = pace;
    this.playing = true;
    this.button.textContent = "pause";
    this.send({ do: "play", pace: this.pace.value });
  }

  stopped(andThen = () => {}) {
    this.playing = false;
    this.button.textContent = "play";
    andThen();
  }
}
