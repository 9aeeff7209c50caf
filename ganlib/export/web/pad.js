/** A pad to draw on, at the size of the images: with a pointer, with keys, or a picture of one's own. */

import { element, freshId } from "./elements.js";
import { borderBrightness, bytesOf, paint } from "./painter.js";

const RADIUS = 1.2; // of the brush, in the image's pixels, for images of 28 pixels

export class Pad {
  /** @param {(bytes: Uint8ClampedArray) => void} changed told of every change */
  constructor(told, changed) {
    Object.assign(this, { shape: told.image_shape, ground: told.ground, changed });
    this.paper = told.ground === "bright" ? "white" : "black";
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
    this.note = element("p", { class: "quiet", role: "status" });
    this.problem = element("p", { class: "problem", role: "alert" });
    this.root = element("div", {}, this.canvas, element("div", { class: "tools" },
      this.colour.label, this.colour.input,
      element("button", { type: "button", onclick: () => this.clear() }, "clear"),
      element("label", { for: this.file.id }, "or a picture:"), this.file), this.problem, this.note);
    this.clear();
  }

  colourControl() {
    const id = freshId();
    const grey = this.channels === 1;
    const input = element("input", grey
      ? { id, type: "range", min: 0, max: 255, value: this.ground === "bright" ? 35 : 220 }
      : { id, type: "color", value: "#dddddd" });
    const words = grey ? "brightness of the brush" : "colour of the brush";
    return { input, label: element("label", { for: id }, words) };
  }

  ink() {
    const { value } = this.colour.input;
    return this.channels === 1 ? `rgb(${value}, ${value}, ${value})` : value;
  }

  clear() {
    const level = this.paper === "white" ? 255 : 0;
    this.show(new Uint8ClampedArray(this.height * this.width * this.channels).fill(level));
  }

  /** An image of bytes on the pad, in place of what was there, and of what was said of that. */
  show(bytes) {
    this.file.value = "";
    this.say("");
    this.put(bytes);
  }

  /** What was done to a picture, and what is wrong with a file. */
  say(note, problem = "") {
    [this.note.textContent, this.problem.textContent] = [note, problem];
  }

  put(bytes) {
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
      this.stroke(this.cursor, this.cursor, event.shiftKey ? this.paper : this.ink());
    } else {
      return;
    }
    event.preventDefault();
  }

  /** A picture of the reader's. */
  async open(file) {
    if (!file) return;
    try {
      const picture = await createImageBitmap(file);
      const inverted = this.fit(picture);
      this.put(this.bytes()); // grey where the images are
      this.say(inverted
        ? `Your picture has a ${this.ground === "dark" ? "bright" : "dark"} ground, and the images here `
          + `have a ${this.ground} one: it was inverted.` : "");
    } catch {
      this.file.value = "";
      this.say("", `${file.name} is not a picture that this browser can read. Choose a PNG or a JPEG.`);
    }
  }

  /** The picture in the middle of the pad, as large as it fits; whether it had to be inverted. */
  fit(picture) {
    const scale = Math.min(this.width / picture.width, this.height / picture.height);
    const [width, height] = [picture.width, picture.height].map(
      (side) => Math.max(1, Math.round(side * scale)),
    );
    const small = element("canvas", { width, height });
    const [near, context] = [small, this.canvas].map((canvas) => canvas.getContext("2d"));
    Object.assign(near, { fillStyle: this.paper, imageSmoothingQuality: "high" });
    near.fillRect(0, 0, width, height);
    near.drawImage(picture, 0, 0, width, height);
    const pixels = near.getImageData(0, 0, width, height);
    const ground = borderBrightness(pixels) > 127.5 ? "bright" : "dark";
    const inverted = this.ground !== "" && ground !== this.ground;
    if (inverted) near.putImageData(invertedPixels(pixels), 0, 0);
    context.fillStyle = this.paper;
    context.fillRect(0, 0, this.width, this.height);
    context.drawImage(small, Math.floor((this.width - width) / 2), Math.floor((this.height - height) / 2));
    return inverted;
  }
}

function invertedPixels({ data, width, height }) {
  return new ImageData(data.map((level, k) => (k % 4 === 3 ? level : 255 - level)), width, height);
}
