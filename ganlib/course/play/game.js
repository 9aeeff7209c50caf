/** The game: two networks, and the steps that they take in turn. */

import { drawn, sample, SHAPES } from "./data.js";
import { accuracies, discriminatorLoss } from "./losses.js";
import { Network } from "./network.js";
import { OPTIMIZERS } from "./optimizers.js";
import { addPenalty } from "./penalties.js";
import { Random } from "../../export/web/random.js";
import { generatorLossAhead } from "./unrolled.js";

export const LATENT_DIM = 2;
/** The streams of random numbers of one seed. */
export const STREAMS = { weights: 1, training: 2, shown: 3 };

export class Game {
  /** @param settings complete ones (settings.js) */
  constructor(settings) {
    this.settings = settings;
    this.restart();
  }

  /** From the seed again. */
  restart() {
    const { networks, width, seed } = this.settings;
    const random = new Random(seed, STREAMS.weights);
    this.random = new Random(seed, STREAMS.training);
    const hidden = networks === "dirac" ? [] : [width, width, width];
    this.generator = new Network([LATENT_DIM, ...hidden, 2], 0).initialise(random);
    this.discriminator = new Network([2, ...hidden, 1], 0.2).initialise(random);
    if (networks === "dirac") this.makeDirac();
    this.average = this.generator.weights.slice();
    this.steps = 0;
    this.report = {};
    this.restartOptimizers();
  }

  /**
   * G is one point, its bias, whatever z is; D is a plane through the origin, its kernel (Mescheder
   * et al. 2018, section 2). They start at a right angle, so that the point runs around the data.
   */
  makeDirac() {
    this.generator.weights.set([0, 0, 0, 0, 1, 0]);
    this.generator.still = [0, 4];
    this.discriminator.weights.set([0, 1, 0]);
    this.discriminator.still = [2, 3];
  }

  restartOptimizers() {
    const Optimizer = OPTIMIZERS[this.settings.optimizer];
    this.optimizers = {
      generator: new Optimizer(this.generator.size),
      discriminator: new Optimizer(this.discriminator.size),
    };
  }

  /** New settings, from the next step on. True where they begin the game anew. */
  change(settings) {
    const differs = (name) => settings[name] !== this.settings[name];
    const restarts = ["networks", "width", "seed"].some(differs);
    const optimizer = differs("optimizer");
    this.settings = settings;
    if (restarts) this.restart();
    else if (optimizer) this.restartOptimizers();
    return restarts;
  }

  get shape() {
    const { data, points } = this.settings;
    return data === "drawn" ? drawn(points) : SHAPES[data];
  }

  /** What one update needs: real points, latents, noise for D's eyes, places between the two. */
  batch() {
    const { batch_size: n, noise } = this.settings;
    const blur = () => this.random.normals(2 * n).map((each) => noise * each);
    return {
      real: sample(this.shape, n, this.random),
      latents: this.random.normals(LATENT_DIM * n),
      blur: { real: blur(), fake: blur() },
      mix: Float64Array.from({ length: n }, () => this.random.uniform()),
    };
  }

  /** The points as D sees them, and what it then pays: its loss, penalty included, and gradient. */
  discriminatorGradient({ real, latents, blur, mix }) {
    const { loss: name, penalty, penalty_weight: weight } = this.settings;
    const D = this.discriminator;
    const gradient = new Float64Array(D.size);
    const seenReal = plus(real, blur.real);
    const seenFake = plus(this.generator.forward(latents).outputs, blur.fake);
    const [onReal, onFake] = [D.forward(seenReal), D.forward(seenFake)];
    const loss = discriminatorLoss(name, onReal.outputs, onFake.outputs);
    D.backward(onReal, loss.real, gradient);
    D.backward(onFake, loss.fake, gradient);
    const paid = addPenalty(penalty, weight, D, seenReal, seenFake, mix, gradient);
    const right = accuracies(name, onReal.outputs, onFake.outputs);
    return {
      gradient,
      report: {
        discriminator_loss: loss.value + paid,
        real_accuracy: right.real,
        fake_accuracy: right.fake,
      },
    };
  }

  /** G's loss and gradient, against D as it is or, unrolled, as it will be. */
  generatorGradient({ real, latents, blur }) {
    const { loss, updates, unrolled_steps: ahead } = this.settings;
    const gradient = new Float64Array(this.generator.size);
    const pass = this.generator.forward(latents);
    const { value, slope } = generatorLossAhead(
      this.discriminator, loss, plus(real, blur.real), plus(pass.outputs, blur.fake),
      updates === "unrolled" ? ahead : 0);
    this.generator.backward(pass, slope, gradient);
    return { gradient, report: { generator_loss: value } };
  }

  moveDiscriminator(gradient) {
    const { discriminator: D, settings } = this;
    if (D.still) gradient.fill(0, ...D.still);
    this.optimizers.discriminator.apply(
      D.weights, gradient, settings, settings.discriminator_learning_rate);
  }

  /** The step of G, and of the moving average of its weights, warmed up as in ganlib.noise. */
  moveGenerator(gradient) {
    const { generator: G, settings } = this;
    if (G.still) gradient.fill(0, ...G.still);
    this.optimizers.generator.apply(G.weights, gradient, settings, settings.learning_rate);
    const decay = Math.min(settings.ema_decay, (1 + this.steps) / (10 + this.steps));
    for (let k = 0; k < G.size; k++) {
      this.average[k] += (1 - decay) * (G.weights[k] - this.average[k]);
    }
  }

  stepDiscriminator() {
    const { gradient, report } = this.discriminatorGradient(this.batch());
    this.moveDiscriminator(gradient);
    Object.assign(this.report, report);
  }

  stepGenerator() {
    const { gradient, report } = this.generatorGradient(this.batch());
    this.moveGenerator(gradient);
    Object.assign(this.report, report);
  }

  /** Both from the same place: neither has seen the other's step. */
  stepBoth() {
    const batch = this.batch();
    const ofD = this.discriminatorGradient(batch);
    const ofG = this.generatorGradient(batch);
    this.moveDiscriminator(ofD.gradient);
    this.moveGenerator(ofG.gradient);
    Object.assign(this.report, ofD.report, ofG.report);
  }

  /** One step of the game: D's steps, so many as are set, then G's; or the last of D's with G's. */
  step() {
    const { updates, critic_steps: times } = this.settings;
    const both = updates === "simultaneous" && times > 0;
    for (let k = 0; k < (both ? times - 1 : times); k++) this.stepDiscriminator();
    if (both) this.stepBoth();
    else this.stepGenerator();
    this.steps += 1;
  }
}

const plus = (a, b) => a.map((value, k) => value + b[k]);
