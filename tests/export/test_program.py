"""A network's program, run by Node, gives what Keras gives."""

import keras
import numpy as np
import pytest
from javascript import node
from support import NARROW, raising

from ganlib.building import build_gan
from ganlib.errors import SettingsError
from ganlib.export.page import WEB
from ganlib.export.program import program_of
from ganlib.recipes import get_recipe

SHAPE, CLASSES, N = (8, 12, 3), 4, 5
CLOSE = {"rtol": 1e-5, "atol": 1e-5}
RUN = """
import { run as result, sharesOf } from "program.js";
import { tensor } from "operations.js";
const tensorOf = ({ data, shape }) => tensor(Float32Array.from(data), shape);
const run = ({ program, inputs, labels, classes }) => {
  const arrays = program.arrays.map(tensorOf);
  const given = {};
  for (const [name, each] of Object.entries(inputs)) given[name] = tensorOf(each);
  if (labels) given.label = sharesOf(labels, classes);
  return [...result({ ...program, arrays }, given).data];
};
"""


def told(array) -> dict:
    return {"data": np.ravel(array).tolist(), "shape": list(np.shape(array))}


def run_in_node(program, inputs: dict, labels=None) -> np.ndarray:
    given = {
        "program": {"steps": program.steps, "arrays": [told(each) for each in program.arrays]},
        "inputs": {name: told(each) for name, each in inputs.items()},
        "labels": None if labels is None else labels.tolist(),
        "classes": CLASSES,
    }
    return np.array(node(WEB, RUN, given))


def scrambled(network: keras.Model, rng) -> keras.Model:
    """The network with weights as after a long training: no batch norm is the identity."""
    for weight in network.weights:
        values = rng.normal(0, 0.3, weight.shape)
        if "variance" in weight.path or "gamma" in weight.path or weight.path.endswith("scale"):
            values = np.abs(values) + 0.5
        weight.assign(values)
    return network


GENERATORS = {
    "mlp": ("mlp", {}),
    "dcgan, deeper": ("dcgan", {"depth": 1}),
    "by class": ("cgan", {}),
    "batch norm by class": ("cgan", {"generator_conditioning": "batch_norm"}),
    "upsampling": ("dcgan", {"generator": "upsampling"}),
    "upsampling by class": ("cgan", {"generator": "upsampling"}),
    "stride 1": ("dcgan", {"generator": "transposed-dense"}),
    "style": ("style", {"depth": 1}),
    "style without classes": ("style", {"conditional": False}),
}
DISCRIMINATORS = {
    "mlp": ("mlp", {"dropout": 0.3}),
    "dcgan, deeper": ("dcgan", {"depth": 1}),
    "spectral": ("dcgan", {"normalization": "spectral"}),
    "layer norm": ("dcgan", {"normalization": "layer"}),
    "projection": ("cgan", {"conditioning": "projection"}),
    "planes": ("cgan", {"conditioning": "planes"}),
    "auxiliary": ("cgan", {"conditioning": "auxiliary"}),
    "deviation of the batch": ("cgan", {"minibatch": "stddev"}),
    "residual": ("style", {"depth": 1, "minibatch": "none"}),
    "closeness in the batch": ("dcgan", {"minibatch": "discrimination"}),
}


def gan_of(name: str, changed: dict):
    return build_gan(get_recipe(name, **NARROW, **changed), SHAPE, CLASSES, seed=1)


@pytest.mark.parametrize(("name", "changed"), GENERATORS.values(), ids=GENERATORS)
def test_a_generator_gives_the_images_that_keras_gives(name, changed):
    rng, gan = np.random.default_rng(1), gan_of(name, changed)
    generator = scrambled(gan.generator, rng)
    latents = rng.normal(size=(N, NARROW["latent_dim"])).astype("float32")
    labels = np.arange(N) % CLASSES if gan.conditional else None
    expected = generator([latents, labels] if gan.conditional else [latents], training=False)
    found = run_in_node(program_of(generator), {"latent": latents}, labels)
    assert np.std(expected) > 0.1  # or it says little that both are alike
    np.testing.assert_allclose(found, np.ravel(expected), **CLOSE)


@pytest.mark.parametrize(("name", "changed"), DISCRIMINATORS.values(), ids=DISCRIMINATORS)
def test_a_discriminator_judges_as_keras_does(name, changed):
    """One that looks at its batch: an image beside the company that the program was given."""
    rng, gan = np.random.default_rng(2), gan_of(name, changed)
    discriminator = scrambled(gan.discriminator, rng)
    images = rng.uniform(-1, 1, (N, *SHAPE)).astype("float32")
    labels = np.arange(N) % CLASSES
    company = rng.uniform(-1, 1, (40, *SHAPE)).astype("float32")
    with_labels = [company, np.arange(40) % CLASSES] if gan.conditional else [company]
    given = labels if gan.conditional else None
    found = run_in_node(program_of(discriminator, with_labels), {"image": images}, given)
    expected = []
    for k in range(N):
        batch = np.concatenate([company, images[k : k + 1]])
        inputs = [batch, np.append(with_labels[1], labels[k])] if gan.conditional else [batch]
        expected.append(np.asarray(discriminator(inputs, training=False))[-1])
    # One image more or less in the batch hardly moves its deviation.
    close = {"rtol": 0.01, "atol": 0.01} if changed.get("minibatch") == "stddev" else CLOSE
    np.testing.assert_allclose(found, np.ravel(expected), **close)


def test_one_image_is_judged_for_every_label_at_once():
    gan = gan_of("cgan", {})
    rng = np.random.default_rng(3)
    scrambled(gan.discriminator, rng)
    image = rng.uniform(-1, 1, (1, *SHAPE)).astype("float32")
    labels = np.arange(CLASSES)
    company = [np.repeat(image, 8, axis=0), np.zeros(8, int)]
    program = program_of(gan.discriminator, company)
    alone = [run_in_node(program, {"image": image}, labels[k : k + 1])[0] for k in labels]
    np.testing.assert_allclose(run_in_node(program, {"image": image}, labels), alone, rtol=1e-6)


def test_half_of_a_class_and_half_of_another_is_the_mean_of_their_vectors():
    gan = gan_of("cgan", {})
    scrambled(gan.generator, np.random.default_rng(4))
    program = program_of(gan.generator)
    embedding = program.steps[0]
    assert embedding["op"] == "embed"
    table = program.arrays[embedding["weights"][0]]
    program.steps = [embedding]
    mixed = run_in_node(program, {"label": np.array([[0.5, 0, 0.5, 0]])})
    np.testing.assert_allclose(mixed, (table[0] + table[2]) / 2, rtol=1e-6)


@pytest.mark.parametrize("label", [-1, CLASSES, 0.5])
def test_a_label_that_is_none_is_refused(label):
    code = """
    import { sharesOf } from "program.js";
    const run = ({ label }) => {
      try { return sharesOf([0, label], 4).data; } catch (error) { return error.message; }
    };
    """
    said = node(WEB, code, {"label": label})
    assert str(label) in said and "3" in said
    assert node(WEB, code, {"label": 3}) == [1, 0, 0, 0, 0, 0, 0, 1]


def test_a_layer_that_no_program_has_is_refused_by_name():
    x = keras.Input((4,), name="latent")
    strange = keras.Model(x, keras.layers.GaussianNoise(1.0, name="odd")(x))
    with raising(SettingsError, "odd", "GaussianNoise", "Dense"):
        program_of(strange)
    with raising(SettingsError, "gelu"):
        program_of(keras.Model(x, keras.layers.Dense(2, activation="gelu")(x)))


def test_what_was_folded_into_another_layer_cannot_be_asked_for():
    """A batch norm changes the layer before it, so nobody else may read that layer's result."""
    x = keras.Input((4,), name="latent")
    hidden = keras.layers.Dense(4)(x)
    normed = keras.layers.BatchNormalization()(hidden)
    with pytest.raises(KeyError):
        program_of(keras.Model(x, keras.layers.Add()([normed, hidden])))


def test_large_images_become_bytes_a_few_at_a_time():
    """Ten images of 64 x 64 in colour are more numbers than a call takes arguments."""
    code = """
    import { bytesOf } from "program.js";
    const run = ({ count, size, batch }) => {
      const bytes = bytesOf(count, size, batch, (from, to) => {
        const length = (to - from) * size;
        return Float32Array.from({ length }, (_, k) => (from * size + k) % 3 - 1);
      });
      return [bytes.length, ...bytes.slice(0, 3), ...bytes.slice(-3)];
    };
    """
    size = 64 * 64 * 3
    found = node(WEB, code, {"count": 25, "size": size, "batch": 10})
    assert found == [25 * size, 0, 128, 255, 0, 128, 255]
