"""From a recipe to its GAN: networks, optimizers with their schedules, loss and penalty."""

import math

import keras

from ganlib import models
from ganlib.augment import make_view
from ganlib.conditioning import AuxiliaryGAN, ConditionalGAN
from ganlib.errors import SettingsError
from ganlib.gan import GAN
from ganlib.losses import get_loss
from ganlib.penalties import Penalty
from ganlib.recipes import OPTIMIZERS, Recipe

XLA_PIXELS = 32 * 32  # the largest image whose training step XLA compiles


@keras.saving.register_keras_serializable("ganlib")
class Decay(keras.optimizers.schedules.LearningRateSchedule):
    """A constant rate that falls linearly, over the last steps of a run, to a share of itself."""

    def __init__(self, rate: float, total_steps: int, decay_share: float, decay_to: float) -> None:
        self.rate, self.total_steps = rate, total_steps
        self.decay_share, self.decay_to = decay_share, decay_to

    def __call__(self, step):
        last = self.decay_share * self.total_steps
        done = (keras.ops.cast(step, "float32") - (self.total_steps - last)) / last
        return self.rate * (1 - (1 - self.decay_to) * keras.ops.clip(done, 0.0, 1.0))

    def get_config(self) -> dict:
        return dict(vars(self))


def build_gan(
    recipe: Recipe,
    image_shape: models.ImageShape,
    num_classes: int,
    *,
    seed: int = 0,
) -> GAN:
    """The recipe's GAN with fresh weights that depend on ``seed`` alone, not yet compiled."""
    policy = keras.config.dtype_policy().name
    if policy != "float32":
        raise SettingsError(
            f"Keras's dtype policy is {policy!r}, and ganlib trains in float32: "
            'keras.config.set_dtype_policy("float32") sets it back.'
        )
    keras.utils.set_random_seed(seed)
    classes = num_classes if recipe.conditional else None
    deeper = {"depth": recipe.depth} if recipe.depth else {}
    generator = models.GENERATORS[recipe.generator](
        image_shape,
        recipe.latent_dim,
        recipe.generator_width,
        num_classes=classes,
        conditioning=recipe.generator_conditioning,
        **deeper,
    )
    extra = {"dropout": recipe.dropout} if recipe.discriminator == "mlp" else {
        "features": recipe.features, **deeper
    }  # fmt: skip
    discriminator = models.DISCRIMINATORS[recipe.discriminator](
        image_shape,
        recipe.discriminator_width,
        num_classes=classes,
        conditioning=recipe.conditioning,
        normalization=recipe.normalization,
        minibatch=recipe.minibatch,
        **extra,
    )
    common = {"latent_dim": recipe.latent_dim, "ema_decay": recipe.ema_decay, "seed": seed}
    if recipe.conditional:
        kind = AuxiliaryGAN if recipe.conditioning == "auxiliary" else ConditionalGAN
        return kind(generator, discriminator, num_classes=num_classes, **common)
    return GAN(generator, discriminator, **common)


def _pays_to_compile(gan: GAN) -> bool:
    """Whether XLA compiles the training step: faster at 28 pixels, not at 64, where a penalty's
    convolutions, differentiated twice, take it minutes."""
    return math.prod(gan.generator.output_shape[1:-1]) <= XLA_PIXELS  # points have no pixels


def compile_gan(
    gan: GAN,
    recipe: Recipe,
    *,
    epochs: int,
    steps_per_epoch: int,
    steps_per_execution: int = 1,
) -> None:
    """Gives the GAN the recipe's loss and its two optimizers with their schedules.

    ``fit`` takes ``steps_per_execution`` steps in one call, with less cost around each."""
    total_steps = epochs * steps_per_epoch

    def optimizer(rate: float, dropped_rate: float | None):
        if dropped_rate is not None:
            boundary = recipe.drop_epoch * steps_per_epoch - 1  # the last step at the old rate
            rate = keras.optimizers.schedules.PiecewiseConstantDecay(
                [boundary], [rate, dropped_rate]
            )
        elif recipe.decay_share:
            rate = Decay(rate, total_steps, recipe.decay_share, recipe.decay_to)
        return OPTIMIZERS[recipe.optimizer](rate, recipe)

    gan.compile(
        optimizer(recipe.learning_rate, None),
        optimizer(
            recipe.discriminator_learning_rate, recipe.dropped_rate if recipe.drop_epoch else None
        ),
        get_loss(recipe.loss, recipe.label_smoothing),
        penalty=None
        if recipe.penalty == "none"
        else Penalty(recipe.penalty, recipe.penalty_weight, recipe.penalty_interval),
        critic_steps=recipe.critic_steps,
        clip=recipe.clip,
        view=make_view(recipe.augment, recipe.instance_noise, total_steps),
        steps_per_execution=steps_per_execution,
        jit_compile=_pays_to_compile(gan),
    )
