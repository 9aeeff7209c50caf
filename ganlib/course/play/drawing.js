/** Data drawn by the reader: with the mouse, a finger, or the keys. */

import { EXTENT } from "./data.js";

const APART = 0.06; // the least distance of two dots of one stroke
const DOTS = 400; // dots
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Drawing {
  /** @param {(points: number[][]) => void} changed hears of the dots, after each stroke */
  constructor(stage, changed) {
    this.canvas = stage.canvas;
    this.stage = stage;
    this.changed = changed;
    this.pen = null; // where the keys have brought the pen
    this.points = [];
    this.stroke = null;
    this.canvas.addEventListener("pointerdown", (event) => this.down(event));
    this.canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) {
      this.canvas.addEventListener(end, () => this.up());
    }
    this.canvas.addEventListener("keydown", (event) => this.key(event));
  }

  show({ data, points }) {
    this.active = data === "drawn";
    this.points = points;
    this.stage.hint.hidden = !this.active;
    if (!this.active) this.pen = null; // the keys bring it out
    this.canvas.classList.toggle("drawn", this.active);
    this.canvas.setAttribute("aria-label", this.active
      ? "The plane. Draw data with the pointer; or move the pen with the arrow keys, put a dot with "
        + "Enter, and clear all with Delete."
      : "The plane: the discriminator's field, the data, and the generated points.");
    this.canvas.setAttribute("role", this.active ? "application" : "img");
  }

  place({ offsetX, offsetY }) {
    const { clientWidth: width } = this.canvas;
    return [(offsetX / width) * 2 * EXTENT - EXTENT, EXTENT - (offsetY / width) * 2 * EXTENT];
  }

  down(event) {
    if (!this.active) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.stroke = [this.place(event)];
    event.preventDefault();
  }

  move(event) {
    if (!this.stroke) return;
    const [x, y] = this.place(event);
    const [lastX, lastY] = this.stroke.at(-1);
    if (Math.hypot(x - lastX, y - lastY) >= APART) this.stroke.push([x, y]);
  }

  up() {
    if (!this.stroke) return;
    this.put(this.stroke);
    this.stroke = null;
  }

  put(dots) {
    const inside = dots.filter((dot) => dot.every((each) => Math.abs(each) <= EXTENT));
    this.changed([...this.points, ...inside].slice(-DOTS));
  }

  key(event) {
    if (!this.active) return;
    const direction = KEYS[event.key];
    if (direction || event.key === "Enter" || event.key === " ") this.pen ??= [0, 0];
    if (direction) {
      const far = event.shiftKey ? 0.02 : 0.1;
      this.pen = this.pen.map((each, k) =>
        Math.max(-EXTENT, Math.min(EXTENT, each + far * direction[k])));
      this.stage.draw(this.stage.frame, this.pen);
    } else if (event.key === "Enter" || event.key === " ") {
      this.put([this.pen]);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.changed([]);
    } else {
      return;
    }
    event.preventDefault();
  }
}
