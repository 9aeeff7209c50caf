"""The game in the plane computes what TensorFlow computes, and its games are what they say."""

from itertools import product

import javascript
import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from ganlib.course.play.widget import HERE
from ganlib.export.bundle import bundle, in_order
from ganlib.losses import LOSSES
from ganlib.penalties import PENALTIES
from ganlib.recipes import FIELDS

CLOSE = {"rtol": 1e-5, "atol": 1e-9}
WIDTH, BATCH = 5, 6
RNG = np.random.default_rng()  # seeded for each test


def node(code: str, given=None):
    return javascript.node(HERE, code, given)


class Pair:
    """Both networks in float64, with weights that the game is given too."""

    def __init__(self):
        self.generator = self.network(2, "relu", 2)
        self.discriminator = self.network(2, layers.LeakyReLU(0.2, dtype="float64"), 1)

    @staticmethod
    def network(inputs, activation, outputs):
        hidden = [layers.Dense(WIDTH, activation, dtype="float64") for _ in range(3)]
        model = keras.Sequential([keras.Input((inputs,), dtype="float64"), *hidden])
        model.add(layers.Dense(outputs, dtype="float64"))
        model.set_weights([RNG.normal(0, 0.6, w.shape) for w in model.weights])
        return model

    def weights(self):
        return {
            "generator": flat(self.generator.weights),
            "discriminator": flat(self.discriminator.weights),
        }


@pytest.fixture(autouse=True)
def seeded():
    RNG.bit_generator.state = np.random.default_rng(3).bit_generator.state


def flat(arrays) -> list[float]:
    return np.concatenate([np.ravel(a) for a in arrays]).tolist()


def batch():
    points = RNG.normal(0, 1, (BATCH, 2))
    return {
        "real": points, "latents": RNG.normal(0, 1, (BATCH, 2)),
        "blur": {"real": RNG.normal(0, 0.1, (BATCH, 2)), "fake": RNG.normal(0, 0.1, (BATCH, 2))},
        "mix": RNG.uniform(0, 1, BATCH),
    }  # fmt: skip


def listed(value):
    if isinstance(value, dict):
        return {name: listed(each) for name, each in value.items()}
    return np.ravel(value).tolist()


def discriminator_loss(pair, loss, penalty, weight, real, fake, mix):
    on = [pair.discriminator(points, training=True) for points in (real, fake)]
    value = LOSSES[loss].discriminator(*on)
    if penalty != "none":
        value += weight * PENALTIES[penalty](pair.discriminator, real, fake, mix)
    return value


def generator_loss(pair, loss, real, fake):
    logits = [pair.discriminator(fake)]
    if LOSSES[loss].paired:
        logits.append(pair.discriminator(real))
    return LOSSES[loss].generator(*logits)


STEP = """
import { Game } from "game.js";
import { complete } from "settings.js";
const run = ({ settings, weights, batches, steps }) => {
  const game = new Game(complete(settings));
  for (const name of ["generator", "discriminator"]) game[name].weights.set(weights[name]);
  const array = (value) => Array.isArray(value) ? Float64Array.from(value)
    : Object.fromEntries(Object.entries(value).map(([k, v]) => [k, array(v)]));
  const left = batches.map(array);
  game.batch = () => left.shift();
  if (!steps) {
    const [batch] = left;
    const [D, G] = [game.discriminatorGradient(batch), game.generatorGradient(batch)];
    return { D: D.gradient, G: G.gradient, report: { ...D.report, ...G.report } };
  }
  for (let k = 0; k < steps; k++) game.step();
  return { D: game.discriminator.weights, G: game.generator.weights, left: left.length };
};
"""


@pytest.mark.parametrize(("loss", "penalty"), [*product(LOSSES, ["none", *PENALTIES])])
def test_losses_penalties_and_gradients_are_tensorflows(loss, penalty):
    pair, given = Pair(), batch()
    settings = {
        "loss": loss,
        "penalty": penalty,
        "penalty_weight": 0.7,
        "width": WIDTH,
        "batch_size": 8,
    }
    ours = node(STEP, {"settings": settings, "weights": pair.weights(), "batches": [listed(given)]})
    real = tf.constant(given["real"] + given["blur"]["real"])
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        fake = pair.generator(tf.constant(given["latents"])) + given["blur"]["fake"]
        d_loss = discriminator_loss(pair, loss, penalty, 0.7, real, fake, tf.constant(given["mix"]))
        g_loss = generator_loss(pair, loss, real, fake)
    d_weights, g_weights = pair.discriminator.trainable_weights, pair.generator.trainable_weights
    np.testing.assert_allclose(ours["report"]["discriminator_loss"], d_loss, **CLOSE)
    np.testing.assert_allclose(ours["report"]["generator_loss"], g_loss, **CLOSE)
    d_gradient = d_tape.gradient(d_loss, d_weights, unconnected_gradients="zero")
    np.testing.assert_allclose(ours["D"], flat(d_gradient), **CLOSE)
    np.testing.assert_allclose(ours["G"], flat(g_tape.gradient(g_loss, g_weights)), **CLOSE)
    right = LOSSES[loss].accuracies(*(pair.discriminator(x) for x in (real, fake)))
    for name in ("real_accuracy", "fake_accuracy"):
        assert ours["report"][name] == pytest.approx(np.mean(right[name]))


@pytest.mark.parametrize("loss", LOSSES)
def test_unrolled_gradient_goes_through_every_step(loss):
    pair, given = Pair(), batch()
    settings = {
        "loss": loss,
        "updates": "unrolled",
        "unrolled_steps": 3,
        "width": WIDTH,
        "batch_size": 8,
    }
    ours = node(STEP, {"settings": settings, "weights": pair.weights(), "batches": [listed(given)]})
    real = tf.constant(given["real"] + given["blur"]["real"])
    weights = [tf.constant(w.numpy()) for w in pair.discriminator.weights]

    def judge(points):
        for k in range(0, 6, 2):
            points = tf.nn.leaky_relu(points @ weights[k] + weights[k + 1], 0.2)
        return points @ weights[6] + weights[7]

    with tf.GradientTape() as outer:
        fake = pair.generator(tf.constant(given["latents"])) + given["blur"]["fake"]
        for _ in range(3):
            with tf.GradientTape() as tape:
                tape.watch(weights)
                value = LOSSES[loss].discriminator(judge(real), judge(fake))
            moved = tape.gradient(value, weights, unconnected_gradients="zero")
            weights = [w - 0.3 * g for w, g in zip(weights, moved, strict=True)]
        logits = [judge(fake)] + [judge(real)] * LOSSES[loss].paired
        g_loss = LOSSES[loss].generator(*logits)
    np.testing.assert_allclose(ours["report"]["generator_loss"], g_loss, **CLOSE)
    gradient = outer.gradient(g_loss, pair.generator.trainable_weights)
    np.testing.assert_allclose(ours["G"], flat(gradient), **CLOSE)


@pytest.mark.parametrize(
    ("updates", "optimizer"), [*product(["alternating", "simultaneous"], ["adam", "sgd"])]
)
def test_three_steps_end_where_keras_ends(updates, optimizer):
    pair, critic_steps = Pair(), 2
    together = updates == "simultaneous"
    batches = [batch() for _ in range(3 * (critic_steps + (not together)))]
    rates = {"learning_rate": 0.002, "discriminator_learning_rate": 0.005}
    settings = rates | {
        "updates": updates, "optimizer": optimizer, "critic_steps": critic_steps, "beta_1": 0.3,
        "width": WIDTH, "loss": "relativistic", "penalty": "r1", "penalty_weight": 0.5,
    }  # fmt: skip
    given = {"settings": settings, "weights": pair.weights(), "steps": 3}
    ours = node(STEP, given | {"batches": [listed(each) for each in batches]})
    made = {"adam": lambda r: keras.optimizers.Adam(r, beta_1=0.3), "sgd": keras.optimizers.SGD}
    of_g, of_d = (made[optimizer](rate) for rate in rates.values())
    left = iter(batches)

    def gradients():
        b = next(left)
        real = tf.constant(b["real"] + b["blur"]["real"])
        with tf.GradientTape(persistent=True) as tape:
            fake = pair.generator(tf.constant(b["latents"])) + b["blur"]["fake"]
            d_loss = discriminator_loss(
                pair, "relativistic", "r1", 0.5, real, tf.stop_gradient(fake), None
            )
            g_loss = generator_loss(pair, "relativistic", real, fake)
        weights = pair.discriminator.trainable_weights, pair.generator.trainable_weights
        return tape.gradient(d_loss, weights[0]), tape.gradient(g_loss, weights[1])

    for _ in range(3):
        for k in range(critic_steps):
            d_gradient, g_gradient = gradients()
            of_d.apply(d_gradient, pair.discriminator.trainable_weights)
            if together and k == critic_steps - 1:
                of_g.apply(g_gradient, pair.generator.trainable_weights)
        if not together:
            of_g.apply(gradients()[1], pair.generator.trainable_weights)
    assert ours["left"] == 0
    # Keras keeps rates and the powers of both betas in float32.
    np.testing.assert_allclose(ours["D"], flat(pair.discriminator.weights), rtol=0, atol=1e-5)
    np.testing.assert_allclose(ours["G"], flat(pair.generator.weights), rtol=0, atol=1e-5)


GAMES = """
import { Game, STREAMS } from "game.js";
import { generated, measure, yardstick } from "measures.js";
import { PRESETS } from "presets.js";
import { Random } from "../../export/web/random.js";
import { complete } from "settings.js";
const run = ({ preset, steps, at, seeds }) => seeds.map((seed) => {
  const game = new Game(complete({ ...PRESETS[preset].settings, seed }));
  const compared = yardstick(game, 500, new Random(seed, STREAMS.shown));
  const told = [];
  while (game.steps < steps) {
    game.step();
    if (at.includes(game.steps)) {
      const [G, D] = [game.generator.weights, game.discriminator.weights];
      const points = generated(game, game.average, compared.latents);
      const mean = (k) => points.reduce((sum, x, place) => sum + (place % 2 === k ? x : 0), 0);
      told.push({
        ...measure(game, compared),
        middle: [0, 1].map((k) => mean(k) / compared.latents.length * 2),
        distance: Math.hypot(G[4], G[5], D[0], D[1]), // of the Dirac-GAN
      });
    }
  }
  return told;
});
"""
SEEDS = [0, 1, 2, 3, 4]


def game(preset, *at):
    """For each of five seeds, what is measured at these steps."""
    return node(GAMES, {"preset": preset, "steps": max(at), "at": at, "seeds": SEEDS})


def test_the_lump_moves_and_r1_spreads_it_out():
    late = (1000, 1050, 1100, 1150, 1200)
    for told in game("lump", *late):
        assert np.mean([one["modes"] for one in told]) < 3
        assert np.mean([one["divergence"] for one in told]) > 0.6
        middles = np.array([one["middle"] for one in told])
        assert np.ptp(middles, axis=0).max() > 0.5  # it does not stay where it is
    for told in game("r1", *late):
        assert np.mean([one["modes"] for one in told]) > 7
        assert np.mean([one["divergence"] for one in told]) < 0.45


def test_minimax_stands_still_where_the_other_loss_arrives():
    for told in game("saturated", 150):
        assert (told[0]["modes"], told[0]["real_accuracy"], told[0]["fake_accuracy"]) == (0, 1, 1)
        assert abs(told[0]["generator_loss"]) < 0.02
    for told in game("non_saturating", 150):
        assert told[0]["modes"] == 1
        assert told[0]["divergence"] < 0.7


def test_a_weak_discriminator_never_lets_half_the_modes_be_covered():
    for told in game("weak", *range(200, 1201, 100)):
        assert max(one["modes"] for one in told) < 4


def test_the_dirac_gan_circles_leaves_or_comes_to_rest():
    ((circle, *_), (away, *_), (rest, *_)) = (
        game(name, 300, 500) for name in ("dirac", "simultaneous", "unrolled")
    )
    assert [one["distance"] for one in circle] == pytest.approx([2**0.5] * 2, rel=0.01)
    # Exactly: each simultaneous step of 0.1 multiplies the distance by the root of 1.01.
    assert [one["distance"] for one in away] == pytest.approx(
        [2**0.5 * 1.01 ** (k / 2) for k in (300, 500)]
    )
    assert rest[1]["distance"] < 0.01


def test_a_seed_gives_the_same_game_and_another_seed_another():
    settings = {"preset": "r1", "steps": 20, "at": [20]}
    first, again, other = node(GAMES, settings | {"seeds": [3, 3, 4]})
    assert first == again != other


def test_settings_are_judged_and_an_address_brings_them_back():
    code = """
    import { complete, fromAddress, toAddress } from "settings.js";
    const tried = (given) => {
      try { return complete(given); } catch (error) { return error.name; }
    };
    const run = ({ wrong, right }) => ({
      wrong: wrong.map(tried), back: tried(fromAddress(toAddress(complete(right)))),
      address: toAddress(complete(right)), none: toAddress(complete({})),
    });
    """
    right = {"data": "drawn", "points": [[0.5, -0.25], [1, 0]], "learning_rate": 0.01, "seed": 7}
    wrong = [
        {"loss": "bad"}, {"learning_rate": 2}, {"batch_size": 9.5}, {"points": [[1]]}, {"lr": 1},
        {"width": "8"}, {"seed": None},
    ]  # fmt: skip
    told = node(code, {"wrong": wrong, "right": right})
    assert told["wrong"] == ["RangeError"] * len(wrong)
    assert right.items() <= told["back"].items()
    assert told["none"] == ""
    assert "points=0.50+-0.25+1.00+0.00" in told["address"]


def test_names_of_settings_are_the_recipes_where_it_has_them():
    code = """
    import { SETTINGS } from "settings.js";
    const run = () => Object.keys(SETTINGS);
    """
    own = {"data", "networks", "updates", "unrolled_steps", "noise", "width", "seed", "optimizer"}
    assert set(node(code)) - own <= set(FIELDS)
    losses = 'import { LOSSES } from "losses.js"; import { PENALTY_NAMES } from "penalties.js";'
    told = node(losses + "\nconst run = () => [Object.keys(LOSSES), PENALTY_NAMES];")
    assert set(told[0]) == set(LOSSES)
    assert set(told[1]) - {"none"} == set(PENALTIES)


MEASURES = """
import { covered, divergence } from "measures.js";
const run = ({ a, b, centres }) => ({
  same: divergence(a, a), apart: divergence(a, b), half: divergence([...a, ...b], a),
  covered: covered({ centres, radius: 0.2 }, a),
});
"""


def test_divergence_and_coverage_by_hand():
    a = [0.0, 0.0] * 30 + [1.0, 1.0] * 10  # three quarters of the points here, a quarter there
    told = node(MEASURES, {"a": a, "b": [-1.0, -1.0] * 40, "centres": [[0, 0], [1, 1], [-1, 1]]})
    assert told["same"] == pytest.approx(0)
    assert told["apart"] == pytest.approx(1)
    # Of (a + b) / 2 and a, which share nothing but a: H(1/4) - 1/2 bits, H the binary entropy.
    assert told["half"] == pytest.approx(0.8112781 - 0.5)
    assert told["covered"] == 2


def test_the_divergence_of_a_single_point_is_not_told():
    told = game("dirac", 1)[0][0]
    assert told["divergence"] is None and told["floor"] is None
    assert told["distance"] > 0
    assert game("lump", 1)[0][0]["divergence"] > 0


def test_the_ends_of_an_axis_differ_and_none_is_minus_nothing():
    code = """
    import { axisLabels } from "curves.js";
    const run = (ranges) => ranges.map(([low, high]) => axisLabels(low, high));
    """
    ranges = [[-0.04, 1], [0, 1.4142], [-0.0001, 0.0001], [0.101, 0.104], [-3, 52], [5, 2e5]]
    found = node(code, ranges)
    assert found[1] == ["0.0", "1.4"] and found[4] == ["-3", "52"]
    for (low, high), labels in zip(ranges, found, strict=True):
        assert not any(label.startswith("-") and float(label) == 0 for label in labels)
        assert labels[0] != labels[1] or high - low < 0.001
        assert max(map(len, labels)) <= 6


def test_every_word_of_the_controls_is_explained():
    """Data aside, whose names say what they look like."""
    code = """
    import { WORDS } from "glossary.js";
    import { SETTINGS } from "settings.js";
    const shown = (choices) => choices.filter((each) => each !== "none");
    const run = () => ({
      explained: Object.entries(WORDS).flat().join(" ").toLowerCase(),
      words: Object.entries(SETTINGS).flatMap(([name, { choices, label }]) => (
        [label, ...(name === "data" || !choices ? [] : shown(choices))])),
    });
    """
    found = node(code)
    plain = {"weight of the penalty": "weight", "adam's β₁": "β₁"}
    plain |= dict.fromkeys(("learning rate of g", "learning rate of d"), "learning rate")
    words = {word.lower() for word in found["words"]} - {"steps of d per step of g"}
    words = {plain.get(word, word.replace("_", " ")) for word in words}
    assert len(words) > 20
    assert {word for word in words if word not in found["explained"]} == set()


def test_the_data_are_where_they_are_said_to_be():
    code = """
    import { drawn, sample, SHAPES } from "data.js";
    import { covered } from "measures.js";
    import { Random } from "../../export/web/random.js";
    const run = ({ points }) => {
      const shapes = Object.entries({ ...SHAPES, drawn: drawn(points) });
      return shapes.map(([name, shape]) => {
        const found = sample(shape, 2000, new Random(0, 1));
        const furthest = Math.max(...found.map(Math.abs));
        return [name, shape.centres.length, covered(shape, found), furthest];
      });
    };
    """
    points = [[x, x / 2] for x in np.linspace(-1, 1, 40)]
    for name, modes, covered, furthest in node(code, {"points": points}):
        assert covered == modes, name
        assert furthest < 1.6, name


def test_one_script_of_all_modules_names_nothing_twice(tmp_path):
    """What the page and the widget hold is what the modules say, and Node reads it."""
    for entry in ("app.js", "worker.js"):
        path = tmp_path / entry
        path.write_text(bundle(HERE / entry), "utf-8")
        assert javascript.refused(path) == ""
        assert "\nimport " not in path.read_text("utf-8")
    needed = {*in_order(HERE / "app.js"), *in_order(HERE / "worker.js")}
    assert needed >= set(HERE.glob("*.js"))


@pytest.mark.parametrize("path", sorted(HERE.glob("*.js")), ids=lambda path: path.name)
def test_each_module_is_read_at_one_sitting(path):
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) <= 200
    assert max(map(len, lines)) <= 110
