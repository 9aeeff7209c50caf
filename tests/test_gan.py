"""The training step against one written by hand, the moving average, and ``generate``."""

import contextlib
import importlib.util

import keras
import numpy as np
import pytest
import tensorflow as tf
from support import raising, says

from ganlib import gan as gan_module
from ganlib import models
from ganlib.conditioning import ConditionalGAN
from ganlib.data.dataset import DataSet
from ganlib.data.pipeline import batches
from ganlib.errors import SettingsError
from ganlib.gan import GAN, SAMPLE_BATCH
from ganlib.layers import SpectralNorm
from ganlib.losses import get_loss
from ganlib.noise import SAMPLE, TRAIN, key_of, latents, move_average

SHAPE, LATENT, CLASSES, BATCH = (8, 8, 1), 8, 3, 6
RATE_G, RATE_D, BETA_1, BETA_2 = 0.02, 0.05, 0.5, 0.999
# A bias before a batch norm has no gradient but rounding, which Adam would blow up to a whole step.
EPSILON = 1e-3
TRACKERS = ["generator_loss", "discriminator_loss", "real_accuracy", "fake_accuracy"]


def make_gan(*, conditional=True, loss="non_saturating", rates=(RATE_G, RATE_D), **kwargs):
    """Both networks with batch norm, weights large enough that one step shows."""
    keras.utils.set_random_seed(1)
    classes = CLASSES if conditional else None
    generator = models.mlp_generator(SHAPE, LATENT, 4, num_classes=classes)
    discriminator = models.dcgan_discriminator(SHAPE, 4, num_classes=classes)
    keywords = {"latent_dim": LATENT, "seed": 5} | kwargs
    if conditional:
        gan = ConditionalGAN(generator, discriminator, num_classes=CLASSES, **keywords)
    else:
        gan = GAN(generator, discriminator, **keywords)
    optimizers = [keras.optimizers.Adam(rate, BETA_1, epsilon=EPSILON) for rate in rates]
    gan.compile(*optimizers, get_loss(loss), jit_compile=True)
    return gan


def real_batch(k=0, conditional=True):
    rng = np.random.default_rng(k)
    images = tf.constant(rng.uniform(-1, 1, (BATCH, *SHAPE)), tf.float32)
    labels = tf.constant(rng.integers(0, CLASSES, BATCH), tf.int32)
    return (images, labels) if conditional else images


def values(variables):
    return [keras.ops.convert_to_numpy(variable) for variable in variables]


def assert_all_close(found, expected, **tolerance):
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, **tolerance)


def changed(before, variables):
    return [not np.array_equal(a, b) for a, b in zip(before, values(variables), strict=True)]


class PlainAdam:
    """Kingma and Ba 2015, algorithm 1 in the order of section 2, in NumPy."""

    def __init__(self, network, rate):
        self.network, self.rate, self.t = network, rate, 0
        self.m = [np.zeros(v.shape) for v in network.trainable_variables]
        self.v = [np.zeros(v.shape) for v in network.trainable_variables]

    def apply(self, gradients):
        self.t += 1
        rate = self.rate * np.sqrt(1 - BETA_2**self.t) / (1 - BETA_1**self.t)
        for k, variable in enumerate(self.network.trainable_variables):
            g = np.array(tf.convert_to_tensor(gradients[k]), np.float64)
            self.m[k] = BETA_1 * self.m[k] + (1 - BETA_1) * g
            self.v[k] = BETA_2 * self.v[k] + (1 - BETA_2) * g**2
            change = rate * self.m[k] / (np.sqrt(self.v[k]) + EPSILON)
            variable.assign(variable.numpy() - change)


def hand_written_steps(gan, n, *, discriminator_first=True):
    """n steps with plain tapes and a NumPy Adam, on copies of the GAN's networks."""
    g, d = (keras.models.clone_model(x) for x in (gan.generator, gan.discriminator))
    g.set_weights(gan.generator.get_weights())
    d.set_weights(gan.discriminator.get_weights())
    adam_g, adam_d = PlainAdam(g, RATE_G), PlainAdam(d, RATE_D)
    for step in range(n):
        images, labels = real_batch(step)
        key = tf.random.fold_in(tf.constant([gan.seed, step]), TRAIN)
        noise = tf.random.stateless_normal((BATCH, LATENT), key)
        with tf.GradientTape() as tape_g:
            fake = g([noise, labels], training=True)
            with tf.GradientTape() as tape_d:
                # -log D(x) - log(1 - D(G(z))), the fakes taken as constants
                real_logits = d([images, labels], training=True)
                fake_logits = d([tf.constant(fake.numpy()), labels], training=True)
                loss_d = tf.reduce_mean(tf.nn.softplus(-real_logits)) + tf.reduce_mean(
                    tf.nn.softplus(fake_logits)
                )
            gradients_d = tape_d.gradient(loss_d, d.trainable_variables)
            if discriminator_first:
                adam_d.apply(gradients_d)
            loss_g = tf.reduce_mean(tf.nn.softplus(-d([fake, labels], training=True)))
        adam_g.apply(tape_g.gradient(loss_g, g.trainable_variables))
        if not discriminator_first:
            adam_d.apply(gradients_d)
    return values(g.variables), values(d.variables), float(loss_g), float(loss_d)


def test_train_step_equals_one_written_by_hand():
    gan = make_gan()
    g, d, loss_g, loss_d = hand_written_steps(gan, 2)
    wrong_order, *_ = hand_written_steps(gan, 2, discriminator_first=False)
    for step in range(2):
        gan.reset_metrics()
        logs = gan.train_step(real_batch(step))
    assert_all_close(values(gan.discriminator.variables), d, atol=2e-5)
    assert_all_close(values(gan.generator.variables), g, atol=2e-5)
    assert float(logs["generator_loss"]) == pytest.approx(loss_g, abs=1e-4)
    assert float(logs["discriminator_loss"]) == pytest.approx(loss_d, abs=1e-4)
    # The comparison can tell: the generator against the old discriminator ends elsewhere.
    assert max(np.abs(a - b).max() for a, b in zip(g, wrong_order, strict=True)) > 1e-3


def test_each_optimizer_moves_its_own_network_only_and_counts_once_a_step():
    for rates, still, moving in (((0.0, 0.1), 0, 1), ((0.1, 0.0), 1, 0)):
        gan = make_gan(rates=rates)
        networks = gan.generator, gan.discriminator
        before = [values(network.trainable_variables) for network in networks]
        gan.train_step(real_batch())
        assert not any(changed(before[still], networks[still].trainable_variables))
        assert all(changed(before[moving], networks[moving].trainable_variables))
        gan.train_step(real_batch(1))
        iterations = gan.generator_optimizer.iterations, gan.discriminator_optimizer.iterations
        assert [int(i) for i in iterations] == [2, 2]
    assert gan.optimizer is None  # Keras made no hidden third one


def test_moving_average_follows_its_formula_with_warm_up_and_batch_norm_statistics():
    gan = make_gan(ema_decay=0.22)
    assert_all_close(gan.ema_generator.get_weights(), gan.generator.get_weights(), atol=0)
    for step in (1, 2, 3):
        before = values(gan.ema_generator.variables)
        gan.train_step(real_batch(step))
        decay = min(0.22, (1 + step) / (10 + step))  # 2/11, then 3/12 and 4/13 are cut
        expected = [
            decay * average + (1 - decay) * variable
            for average, variable in zip(before, values(gan.generator.variables), strict=True)
        ]
        assert_all_close(values(gan.ema_generator.variables), expected, atol=1e-6)
        moving = [v for v in gan.ema_generator.variables if "moving" in v.path]
        assert len(moving) == 6  # mean and variance of three batch norms
    assert not gan.ema_generator.trainable_variables


def test_moving_average_of_a_generator_in_float16_is_kept_in_float32():
    def generator():
        latent = keras.Input((LATENT,), dtype="float16")
        inner = keras.Sequential([keras.layers.Dense(64, dtype="float16")])
        x = inner(latent)
        return keras.Model(latent, keras.layers.Reshape(SHAPE, dtype="float16")(x))

    gan = GAN(generator(), models.mlp_discriminator(SHAPE, 4), latent_dim=LATENT, ema_decay=0.999)
    optimizers = [keras.optimizers.SGD(0.0) for _ in range(2)]
    gan.compile(*optimizers)
    kernel, average = gan.generator.weights[0], gan.ema_generator.weights[0]
    assert (kernel.dtype, average.dtype) == ("float16", "float32")
    gan.step.assign(100_000)
    average.assign(keras.ops.ones_like(average))
    kernel.assign(keras.ops.zeros_like(kernel))
    for _ in range(3):
        move_average(
            gan.ema_generator, gan.generator, gan.step, gan.ema_decay
        )  # 0.999 ** 3; in float16 the first step is rounded, the rest lost
    np.testing.assert_allclose(keras.ops.convert_to_numpy(average), 0.999**3, atol=1e-6)


def test_spectral_norm_inside_a_nested_model_is_iterated():
    keras.utils.set_random_seed(0)
    dense = SpectralNorm(keras.layers.Dense(6, use_bias=False))
    inner = keras.Sequential([keras.Input((64,)), dense])
    image = keras.Input(SHAPE)
    logit = keras.layers.Dense(1)(inner(keras.layers.Flatten()(image)))
    generator = models.mlp_generator(SHAPE, LATENT, 4)
    gan = GAN(generator, keras.Model(image, logit), latent_dim=LATENT)
    gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
    for _ in range(30):
        gan.train_step(real_batch(conditional=False))
    largest = np.linalg.svd(dense.layer.kernel.numpy(), compute_uv=False)[0]
    np.testing.assert_allclose(float(dense.sigma()), largest, rtol=1e-3)


@pytest.mark.parametrize(
    "call",
    [
        lambda gan: gan.generate(1.5),
        lambda gan: gan.generate(True),
        lambda gan: gan.generate(2, seed=None),
        lambda gan: gan.generate(2, seed=-1),
        lambda gan: gan.sample_latents("2"),
    ],
    ids=range(5),
)
def test_numbers_of_another_type_are_refused(call):
    with pytest.raises(SettingsError, match=r"^(n|seed)="):
        call(make_gan())


def test_accuracies_count_the_logits_on_the_right_side_of_the_threshold():
    gan = make_gan(loss="least_squares", rates=(0.0, 0.0))
    seen = []
    call = gan.discriminator.call

    def spy(*args, **kwargs):
        seen.append(call(*args, **kwargs))
        return seen[-1]

    gan.discriminator.call = spy
    gan.discriminator.get_layer("logit").bias.assign([0.5])
    logs = gan.train_step(real_batch())
    real, fake, _ = (logits.numpy() for logits in seen)
    assert float(logs["real_accuracy"]) == pytest.approx((real > 0.5).mean())
    assert float(logs["fake_accuracy"]) == pytest.approx((fake <= 0.5).mean())
    assert 0 < float(logs["real_accuracy"]) + float(logs["fake_accuracy"]) < 2


def test_noise_is_a_function_of_seed_step_and_stream():
    def noise(seed, step, stream):
        return np.array(latents(4, LATENT, key_of(seed, tf.constant(step), stream)))

    np.testing.assert_array_equal(noise(5, 7, TRAIN), noise(5, 7, TRAIN))
    others = [noise(5, 7, TRAIN), noise(5, 8, TRAIN), noise(6, 7, TRAIN), noise(7, 5, TRAIN)]
    others.append(noise(5, 7, SAMPLE))
    assert len(np.unique(np.stack(others).reshape(5, -1), axis=0)) == 5
    many = latents(20_000, LATENT, key_of(0, tf.constant(0), TRAIN)).numpy()
    assert many.mean() == pytest.approx(0, abs=0.02) and many.std() == pytest.approx(1, abs=0.02)


def waves(_n, _latent_dim, step):
    """Stands in for the noise, whose bits differ between compiled and plain TensorFlow."""
    angles = tf.range(BATCH * LATENT, dtype=tf.float32) * (1 + tf.cast(step, tf.float32))
    return tf.reshape(1.4 * tf.sin(angles), (BATCH, LATENT))


@contextlib.contextmanager
def on_waves():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gan_module.noise, "key_of", lambda seed, step, stream, turn: step)
        patch.setattr(gan_module.noise, "latents", waves)
        yield


@pytest.fixture(scope="module")
def fitted():
    """A conditional GAN after a compiled ``fit`` of 2 epochs of 3 steps, and its history."""
    gan = make_gan()
    stream = tf.data.Dataset.from_generator(
        lambda: (real_batch(k) for k in range(6)),
        output_signature=(
            tf.TensorSpec((BATCH, *SHAPE)),
            tf.TensorSpec((BATCH,), tf.int32),
        ),
    )
    with on_waves():
        history = gan.fit(stream, steps_per_epoch=3, epochs=2, verbose=0)
    return gan, history


def test_fit_gives_keras_a_history_of_the_four_trackers(fitted):
    gan, history = fitted
    assert list(gan.trackers) == TRACKERS
    assert sorted(history.history) == sorted(TRACKERS)
    assert [metric.name for metric in gan.metrics] == TRACKERS
    assert all(len(column) == 2 for column in history.history.values())
    assert int(gan.step) == int(gan.discriminator_optimizer.iterations) == 6


def test_compiled_fit_equals_eager_steps(fitted):
    gan, history = fitted
    eager = make_gan()
    rows = []
    for step in range(6):
        if step % 3 == 0:
            eager.reset_metrics()
        with on_waves():
            logs = {k: float(v) for k, v in eager.train_step(real_batch(step)).items()}
        rows.append(logs)
    assert sorted(rows[0]) == sorted(TRACKERS)
    for name in TRACKERS:  # means over the epoch, not the last step's value
        assert history.history[name] == pytest.approx([rows[2][name], rows[5][name]], abs=2e-3)
    assert_all_close(gan.ema_generator.get_weights(), eager.ema_generator.get_weights(), atol=5e-3)


def test_fit_takes_images_without_labels_from_ganlibs_batches_and_arrays():
    images = np.zeros((12, 8, 8), np.uint8) + np.arange(12, dtype=np.uint8)[:, None, None] * 20
    data = DataSet(images, np.zeros(12, np.int64), ("only",), "levels")
    for arguments in (
        {"x": batches(data, 6, seed=0), "steps_per_epoch": 2},
        {"x": np.float32(images[..., None] / 127.5 - 1), "batch_size": 6},
    ):
        gan = make_gan(conditional=False)
        gan.run_eagerly, gan.jit_compile = True, False
        history = gan.fit(**arguments, verbose=0)
        assert sorted(history.history) == sorted(TRACKERS)
        assert int(gan.step) == 2


def test_summary_tells_of_both_networks(capsys):
    make_gan().summary()
    told = capsys.readouterr().out
    says(told, '"generator"', '"discriminator"')


def test_generate_depends_on_the_seed_alone():
    gan = make_gan(conditional=False)
    first = gan.generate(5, seed=3)
    assert first.shape == (5, *SHAPE) and first.dtype == np.float32
    assert np.abs(first).max() <= 1
    gan.generate(7, seed=8)
    np.random.seed(0)
    keras.utils.set_random_seed(9)
    np.testing.assert_array_equal(gan.generate(5, seed=3), first)
    assert not np.array_equal(gan.generate(5, seed=4), first)
    np.testing.assert_array_equal(gan.generate(5), gan.generate(5, seed=0))


def test_generate_in_parts_equals_the_parts():
    gan = make_gan()
    n = SAMPLE_BATCH + 7
    images = gan.generate(n, seed=2)
    assert len(images) == n
    latents, labels = gan.sample_latents(n, seed=2), np.arange(n) % CLASSES
    assert latents.shape == (n, LATENT)
    for part in (slice(0, SAMPLE_BATCH), slice(SAMPLE_BATCH, n)):
        alone = gan.generate(len(latents[part]), labels[part], latents=latents[part])
        np.testing.assert_array_equal(alone, images[part])
    assert len(np.unique(images.reshape(n, -1), axis=0)) == n


def test_generate_samples_from_the_moving_average():
    gan = make_gan(conditional=False)
    gan.train_step(real_batch(conditional=False))
    latents = gan.sample_latents(3)
    images = gan.generate(3, latents=latents)
    np.testing.assert_array_equal(images, gan.ema_generator([latents], training=False))
    assert np.abs(images - gan.generator([latents], training=False)).max() > 1e-4


def test_labels_default_to_the_classes_in_turn():
    gan = make_gan()
    images = gan.generate(5)
    np.testing.assert_array_equal(images, gan.generate(5, [0, 1, 2, 0, 1]))
    assert not np.array_equal(images, gan.generate(5, [0, 0, 0, 0, 0]))


@pytest.mark.parametrize(
    "labels, parts",
    [
        ([0, 1, 3, 0], ["(4,)", 0, 3, 2]),
        ([0, -1, 2, 0], ["(4,)", -1, 2, 0]),
        ([0, 1, 2], ["(3,)", "(4,)"]),
        (1, ["()", "(4,)"]),
        ([[0], [1], [2], [0]], ["(4, 1)", "(4,)"]),
        ([0.0, 1.0, 2.0, 0.0], ["(4,)", "float64"]),
        ([True, False, True, False], ["(4,)", "bool"]),
        (["0", "1", "2", "0"], ["(4,)", "<U1"]),
    ],
)
def test_impossible_labels_are_refused(labels, parts):
    with raising(SettingsError, "labels", *parts):
        make_gan().generate(4, labels)


def test_an_unconditional_gan_refuses_labels():
    for labels, shape in (([0, 1], "(2,)"), ([[0], [1, 2]], "(2,)"), (tf.zeros((2, 1)), "(2, 1)")):
        with raising(SettingsError, "labels", shape, "conditional"):
            make_gan(conditional=False).generate(2, labels)


@pytest.mark.parametrize("n", [0, -1])
def test_fewer_than_one_image_is_refused(n):
    with raising(SettingsError, f"n={n}", 1):
        make_gan().generate(n)


def test_latents_of_another_shape_are_refused():
    gan = make_gan()
    for shape in ((3, LATENT), (4, LATENT + 1), (LATENT,)):
        with raising(SettingsError, "latents", shape, "(4, 8)"):
            gan.generate(4, latents=np.zeros(shape))


def test_another_backend_is_refused_by_name(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    spec = importlib.util.spec_from_file_location("a_second_gan", gan_module.__file__)
    with raising(ImportError, "'jax'", "KERAS_BACKEND=tensorflow"):
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), 2e6, -2e6])
def test_the_first_unsound_loss_is_remembered_with_its_step(bad):
    gan = make_gan()
    fine = tf.constant(0.7)
    gan._watch(tf.constant(0), fine, tf.constant(-9e5))
    assert int(gan.diverged_at) == -1
    gan._watch(tf.constant(4), fine, tf.constant(bad))
    gan._watch(tf.constant(5), tf.constant(bad), fine)
    gan._watch(tf.constant(6), fine, fine)
    assert int(gan.diverged_at) == 5  # counted from 1
