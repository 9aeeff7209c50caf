/** The picture: D's field, the points, what pushes them, and the warped grid of the latent space. */

import { EXTENT } from "./data.js";
import { colour, element, sharpContext } from "../../export/web/elements.js";
import { FIELD_SIDE, GRID_POINTS } from "./shown.js";

const LAYERS = {
  field: "D's field",
  arrows: "arrows: how each point would lower G's loss",
  grid: "grid of z", trail: "trail of the mean",
};
const ARROWS = 80;
const ARROW_SCALE = 0.25; // of the plane for a push of one
const LONGEST_ARROW = 0.35;
const TRAIL = 400; // places that the trail remembers

export class Stage {
  constructor() {
    this.canvas = element("canvas", { class: "stage", tabindex: "0", role: "img" });
    this.lattice = new OffscreenCanvas(FIELD_SIDE, FIELD_SIDE);
    this.boxes = {};
    this.trail = [];
    const layers = Object.entries(LAYERS).map(([name, words]) => {
      const box = element("input", { type: "checkbox", checked: name !== "grid" && name !== "trail" });
      box.addEventListener("change", () => this.again());
      this.boxes[name] = box;
      return element("label", {}, box, ` ${words}`);
    });
    const legend = [["real", "data"], ["fake", "generated"], ["line", "D = 0.5"]].map(([key, words]) =>
      element("span", { class: `key ${key}` }, words));
    this.hint = element("p", { class: "hint", hidden: true },
      "Click or drag in the picture to add data; or use the arrow keys and Enter. Delete clears all.");
    this.root = element("div", {}, this.hint, this.canvas, element("div", { class: "legend" }, ...legend),
      element("div", { class: "layers", role: "group", "aria-label": "what is shown" }, ...layers));
  }

  again() {
    if (this.frame) this.draw(this.frame, this.pen);
  }

  shows(name) {
    return this.boxes[name].checked;
  }

  draw(frame, pen) {
    this.remember(frame);
    [this.frame, this.pen] = [frame, pen];
    const { context, width } = sharpContext(this.canvas);
    const at = (x, y) => [((x + EXTENT) / (2 * EXTENT)) * width, ((EXTENT - y) / (2 * EXTENT)) * width];
    context.fillStyle = colour(this.canvas, "ground");
    context.fillRect(0, 0, width, width);
    if (this.shows("field")) this.drawField(context, frame.field, width);
    if (this.shows("grid")) this.drawGrid(context, frame.grid, at);
    if (this.shows("trail")) this.drawTrail(context, at);
    this.drawPoints(context, frame.real, at, "real");
    if (this.shows("arrows")) this.drawArrows(context, frame, at);
    this.drawPoints(context, frame.points, at, "fake");
    if (pen) this.drawPen(context, at(...pen));
  }

  /** The middle of the generated points, which the trail follows. */
  remember(frame) {
    if (frame === this.frame) return;
    if (frame.restarted) this.trail = [];
    const n = frame.points.length / 2;
    let [x, y] = [0, 0];
    for (let k = 0; k < n; k++) [x, y] = [x + frame.points[2 * k] / n, y + frame.points[2 * k + 1] / n];
    this.trail.push([x, y]);
    if (this.trail.length > TRAIL) this.trail.shift();
  }

  drawField(context, field, width) {
    const [low, high] = ["field-fake", "field-real"].map((name) => rgb(colour(this.canvas, name)));
    const middle = rgb(colour(this.canvas, "ground"));
    const picture = new ImageData(FIELD_SIDE, FIELD_SIDE);
    for (let k = 0; k < field.length; k++) {
      const [row, column] = [FIELD_SIDE - 1 - Math.floor(k / FIELD_SIDE), k % FIELD_SIDE];
      const strength = Math.sqrt(Math.abs(2 * field[k] - 1)); // or little would be seen
      const end = field[k] > 0.5 ? high : low;
      const mixed = middle.map((from, c) => from + strength * (end[c] - from));
      picture.data.set([...mixed, 255], 4 * (row * FIELD_SIDE + column));
    }
    this.lattice.getContext("2d").putImageData(picture, 0, 0);
    // The lattice's outer points lie on the picture's edges: half a cell of each is cut off.
    context.imageSmoothingEnabled = true;
    context.drawImage(this.lattice, 0.5, 0.5, FIELD_SIDE - 1, FIELD_SIDE - 1, 0, 0, width, width);
    this.drawLevel(context, field, width);
  }

  /** The line on which D is undecided, cell by cell ("marching squares"). */
  drawLevel(context, field, width) {
    const cell = width / (FIELD_SIDE - 1);
    const value = (column, row) => field[row * FIELD_SIDE + column] - 0.5;
    const corners = [[0, 0], [1, 0], [1, 1], [0, 1]];
    context.beginPath();
    for (let row = 0; row < FIELD_SIDE - 1; row++) {
      for (let column = 0; column < FIELD_SIDE - 1; column++) {
        const ends = [];
        corners.forEach(([dx, dy], k) => {
          const [ex, ey] = corners[(k + 1) % 4];
          const [a, b] = [value(column + dx, row + dy), value(column + ex, row + ey)];
          if (a > 0 === b > 0) return;
          const share = a / (a - b);
          ends.push([column + dx + share * (ex - dx), row + dy + share * (ey - dy)]);
        });
        ends.forEach(([x, y], k) => {
          context[k % 2 ? "lineTo" : "moveTo"](cell * x, width - cell * y);
        });
      }
    }
    context.strokeStyle = colour(this.canvas, "line");
    context.lineWidth = 1.5;
    context.stroke();
  }

  drawGrid(context, grid, at) {
    context.beginPath();
    for (let k = 0; k < grid.length / 2; k++) {
      const place = at(grid[2 * k], grid[2 * k + 1]);
      context[k % GRID_POINTS ? "lineTo" : "moveTo"](...place);
    }
    context.strokeStyle = colour(this.canvas, "grid");
    context.lineWidth = 0.8;
    context.stroke();
  }

  drawTrail(context, at) {
    context.beginPath();
    this.trail.forEach(([x, y], k) => context[k ? "lineTo" : "moveTo"](...at(x, y)));
    context.strokeStyle = colour(this.canvas, "fake");
    context.lineWidth = 1;
    context.stroke();
  }

  drawPoints(context, points, at, kind) {
    context.fillStyle = colour(this.canvas, kind);
    context.strokeStyle = colour(this.canvas, "ground");
    context.lineWidth = 0.5;
    const side = kind === "real" ? 2.2 : 2.8;
    for (let k = 0; k < points.length; k += 2) {
      const [x, y] = at(points[k], points[k + 1]);
      context.beginPath();
      // Two shapes, so that they differ without colour: dots of data, generated squares.
      if (kind === "real") context.arc(x, y, side, 0, 7);
      else context.rect(x - side, y - side, 2 * side, 2 * side);
      context.fill();
      context.stroke();
    }
  }

  drawArrows(context, { points, push }, at) {
    context.strokeStyle = colour(this.canvas, "arrow");
    context.lineWidth = 1;
    context.beginPath();
    for (let k = 0; k < 2 * ARROWS; k += 2) {
      const length = Math.hypot(push[k], push[k + 1]);
      if (!length) continue;
      const shownLength = Math.min(ARROW_SCALE * length, LONGEST_ARROW);
      const [dx, dy] = [(push[k] / length) * shownLength, (push[k + 1] / length) * shownLength];
      const from = at(points[k], points[k + 1]);
      const to = at(points[k] + dx, points[k + 1] + dy);
      const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
      context.moveTo(...from);
      context.lineTo(...to);
      for (const turn of [2.6, -2.6]) {
        context.moveTo(...to);
        context.lineTo(to[0] + 4 * Math.cos(angle + turn), to[1] + 4 * Math.sin(angle + turn));
      }
    }
    context.stroke();
  }

  drawPen(context, [x, y]) {
    context.strokeStyle = colour(this.canvas, "line");
    context.lineWidth = 2;
    context.strokeRect(x - 6, y - 6, 12, 12);
  }
}

/** Of "#rrggbb", three numbers. */
const rgb = (hex) => [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
