"""Every builder, conditional in both ways and not, at several image shapes."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from support import raising

from ganlib import layers, models
from ganlib.errors import SettingsError

SHAPES = [(28, 28, 1), (32, 48, 3), (8, 8, 1), (64, 40, 3)]
GENERATORS = {
    "mlp": models.mlp_generator,
    "dcgan": models.dcgan_generator,
    "upsampling": models.upsampling_generator,
    "transposed": models.transposed_generator,
    "style": models.style_generator,
}
DISCRIMINATORS = {
    "mlp": models.mlp_discriminator,
    "dcgan": models.dcgan_discriminator,
    "residual": models.residual_discriminator,
}
KINDS = {
    "unconditional": {},
    "projection": {"num_classes": 5, "conditioning": "projection"},
    "planes": {"num_classes": 5, "conditioning": "planes"},
}
LATENT, WIDTH, BATCH = 8, 4, 3
LABELS = np.array([0, 4, 2], np.int32)


def noise(shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def generator_of(name, shape=(8, 8, 1), classes=None):
    return GENERATORS[name](shape, LATENT, WIDTH, num_classes=classes)


def given(x, conditional):
    return [x, LABELS] if conditional else [x]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("classes", [None, 5])
@pytest.mark.parametrize("name", GENERATORS)
def test_generators_give_images_of_the_asked_shape_and_range(name, classes, shape):
    generator = generator_of(name, shape, classes)
    assert generator.output_shape == (None, *shape)
    # Latents far outside N(0, 1): without tanh, values would leave [-1, 1].
    images = generator(given(100 * noise((BATCH, LATENT)), classes), training=True).numpy()
    assert images.shape == (BATCH, *shape)
    assert np.abs(images).max() <= 1
    assert images.min() < 0 < images.max()  # tanh, not a sigmoid
    assert not np.array_equal(images[0], images[1])


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", DISCRIMINATORS)
def test_discriminators_give_one_unbounded_logit_an_image(name, kind, shape):
    keras.utils.set_random_seed(0)
    discriminator = DISCRIMINATORS[name](shape, WIDTH, **KINDS[kind])
    assert discriminator.output_shape == (None, 1)
    inputs = given(1e6 * noise((BATCH, *shape)), kind != "unconditional")
    logits = discriminator(inputs, training=False).numpy()
    assert logits.shape == (BATCH, 1)
    assert np.abs(logits).max() > 1  # a probability would not be


def test_planes_and_projection_are_told_apart_by_the_first_layer():
    planes = models.dcgan_discriminator((8, 8, 1), WIDTH, **KINDS["planes"])
    projection = models.dcgan_discriminator((8, 8, 1), WIDTH, **KINDS["projection"])
    assert planes.trainable_variables[0].shape[2] == 1 + 5
    assert projection.trainable_variables[0].shape[2] == 1


@pytest.mark.parametrize(
    "shape, factors",
    [
        ((28, 28, 1), [1, 2]), ((32, 32, 3), [1, 2]), ((16, 16, 1), [1, 2]),
        ((64, 64, 3), [1, 2, 4]), ((128, 64, 3), [1, 2, 4]), ((128, 128, 3), [1, 2, 4, 8]),
        ((256, 256, 1), [1, 2, 4, 8, 8]), ((36, 100, 1), [1, 2]),
    ],
)  # fmt: skip
def test_a_dcgan_halves_as_often_as_the_size_asks_for(shape, factors):
    generator = models.dcgan_generator(shape, LATENT, WIDTH)
    maps = [
        (*layer.output.shape[1:3], layer.filters / WIDTH)
        for layer in generator.layers
        if isinstance(layer, keras.layers.Conv2DTranspose)
    ]
    sides = [(shape[0] >> level, shape[1] >> level) for level in range(len(factors))]
    wanted = [(*side, factor) for side, factor in zip(sides[1:], factors, strict=False)]
    assert maps == [*reversed(wanted), (*shape[:2], shape[2] / WIDTH)]
    convolutions = [
        (*layer.output.shape[1:3], layer.filters / WIDTH)
        for layer in models.dcgan_discriminator(shape, WIDTH).layers
        if isinstance(layer, keras.layers.Conv2D)
    ]
    assert convolutions == [
        (shape[0] >> level, shape[1] >> level, factor) for level, factor in enumerate(factors, 1)
    ]


@pytest.mark.parametrize("name", GENERATORS)
@pytest.mark.parametrize("shape", [(30, 28, 1), (28, 42, 1)])
def test_generators_refuse_sizes_that_are_no_multiple_of_four(name, shape):
    with raising(SettingsError, f"{shape[0]} x {shape[1]}", 4):
        generator_of(name, shape)


def test_the_convolutional_discriminator_refuses_them_too():
    with raising(SettingsError, "30 x 28", 4):
        models.dcgan_discriminator((30, 28, 1))


def test_unknown_conditioning_names_the_choices():
    for build in DISCRIMINATORS.values():
        with raising(SettingsError, "'concat'", "projection, planes, auxiliary"):
            build((8, 8, 1), num_classes=5, conditioning="concat")


@pytest.mark.parametrize("channels", [1, 3])
def test_label_planes_equal_the_one_hot_vector_everywhere(channels):
    images = noise((5, 4, 6, channels))
    labels = np.array([3, 0, 4, 1, 3])
    joined = layers.LabelPlanes(5)(images, tf.constant(labels)).numpy()
    onehot = np.eye(5)[labels]
    assert joined.shape == (5, 4, 6, channels + 5)
    np.testing.assert_array_equal(joined[..., :channels], images)
    for b, i, j, c in np.ndindex(5, 4, 6, 5):
        assert joined[b, i, j, channels + c] == onehot[b, c]


@pytest.mark.parametrize("name", DISCRIMINATORS)
def test_projection_adds_the_product_of_features_and_class_vector(name):
    extra = {"features": 6} if name == "dcgan" else {}
    discriminator = DISCRIMINATORS[name]((8, 8, 1), WIDTH, **KINDS["projection"], **extra)
    images = noise((BATCH, 8, 8, 1))
    ys, others = np.array([0, 1, 2]), np.array([4, 3, 1])
    features = keras.Model(
        discriminator.inputs, discriminator.get_layer("logit").input, name="features"
    )([images, ys]).numpy()
    vectors = discriminator.get_layer("class_vector").get_weights()[0]
    expected = ((vectors[ys] - vectors[others]) * features).sum(axis=1, keepdims=True)
    difference = discriminator([images, ys]) - discriminator([images, others])
    assert np.abs(expected).min() > 0
    np.testing.assert_allclose(difference, expected, atol=1e-5)


@pytest.mark.parametrize("conditioning", ["projection", "planes"])
@pytest.mark.parametrize("name", DISCRIMINATORS)
def test_logit_depends_on_the_label(name, conditioning):
    discriminator = DISCRIMINATORS[name]((8, 8, 1), WIDTH, num_classes=5, conditioning=conditioning)
    image = np.repeat(noise((1, 8, 8, 1)), 5, axis=0)
    logits = discriminator([image, np.arange(5)], training=False).numpy()
    assert len(np.unique(logits)) == 5


@pytest.mark.parametrize("name", GENERATORS)
def test_generator_sees_the_label_through_its_embedding_joined_to_the_latent(name):
    generator = generator_of(name, classes=5)
    latents = np.repeat(noise((1, LATENT)), 5, axis=0)
    images = generator([latents, np.arange(5)], training=False).numpy()
    assert len(np.unique(images.reshape(5, -1), axis=0)) == 5
    embedding = generator.get_layer("label_embedding")
    assert embedding.get_weights()[0].shape == (5, 32)
    first = next(layer for layer in generator.layers if isinstance(layer, keras.layers.Dense))
    assert first.kernel.shape[0] == LATENT + 32
    # Where two classes share their vector, they share their images.
    embedding.set_weights([np.ones((5, 32), np.float32)])
    images = generator([latents, np.arange(5)], training=False).numpy()
    np.testing.assert_allclose(images, np.repeat(images[:1], 5, axis=0), atol=1e-6)


@pytest.mark.parametrize("name", GENERATORS)
def test_every_weight_gets_a_gradient_also_when_compiled(name):
    # Repetition by UpSampling2D has no gradient under XLA with some interpolations.
    generator = generator_of(name, classes=5)
    discriminator = models.dcgan_discriminator((8, 8, 1), WIDTH, **KINDS["projection"])
    latents, labels = tf.constant(noise((BATCH, LATENT))), tf.constant(LABELS)

    @tf.function(jit_compile=True)
    def gradients():
        with tf.GradientTape() as tape:
            images = generator([latents, labels], training=True)
            logits = discriminator([images, labels], training=True)
            loss = tf.reduce_mean(tf.square(logits - 3))
        return tape.gradient(
            loss, generator.trainable_variables + discriminator.trainable_variables
        )

    variables = generator.trainable_variables + discriminator.trainable_variables
    for variable, gradient in zip(variables, gradients(), strict=True):
        assert gradient is not None, variable.path
        gradient = tf.convert_to_tensor(gradient)
        assert np.isfinite(gradient).all() and np.abs(gradient).max() > 0, variable.path


@pytest.mark.parametrize("name", ["mlp", "dcgan"])
def test_planes_get_gradients_to_their_own_kernel(name):
    discriminator = DISCRIMINATORS[name]((8, 8, 1), WIDTH, **KINDS["planes"])
    with tf.GradientTape() as tape:
        logits = discriminator([noise((BATCH, 8, 8, 1)), LABELS], training=True)
        loss = tf.reduce_sum(logits**2)
    gradients = tape.gradient(loss, discriminator.trainable_variables)
    assert all(gradient is not None for gradient in gradients)
    assert np.abs(gradients[0]).max() > 0


@pytest.mark.parametrize("name", GENERATORS)
def test_summary_weights_and_whole_models_survive_a_file(name, tmp_path, capsys):
    generator = generator_of(name, classes=5)
    generator.summary()
    assert "generator" in capsys.readouterr().out
    inputs = [noise((BATCH, LATENT)), LABELS]
    expected = generator(inputs, training=False).numpy()

    generator.save_weights(tmp_path / "g.weights.h5")
    other = generator_of(name, classes=5)
    assert not np.array_equal(other(inputs, training=False), expected)
    other.load_weights(tmp_path / "g.weights.h5")
    np.testing.assert_array_equal(other(inputs, training=False), expected)

    generator.save(tmp_path / "g.keras")
    whole = keras.models.load_model(tmp_path / "g.keras")
    np.testing.assert_array_equal(whole(inputs, training=False), expected)


def test_a_discriminator_with_label_planes_is_loaded_whole(tmp_path):
    discriminator = models.dcgan_discriminator((8, 8, 1), WIDTH, **KINDS["planes"])
    inputs = [noise((BATCH, 8, 8, 1)), LABELS]
    discriminator.save(tmp_path / "d.keras")
    whole = keras.models.load_model(tmp_path / "d.keras")
    np.testing.assert_array_equal(whole(inputs), discriminator(inputs))


def test_dcgan_starts_with_small_normal_weights():
    generator = models.dcgan_generator((28, 28, 1), 64, 32)
    kernels = [v.numpy() for v in generator.trainable_variables if v.path.endswith("kernel")]
    assert len(kernels) == 3
    for kernel in kernels:
        assert kernel.std() == pytest.approx(models.DCGAN_INIT, rel=0.15)


def test_batch_norm_of_the_discriminator_can_be_left_out():
    with_it = models.dcgan_discriminator((8, 8, 1), WIDTH)
    without = models.dcgan_discriminator((8, 8, 1), WIDTH, normalization="none")

    def count(network):
        return sum(isinstance(x, keras.layers.BatchNormalization) for x in network.layers)

    assert (count(with_it), count(without)) == (1, 0)
    # After the second convolution: a norm on the raw images' scale would hide their contrast.
    kinds = [type(layer).__name__ for layer in with_it.layers]
    assert kinds.index("BatchNormalization") > kinds.index("LeakyReLU")


def test_depth_adds_convolutions_that_keep_the_size_at_each_of_both_sizes():
    """Three more a size in either network: kernel 3, the width of what they are given, each
    normalised, and none of them beside the path to the output."""
    networks = {
        "generator": models.dcgan_generator((16, 8, 1), LATENT, WIDTH, depth=3),
        "discriminator": models.dcgan_discriminator((16, 8, 1), WIDTH, depth=3),
    }
    sizes = {
        "generator": 3 * [(4, 2, 8)] + 3 * [(8, 4, 4)],
        "discriminator": 3 * [(8, 4, 4)] + 3 * [(4, 2, 8)],
    }
    for name, network in networks.items():
        added = [
            layer for layer in network.layers
            if isinstance(layer, keras.layers.Conv2D) and layer.kernel_size == (3, 3)
        ]  # fmt: skip
        for layer in added:
            assert layer.input.shape == layer.output.shape
        assert [layer.output.shape[1:] for layer in added] == sizes[name]
        normalized = {
            layer.input.name for layer in network.layers
            if isinstance(layer, keras.layers.BatchNormalization)
        }  # fmt: skip
        assert all(layer.output.name in normalized for layer in added)


def test_dropout_acts_in_training_only():
    discriminator = models.mlp_discriminator((8, 8, 1), 64, dropout=0.5)
    images = [noise((BATCH, 8, 8, 1))]
    trained = [discriminator(images, training=True).numpy() for _ in range(2)]
    assert not np.array_equal(*trained)
    used = [discriminator(images, training=False).numpy() for _ in range(2)]
    np.testing.assert_array_equal(*used)
