/** Plays the game at a pace, and tells after every few steps what there is to be seen. */

import { sample } from "./data.js";
import { Game, LATENT_DIM, STREAMS } from "./game.js";
import { generatorLoss } from "./losses.js";
import { field, generated, measure, yardstick } from "./measures.js";
import { Random } from "../../export/web/random.js";
import { complete } from "./settings.js";
import { FIELD_SIDE, GRID_LINES, GRID_POINTS, PACES } from "./shown.js";

const GRID_REACH = 2; // standard deviations of z
const SHOWN = 250; // points of each kind
const MEASURED = 1000;
const BUDGET = 9; // milliseconds of steps between two frames
const MEASURE_EVERY = 6; // frames
const FAR = 1e6; // where a point is lost for good

export class Player {
  /**
   * @param {(frame: object) => void} show is given each frame; the next waits for `seen`
   * @param {() => number} now milliseconds
   */
  constructor(show, now = () => performance.now()) {
    this.show = show;
    this.now = now;
    this.pace = "fast";
    this.playing = false;
    this.waiting = false; // for the last frame to be seen
    this.timer = null;
  }

  /** A message from the page: {do: …}. */
  hear(message) {
    const { do: what } = message;
    if (what === "settings") this.set(complete(message.settings));
    else if (what === "play") this.play(message.pace);
    else if (what === "pause") this.playing = false;
    else if (what === "turn") this.turn(message.who);
    else if (what === "restart") this.restart();
    else if (what === "seen") this.waiting = false;
    else throw new RangeError(`unknown message: ${what}`);
  }

  set(settings) {
    const before = this.game?.settings;
    if (!this.game) this.game = new Game(settings);
    const restarted = !before || this.game.change(settings);
    const data = !before || ["data", "points", "seed"].some((name) => settings[name] !== before[name]);
    if (restarted) this.begin();
    else {
      for (const [name, value] of Object.entries(settings)) {
        if (String(value) !== String(before[name])) this.changes.push([this.game.steps, name, before[name]]);
      }
      if (data) this.choosePoints();
    }
    this.frame({ measured: true, restarted });
  }

  restart() {
    this.game.restart();
    this.begin();
    this.frame({ measured: true, restarted: true });
  }

  /** What goes with a game that begins. */
  begin() {
    this.next = "discriminator";
    this.changes = []; // [step, setting, value before]
    this.frames = 0;
    this.choosePoints();
  }

  choosePoints() {
    const random = new Random(this.game.settings.seed, STREAMS.shown);
    this.yardstick = yardstick(this.game, MEASURED, random);
    this.real = sample(this.game.shape, SHOWN, random);
    this.latents = random.normals(LATENT_DIM * SHOWN);
  }

  play(pace) {
    this.pace = pace;
    this.owed = 0;
    this.last = this.now();
    if (this.playing) return;
    this.playing = true;
    this.guarded();
  }

  /** A tick; an error is shown. */
  guarded() {
    try {
      this.tick();
    } catch (error) {
      this.playing = false;
      this.show({ error: error.message });
    }
  }

  /** Some steps, perhaps a frame, and again. */
  tick() {
    if (!this.playing) return;
    if (this.lost()) {
      this.playing = false;
      throw new Error("The numbers have run away. Change a setting and press restart.");
    }
    const begun = this.now();
    if (this.pace === "fast") {
      do this.game.step();
      while (this.now() - begun < BUDGET);
    } else {
      this.payOwed(begun);
    }
    if (!this.waiting) {
      this.frames += 1;
      this.frame({ measured: this.frames % MEASURE_EVERY === 0 || this.pace !== "fast" });
    }
    setTimeout(() => this.guarded(), 0);
  }

  /** Whether the game has left the plane for good. */
  lost() {
    return !this.game.generator.weights.every((each) => Math.abs(each) < FAR);
  }

  /** The turns that are due since the last tick, no more than a second's. */
  payOwed(now) {
    const halves = 2 * PACES[this.pace];
    this.owed = Math.min(this.owed + ((now - this.last) / 1000) * halves, halves);
    this.last = now;
    for (; this.owed >= 1; this.owed -= 1) this.halfStep();
  }

  /** D's turn, then G's; where both move at once, every second turn is empty. */
  halfStep() {
    const { game } = this;
    if (game.settings.updates === "simultaneous") {
      if (this.next === "generator") game.step();
    } else if (this.next === "discriminator") {
      for (let k = 0; k < game.settings.critic_steps; k++) game.stepDiscriminator();
    } else {
      game.stepGenerator();
      game.steps += 1;
    }
    this.next = this.next === "discriminator" ? "generator" : "discriminator";
  }

  /** One step of one player alone, asked for by its button. */
  turn(who) {
    this.playing = false;
    if (who === "discriminator") this.game.stepDiscriminator();
    else this.game.stepGenerator();
    if (who === "generator") this.game.steps += 1;
    this.frame({ measured: true });
  }

  frame({ measured, restarted = false }) {
    const { game } = this;
    const points = generated(game, game.average, this.latents);
    this.waiting = true;
    this.show({
      step: game.steps,
      restarted,
      changes: this.changes,
      field: field(game, FIELD_SIDE),
      real: Float32Array.from(this.real),
      points: Float32Array.from(points),
      push: this.push(points),
      grid: game.settings.networks === "dirac" ? new Float32Array() : this.grid(),
      measures: measured ? measure(game, this.yardstick) : null,
    });
  }

  /** The direction in which each generated point lowers G's loss: its slope, the other way. */
  push(points) {
    const { discriminator: D, settings } = this.game;
    const [onFake, onReal] = [D.forward(points), D.forward(this.real)];
    const { fake } = generatorLoss(settings.loss, onFake.outputs, onReal.outputs);
    return Float32Array.from(D.backward(onFake, fake).inputs, (slope) => -slope * SHOWN);
  }

  /** Where G puts the lines of a square grid of latents: all upright ones, then all level ones. */
  grid() {
    const place = (k, n) => GRID_REACH * ((2 * k) / (n - 1) - 1);
    const lines = Array.from({ length: GRID_LINES }, (_, k) => place(k, GRID_LINES));
    const along = Array.from({ length: GRID_POINTS }, (_, k) => place(k, GRID_POINTS));
    const upright = lines.flatMap((a) => along.flatMap((b) => [a, b]));
    const level = lines.flatMap((a) => along.flatMap((b) => [b, a]));
    const latents = Float64Array.from([...upright, ...level]);
    return Float32Array.from(generated(this.game, this.game.average, latents));
  }
}

