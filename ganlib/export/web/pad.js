/** A pad to draw on, at the size of the images: with a pointer, with keys, or a picture of one's own. */

import { element, freshId } from "./elements.js";
import { bytesOf, paint } from "./painter.js";

const RADIUS = 1.2; // of the brush, in the image's pixels, for images of 28 pixels

export class Pad {
  /** @param {(bytes: Uint8ClampedArray) => void} changed told of every change; `failed` of bad files */
  constructor(told, changed, failed) {
    Object.assign(this, { shape: told.image_shape, changed, failed });
    [this.height, this.width, this.channels] = this.shape;
    this.radius = RADIUS * Math.max(this.height, this.width) / 28;
    this.canvas = element("canvas", {
      class: "large pad", tabindex: 0, role: "application",
      "aria-label": "drawing pad: arrow keys move the brush, space paints, shift and space erases",
    });
    this.cursor = [this.width / 2, this.height / 2];
    this.last = null;
    for (const kind of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) {
      this.canvas.addEventListener(kind, (event) => this.point(event));
    }
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.colour = this.colourControl();
    this.file = element("input", {
      id: freshId(), type: "file", accept: "image/*", onchange: () => this.open(this.file.files[0]),
    });
    this.root = element("div", {}, this.canvas, element("div", { class: "tools" },
      this.colour.label, this.colour.input,
      element("button", { type: "button", onclick: () => this.clear() }, "clear"),
      element("label", { for: this.file.id }, "or a picture:"), this.file));
    this.clear();
  }

  colourControl() {
    const id = freshId();
    const grey = this.channels === 1;
    const input = element("input", grey
      ? { id, type: "range", min: 0, max: 255, value: 220 }
      : { id, type: "color", value: "#dddddd" });
    const words = grey ? "brightness of the brush" : "colour of the brush";
    return { input, label: element("label", { for: id }, words) };
  }

  ink() {
    const { value } = this.colour.input;
    return this.channels === 1 ? `rgb(${value}, ${value}, ${value})` : value;
  }

  clear() {
    this.show(new Uint8ClampedArray(this.height * this.width * this.channels));
  }

  /** An image of bytes on the pad. */
  show(bytes) {
    paint(this.canvas, bytes, this.shape);
    this.changed(this.bytes());
  }

  bytes() {
    return bytesOf(this.canvas, this.shape);
  }

  /** A line of the brush from one place to another, in the image's pixels. */
  stroke(from, to, ink) {
    const context = this.canvas.getContext("2d");
    Object.assign(context, { strokeStyle: ink, lineWidth: 2 * this.radius, lineCap: "round" });
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(to[0] + 0.01, to[1]);
    context.stroke();
    this.changed(this.bytes());
  }

  point(event) {
    if (event.type === "pointerup" || event.type === "pointercancel") {
      this.last = null;
      return;
    }
    if (event.type === "pointerdown") this.canvas.setPointerCapture(event.pointerId);
    else if (!this.last) return;
    const box = this.canvas.getBoundingClientRect();
    const here = [
      ((event.clientX - box.left) / box.width) * this.width,
      ((event.clientY - box.top) / box.height) * this.height,
    ];
    this.stroke(this.last ?? here, here, this.ink());
    this.last = here;
    event.preventDefault();
  }

  key(event) {
    const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (step) {
      const bounds = [this.width, this.height];
      this.cursor = this.cursor.map((at, k) => Math.min(bounds[k] - 1, Math.max(0, at + step[k])));
    } else if (event.key === " ") {
      this.stroke(this.cursor, this.cursor, event.shiftKey ? "black" : this.ink());
    } else {
      return;
    }
    event.preventDefault();
  }

  /** A picture of the reader's, in the middle of the pad, as large as it fits. */
  async open(file) {
    if (!file) return;
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(this.width / picture.width, this.height / picture.height);
      const [width, height] = [picture.width * scale, picture.height * scale];
      const context = this.canvas.getContext("2d");
      context.fillStyle = "black";
      context.fillRect(0, 0, this.width, this.height);
      context.imageSmoothingQuality = "high";
      context.drawImage(picture, (this.width - width) / 2, (this.height - height) / 2, width, height);
      this.failed("");
      this.show(this.bytes()); // grey where the images are
    } catch {
      this.failed(`${file.name} is not a picture that this browser can read. A PNG or a JPEG would be.`);
    }
  }
}
