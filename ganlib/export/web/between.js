/** Between two garments: the latent goes along the arc from A to B, the class from A's to B's. */

import { badge, element, freshId } from "./elements.js";
import { greatCircle } from "./latents.js";
import { newestOf } from "./networks.js";
import { joinedCanvas, paint, savePng } from "./painter.js";

const SCALE = 8;

export class Between {
  /**
   * @param sheet where A and B are
   * @param {(changed: object) => void} change told of a slider
   */
  constructor(networks, told, sheet, change) {
    Object.assign(this, { networks, told, sheet, change });
    this.canvas = element("canvas", { class: "large", role: "img", "aria-label": "between A and B" });
    this.sliders = { between: this.slider("between", "latent") };
    if (told.class_names.length) this.sliders.mix = this.slider("mix", "class");
    this.words = element("p", { class: "quiet", "aria-live": "polite" });
    const save = element("button", { type: "button", onclick: () => this.save() }, "save as PNG");
    this.root = element("div", { class: "between" }, this.canvas,
      element("div", {}, ...Object.values(this.sliders).map(({ root }) => root), this.words, save));
    this.draw = newestOf((state) => this.drawNow(state));
  }

  slider(name, words) {
    const id = freshId();
    const input = element("input", {
      id, type: "range", min: 0, max: 1, step: 0.01,
      oninput: () => this.change({ [name]: Number(input.value) }),
    });
    const [from, to] = [element("span"), element("span")];
    const root = element("div", { class: "slider" },
      element("label", { for: id }, `${words}, from `, badge("A"), " to ", badge("B")),
      element("div", { class: "ends" }, from, input, to));
    return { root, input, from, to };
  }

  async drawNow(state) {
    const { a, b, between, mix } = state;
    const names = this.told.class_names;
    const latent = greatCircle(this.sheet.latentOf(a, state), this.sheet.latentOf(b, state), between);
    const labels = names.length ? [{ from: a[0], to: b[0], mix }] : null;
    const bytes = await this.networks.ask("generate", { latents: [latent], labels });
    paint(this.canvas, bytes, this.told.image_shape);
    this.bytes = bytes;
    this.tellOf(state, names);
  }

  tellOf({ a, b, between, mix }, names) {
    const percent = (share) => `${Math.round(100 * share)} %`;
    const words = !names.length ? "Latent: " : a[0] === b[0] ? `Class: ${names[a[0]]}. Latent: `
      : `Class: ${percent(1 - mix)} ${names[a[0]]}, ${percent(mix)} ${names[b[0]]}. Latent: `;
    this.words.textContent = `${words}${percent(between)} of the way from A to B.`;
    this.canvas.setAttribute("aria-label", this.words.textContent);
    for (const [name, value] of Object.entries({ between, mix })) {
      if (this.sliders[name]) this.sliders[name].input.value = value;
    }
    const { from, to } = this.sliders.mix ?? {};
    if (from) [from.textContent, to.textContent] = [names[a[0]], names[b[0]]];
    [this.sliders.between.from.textContent, this.sliders.between.to.textContent] = ["A", "B"];
  }

  save() {
    savePng(joinedCanvas([[this.canvas]], SCALE), "generated.png");
  }
}
