"""The recipes are what their table says, and overrides are checked."""

from dataclasses import asdict

import keras
import numpy as np
import pytest
import tensorflow as tf
from support import raising

from ganlib.building import Decay, build_gan, compile_gan
from ganlib.errors import SettingsError
from ganlib.recipes import RECIPES, get_recipe, read_recipe

IMAGES = 60_000
TINY = {"generator_width": 4, "discriminator_width": 4, "latent_dim": 8, "batch_size": 4}


def test_settings_that_the_discriminator_would_ignore_are_refused():
    with raising(SettingsError, "dropout=0.3", "'dcgan'", "dropout=0"):
        get_recipe("dcgan", dropout=0.3)
    with raising(SettingsError, "features=64", "'mlp'", "features=0"):
        get_recipe("mlp", features=64)


def layer_kinds(network):
    """Names of the layers that compute something, in order."""
    return [
        type(layer).__name__
        for layer in network.layers
        if type(layer).__name__ not in ("InputLayer", "Reshape")
    ]


def built(name, **overrides):
    recipe = get_recipe(name, **overrides)
    return build_gan(recipe, (28, 28, 1), 10)


def rates(name, *, epochs, steps_per_epoch, at, **overrides):
    """Learning rates (generator, discriminator) that the compiled optimizers use at a step."""
    recipe = get_recipe(name, **(TINY | overrides))
    gan = build_gan(recipe, (8, 8, 1), 3)
    compile_gan(gan, recipe, epochs=epochs, steps_per_epoch=steps_per_epoch)
    found = []
    for step in at:
        for optimizer in (gan.generator_optimizer, gan.discriminator_optimizer):
            optimizer.iterations.assign(step)
        found.append(
            [float(o.learning_rate) for o in (gan.generator_optimizer, gan.discriminator_optimizer)]
        )
    return np.array(found)


def test_all_names_of_the_table_exist():
    assert set(RECIPES) == {
        "mlp", "upsampling", "transposed-dense", "dcgan-two-rates", "dcgan", "dcgan-long", "cgan",
        "cgan-400",
        "style",
    }  # fmt: skip
    assert all(recipe.name == name for name, recipe in RECIPES.items())


def test_only_the_cgans_are_conditional():
    assert {name for name, r in RECIPES.items() if r.conditional} == {"cgan", "cgan-400", "style"}


def test_mlp_is_fully_connected_and_takes_20_000_steps():
    recipe, gan = get_recipe("mlp"), built("mlp")
    assert recipe.epochs * (IMAGES // recipe.batch_size) == 20_000
    kinds = set(layer_kinds(gan.generator) + layer_kinds(gan.discriminator))
    assert kinds == {"Dense", "BatchNormalization", "LeakyReLU", "Flatten"}


def test_upsampling_row():
    recipe, gan = get_recipe("upsampling"), built("upsampling")
    assert recipe.latent_dim == 128
    shapes = [layer.output.shape[1:] for layer in gan.generator.layers]
    assert (7, 7, 128) in shapes
    kinds = layer_kinds(gan.generator)
    assert kinds.count("UpSampling2D") == 2 and kinds.count("Conv2D") == 3
    assert "Conv2DTranspose" not in kinds
    kinds = layer_kinds(gan.discriminator)
    assert kinds.count("Conv2D") == 2 and kinds[-2:] == ["Flatten", "Dense"]


def test_transposed_dense_row():
    recipe, gan = get_recipe("transposed-dense"), built("transposed-dense")
    assert (recipe.batch_size, recipe.epochs, recipe.optimizer) == (128, 50, "adam")
    assert recipe.learning_rate == recipe.discriminator_learning_rate == 1e-4
    kinds = layer_kinds(gan.generator)
    assert kinds == ["Dense", "ReLU", *3 * ["Conv2DTranspose"], "Conv2D"]
    last = [x for x in gan.generator.layers if hasattr(x, "activation")]
    assert [x.activation.__name__ for x in last[-4:]] == ["relu", "relu", "relu", "tanh"]
    assert layer_kinds(gan.discriminator) == [
        "Flatten", *2 * ["Dense", "LeakyReLU", "Dropout"], "Dense",
    ]  # fmt: skip


def test_dcgan_two_rates_row():
    recipe = get_recipe("dcgan-two-rates")
    assert recipe.epochs == 400
    kinds = layer_kinds(built("dcgan-two-rates", generator_width=4).generator)
    assert kinds.count("Conv2DTranspose") == 2


def test_dcgan_two_rates_discriminator_falls_to_a_tenth_at_epoch_100_to_the_step():
    steps = 7
    at = [0, 100 * steps - 1, 100 * steps, 400 * steps - 1]
    found = rates("dcgan-two-rates", epochs=400, steps_per_epoch=steps, at=at)
    np.testing.assert_allclose(found[:, 1], [1e-3, 1e-3, 1e-4, 1e-4], rtol=1e-5)
    np.testing.assert_allclose(found[:, 0], 2e-4, rtol=1e-5)


def test_cgan_400_row():
    recipe = get_recipe("cgan-400")
    assert recipe.conditional and recipe.epochs == 400


@pytest.mark.parametrize("name", ["cgan", "cgan-400"])
def test_conditional_discriminators_project_on_a_class_vector(name):
    gan = built(name, generator_width=4, discriminator_width=4)
    vectors = gan.discriminator.get_layer("class_vector")
    recipe = get_recipe(name)
    seen = recipe.features + (recipe.minibatch == "stddev")  # the batch's deviation beside them
    assert (vectors.input_dim, vectors.output_dim) == (10, seen)


def test_decay_worked_by_hand():
    # 100 steps, the last 60 fall from 2 to 0.1 (5 %): constant to 40, halfway at 70.
    decay = Decay(2.0, 100, 0.6, 0.05)
    found = [float(decay(step)) for step in (0, 40, 55, 70, 100, 200)]
    assert found == pytest.approx([2, 2, 1.525, 1.05, 0.1, 0.1], rel=1e-5)


def test_decay_is_made_again_from_its_configuration():
    decay = Decay(2.0, 100, 0.6, 0.05)
    again = keras.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(decay))
    assert float(again(70)) == float(decay(70))


def test_decaying_recipe_reaches_its_share_at_the_last_step_of_the_run():
    settings = {"learning_rate": 1e-3, "discriminator_learning_rate": 4e-3}
    settings |= {"decay_share": 0.5, "decay_to": 0.1}
    found = rates("dcgan", epochs=4, steps_per_epoch=5, at=[0, 10, 15, 20], **settings)
    np.testing.assert_allclose(found[:, 0], [1e-3, 1e-3, 5.5e-4, 1e-4], rtol=1e-5)
    np.testing.assert_allclose(found[:, 1], 4 * found[:, 0], rtol=1e-5)


def test_rates_stay_constant_without_decay():
    found = rates("mlp", epochs=4, steps_per_epoch=5, at=[0, 20])
    assert len(np.unique(found)) == 1


def test_optimizers_follow_the_overrides():
    recipe = get_recipe("mlp", **TINY, beta_1=0.3, optimizer="adam")
    gan = build_gan(recipe, (8, 8, 1), 3)
    compile_gan(gan, recipe, epochs=1, steps_per_epoch=1)
    assert gan.generator_optimizer.beta_1 == gan.discriminator_optimizer.beta_1 == 0.3
    recipe = get_recipe("mlp", **TINY, optimizer="rmsprop", loss="hinge")
    compile_gan(gan, recipe, epochs=1, steps_per_epoch=1)
    assert isinstance(gan.generator_optimizer, keras.optimizers.RMSprop)
    assert gan.generator_optimizer is not gan.discriminator_optimizer
    assert gan.gan_loss.name == "hinge"


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_builds_and_learns_from_one_step(name):
    recipe = get_recipe(name, **TINY)
    gan = build_gan(recipe, (8, 8, 3), 3)
    compile_gan(gan, recipe, epochs=2, steps_per_epoch=3)
    # A lazy penalty chooses between two compiled steps; else Keras compiles the one that there is.
    assert gan.jit_compile or gan._chosen_step._jit_compile
    before = [network.get_weights() for network in (gan.generator, gan.discriminator)]
    images = tf.random.stateless_uniform((4, 8, 8, 3), [0, 0], -1, 1)
    logs = gan.train_step((images, tf.constant([0, 1, 2, 0])) if recipe.conditional else images)
    assert all(np.isfinite(float(value)) for value in logs.values())
    for old, network in zip(before, (gan.generator, gan.discriminator), strict=True):
        assert any(
            not np.array_equal(a, b) for a, b in zip(old, network.get_weights(), strict=True)
        )
    assert gan.generate(2).shape == (2, 8, 8, 3)


def test_fresh_weights_depend_on_the_seed_alone():
    recipe = get_recipe("cgan", **TINY)

    def weights(seed):
        gan = build_gan(recipe, (8, 8, 1), 3, seed=seed)
        return np.concatenate(
            [w.ravel() for x in (gan.generator, gan.discriminator) for w in x.get_weights()]
        )

    first = weights(4)
    keras.utils.set_random_seed(0)
    np.testing.assert_array_equal(weights(4), first)
    assert not np.array_equal(weights(5), first)


def test_unknown_recipe_and_setting_name_the_nearest():
    with raising(SettingsError, "'cgan400'", "'cgan-400'"):
        get_recipe("cgan400")
    with raising(SettingsError, "'learning_rte'", "'learning_rate'"):
        get_recipe("cgan", learning_rte=0.1)
    with raising(SettingsError, "'summary'", "learning_rate"):  # the table's own
        get_recipe("cgan", summary="mine")


@pytest.mark.parametrize(
    "key, value",
    [
        ("batch_size", True), ("batch_size", 64.0), ("batch_size", "64"), ("batch_size", None),
        ("learning_rate", "1e-3"), ("learning_rate", True), ("conditional", 1),
        ("conditional", "false"), ("loss", 3), ("epochs", 2.5),
    ],
)  # fmt: skip
def test_wrong_types_are_refused_with_an_example(key, value):
    example = repr(getattr(RECIPES["cgan"], key))
    with raising(SettingsError, f"{key}={value!r}", type(value).__name__, example):
        get_recipe("cgan", **{key: value})


@pytest.mark.parametrize("key", ["ema_decay", "learning_rate", "dropped_rate", "penalty_weight"])
@pytest.mark.parametrize("one", [1, np.int64(1), np.float32(1)], ids=repr)
def test_a_whole_number_or_numpys_will_do_for_a_rate(key, one):
    value = getattr(get_recipe("mlp", **{key: one}), key)
    assert value == 1 and type(value) is float


def test_numpys_whole_number_will_do_for_a_count():
    assert type(get_recipe("mlp", batch_size=np.int32(8)).batch_size) is int


def test_a_recipe_of_an_older_version_has_the_defaults_of_what_it_lacks():
    values = asdict(get_recipe("cgan-400", loss="hinge"))
    older = {k: v for k, v in values.items() if k not in ("depth", "ema_decay", "minibatch")}
    found = read_recipe(older)
    assert (found.depth, found.ema_decay, found.minibatch) == (0, 0.998, "none")
    assert asdict(found) | {k: values[k] for k in values.keys() - older.keys()} == values
    assert read_recipe(values) == get_recipe("cgan-400", loss="hinge")


@pytest.mark.parametrize(
    "change, said", [({"losss": "hinge"}, "'loss'"), ({"epochs": "3"}, "epochs")], ids=str
)
def test_a_recipe_from_a_file_names_what_is_wrong(change, said):
    with raising(SettingsError, said):
        read_recipe(asdict(get_recipe("cgan")) | change)
    with raising(SettingsError, "generator"):
        read_recipe({"name": "x", "summary": "", "discriminator": "mlp"})


@pytest.mark.parametrize("policy", ["mixed_float16", "float16", "bfloat16"])
def test_another_policy_than_float32_is_refused_with_the_remedy(policy):
    keras.config.set_dtype_policy(policy)
    try:
        with raising(SettingsError, repr(policy), 'keras.config.set_dtype_policy("float32")'):
            built("cgan")
    finally:
        keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize(
    "key, value, allowed",
    [
        ("generator", "mpl", ["'mlp'"]),
        ("discriminator", "dcgn", ["'dcgan'"]),
        ("conditioning", "plane", ["'planes'"]),
        ("optimizer", "adma", ["'adam'"]),
        ("loss", "hing", ["'hinge'"]),
        ("generator_width", 0, [1, 4096]),
        ("discriminator_width", 5000, [1, 4096]),
        ("latent_dim", 0, [1, 4096]),
        ("batch_size", 0, [1, 4096]),
        ("epochs", 0, [1]),
        ("epochs", -3, [1]),
        ("features", -1, [0, 4096]),
        ("depth", -1, [0, 16]),
        ("drop_epoch", -1, [0]),
        ("decay_share", 1.5, [0, 1]),
        ("decay_to", -0.1, [0, 1]),
        ("ema_decay", 1.01, [0, 1]),
        ("ema_decay", float("nan"), [0, 1]),
        ("dropout", 1.0, [0, 1]),  # every activation would be dropped
        ("beta_1", 1.0, [0, 1]),  # Adam would divide by 1 - beta_1^t = 0
        ("label_smoothing", 1.0, [0, 1]),
        ("label_smoothing", -0.1, [0, 1]),
        ("learning_rate", 0.0, [0]),
        ("discriminator_learning_rate", -1e-3, [0]),
        ("dropped_rate", 0.0, [0]),
        ("learning_rate", float("inf"), [0]),
        ("learning_rate", float("nan"), [0]),
    ],
)
def test_impossible_values_are_refused_by_name(key, value, allowed):
    with raising(SettingsError, key, repr(value), *allowed):
        get_recipe("cgan", **{key: value})


@pytest.mark.parametrize("name", ["mlp", "upsampling", "transposed-dense"])
def test_depth_is_refused_where_a_network_has_none(name):
    with raising(SettingsError, "depth=1", "dcgan", "depth=0"):
        get_recipe(name, depth=1)


def test_depth_reaches_both_networks():
    plain, deep = (
        build_gan(get_recipe("cgan", **TINY, depth=depth), (8, 8, 1), 3) for depth in (0, 2)
    )
    for network in ("generator", "discriminator"):
        more = layer_kinds(getattr(deep, network)).count("Conv2D")
        assert more - layer_kinds(getattr(plain, network)).count("Conv2D") == 2 * 2  # two sizes


def test_wasserstein_with_smoothing_is_refused():
    with raising(SettingsError, "wasserstein", "label_smoothing=0"):
        get_recipe("dcgan", loss="wasserstein", label_smoothing=0.1)
