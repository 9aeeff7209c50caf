/** The sheet: a row for each class, a column for each latent; a click chooses a garment. */

import { element } from "./elements.js";
import { latentsOf, truncated } from "./latents.js";
import { newestOf } from "./networks.js";
import { joinedCanvas, labelled, paint } from "./painter.js";
import { COLUMNS, NO_TRUNCATION, ROWS } from "./state.js";

export class Sheet {
  /**
   * @param networks both networks
   * @param told what the page knows of the run
   * @param {{chosen: (cell) => void, drawn: (sheet) => void}} tell a click, and the end of a drawing
   */
  constructor(networks, told, tell) {
    Object.assign(this, { networks, told, tell });
    this.names = told.class_names;
    this.rows = Math.min(this.names.length || ROWS, ROWS);
    this.root = element("div", { class: "sheet", role: "grid", "aria-label": "generated images" });
    this.root.addEventListener("keydown", (event) => this.move(event));
    this.images = [];
    this.draw = newestOf((state) => this.drawAll(state));
    this.layOut();
  }

  layOut() {
    this.heads = [];
    this.cells = Array.from({ length: this.rows }, (_, row) => (
      Array.from({ length: COLUMNS }, (_, column) => this.cell(row, column))
    ));
    for (const row of this.cells) {
      const head = element("span", { class: "head", role: "rowheader" });
      this.heads.push(head);
      const cells = row.map(({ button }) => element("span", { role: "gridcell" }, button));
      const kind = this.names.length ? "" : "nameless";
      this.root.append(element("div", { role: "row", class: kind }, head, ...cells));
    }
  }

  cell(row, column) {
    const canvas = element("canvas", { width: 1, height: 1 });
    const button = element("button", {
      type: "button", tabindex: row + column ? -1 : 0, onclick: () => this.choose(row, column),
      "aria-label": this.nameOf(row, row, column),
    }, canvas);
    return { button, canvas };
  }

  nameOf(kind, row, column) {
    return `${this.names[kind] ?? `row ${row + 1}`}, latent ${column + 1}`;
  }

  choose(row, column) {
    this.focus(row, column);
    this.tell.chosen([this.first + row, column]);
  }

  focus(row, column) {
    this.cells.flat().forEach(({ button }) => button.setAttribute("tabindex", -1));
    this.cells[row][column].button.setAttribute("tabindex", 0);
    this.cells[row][column].button.focus();
  }

  move(event) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const at = this.cells.flat().findIndex(({ button }) => button === document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    const [row, column] = [Math.floor(at / COLUMNS) + step[0], (at % COLUMNS) + step[1]];
    if (this.cells[row]?.[column]) this.focus(row, column);
  }

  /** The latent of a cell (row, column), as the state has it: every class shares the column's. */
  latentOf([row, column], { seed, truncation }) {
    const number = this.names.length ? column : row * COLUMNS + column;
    if (this.seed !== seed) {
      this.latents = latentsOf(seed, this.names.length ? COLUMNS : ROWS * COLUMNS, this.told.latent_dim);
      this.seed = seed;
    }
    return truncation < NO_TRUNCATION ? truncated(this.latents[number], truncation) : this.latents[number];
  }

  /** Draws row after row; those still to come are dimmed. */
  async drawAll(state) {
    this.first = state.first;
    this.shown = state;
    this.root.setAttribute("aria-busy", "true");
    for (const row of this.root.children) row.classList.add("waiting");
    const size = this.told.image_shape.reduce((product, side) => product * side);
    for (let row = 0; row < this.rows; row++) {
      const kind = this.first + row;
      const columns = Array.from({ length: COLUMNS }, (_, column) => column);
      const latents = columns.map((column) => this.latentOf([row, column], state));
      const labels = this.names.length ? columns.map(() => ({ from: kind, to: kind, mix: 0 })) : null;
      const bytes = await this.networks.ask("generate", { latents, labels });
      this.heads[row].textContent = this.names[kind] ?? "";
      columns.forEach((column) => {
        const { button, canvas } = this.cells[row][column];
        paint(canvas, bytes.subarray(column * size, (column + 1) * size), this.told.image_shape);
        button.setAttribute("aria-label", this.nameOf(kind, row, column));
      });
      this.images[row] = bytes;
      this.root.children[row].classList.remove("waiting");
    }
    this.root.setAttribute("aria-busy", "false");
    this.tell.drawn(this);
  }

  /** Marks the two that are chosen. */
  mark(a, b) {
    this.cells.forEach((row, y) => row.forEach(({ button }, x) => {
      const is = ([r, c]) => r === this.first + y && c === x;
      const marks = [is(a) ? "A" : "", is(b) ? "B" : ""].join("");
      button.dataset.mark = marks;
      button.setAttribute("aria-pressed", String(marks !== ""));
    }));
  }

  /** The sheet as one picture, with its classes and what it was made from. */
  canvas() {
    const { seed, truncation } = this.shown;
    const bound = truncation < NO_TRUNCATION ? truncation.toFixed(1) : "off";
    return labelled(joinedCanvas(this.cells.map((row) => row.map(({ canvas }) => canvas)), 2),
      this.heads.map((head) => head.textContent),
      `seed ${seed}, truncation ${bound}; ${this.told.title}`);
  }
}
