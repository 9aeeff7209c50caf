"""A recipe: everything that a training run is, apart from its data and its seed."""

from dataclasses import dataclass, fields, replace

import keras
import numpy as np

from ganlib import models
from ganlib.augment import AUGMENTATIONS
from ganlib.conditioning import CONDITIONINGS, GENERATOR_CONDITIONINGS
from ganlib.errors import SettingsError, check_name
from ganlib.losses import get_loss
from ganlib.penalties import PENALTIES

OPTIMIZERS = {
    "adam": lambda rate, recipe: keras.optimizers.Adam(rate, beta_1=recipe.beta_1),
    "rmsprop": lambda rate, recipe: keras.optimizers.RMSprop(rate),
}

# The names that a field may hold; ``loss``: see losses.LOSSES.
CHOICES = {
    "generator": models.GENERATORS,
    "discriminator": models.DISCRIMINATORS,
    "conditioning": CONDITIONINGS,
    "generator_conditioning": GENERATOR_CONDITIONINGS,
    "normalization": models.NORMALIZATIONS,
    "minibatch": models.MINIBATCHES,
    "optimizer": OPTIMIZERS,
    "penalty": ("none", *PENALTIES),
    "augment": AUGMENTATIONS,
}


@dataclass(frozen=True)
class Recipe:
    """Networks, loss, optimizers and schedule of a run.

    ``conditioning``: how a conditional discriminator meets the label, "projection", "planes" or
    "auxiliary"; ``generator_conditioning``: the generator, "concatenation" or "batch_norm".
    ``depth``: further convolutions of kernel 3 in a DCGAN's networks, at each size. ``features``:
    dense features before the discriminator's logit; 0 for none.
    ``normalization``: of the discriminator, "batch", "layer", "spectral" or "none"; ``minibatch``:
    what it is told of its batch as a whole, "stddev", "discrimination" or "none".
    ``penalty``: on the discriminator's slope, "gradient_penalty", "r1", "r2", "r1_r2" or "none",
    times ``penalty_weight``, paid every ``penalty_interval`` steps. ``critic_steps``: its updates
    in a step. ``clip``: the largest weight that it may have; 0 for no limit.
    ``augment``: "diffaugment" or "none"; ``instance_noise``: standard deviation, at the start, of
    the noise on all that the discriminator sees.
    ``decay_share``: the rates fall linearly, over this last share of the run, to ``decay_to`` times
    themselves. ``drop_epoch``: from it on the discriminator's rate is ``dropped_rate``; 0: never.
    """

    name: str
    summary: str
    generator: str
    discriminator: str
    conditional: bool = False
    conditioning: str = "projection"
    generator_conditioning: str = "concatenation"
    generator_width: int = 32
    discriminator_width: int = 32
    depth: int = 0
    features: int = 0
    dropout: float = 0.0
    normalization: str = "batch"
    minibatch: str = "none"
    latent_dim: int = 128
    loss: str = "non_saturating"
    label_smoothing: float = 0.0
    penalty: str = "none"
    penalty_weight: float = 10.0
    penalty_interval: int = 1
    critic_steps: int = 1
    clip: float = 0.0
    augment: str = "none"
    instance_noise: float = 0.0
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    discriminator_learning_rate: float = 1e-3
    beta_1: float = 0.5
    decay_share: float = 0.0
    decay_to: float = 0.05
    drop_epoch: int = 0
    dropped_rate: float = 1e-4
    batch_size: int = 32
    epochs: int = 2
    ema_decay: float = 0.998


# What of a recipe can be changed, with its type.
FIELDS = {f.name: f.type for f in fields(Recipe) if f.name not in ("name", "summary")}


def changed(recipe: Recipe, overrides: dict) -> Recipe:
    """The recipe with these values, each of the type of the field: 1 becomes 1.0."""
    converted = {}
    for key, value in overrides.items():
        wanted = type(default := getattr(recipe, key))
        accepted = {int: (int, np.integer), float: (int, float, np.integer, np.floating)}
        try:
            as_number = isinstance(value, bool) and wanted is not bool
            if as_number or not isinstance(value, accepted.get(wanted, wanted)):
                raise TypeError
            converted[key] = wanted(value)
        except (TypeError, OverflowError):
            raise SettingsError(
                f"{key}={value!r} is of type {type(value).__name__}; "
                f"{key} is of type {wanted.__name__}, for example {default!r}."
            ) from None
    _check_values(made := replace(recipe, **converted))
    return made


RANGES = {
    "generator_width discriminator_width latent_dim batch_size": (
        lambda v: 1 <= v <= 4096, "from 1 to 4096"),
    "epochs penalty_interval critic_steps": (lambda v: v >= 1, "at least 1"),
    "features": (lambda v: 0 <= v <= 4096, "from 0 to 4096"),
    "depth": (lambda v: 0 <= v <= 16, "from 0 to 16"),
    "drop_epoch": (lambda v: v >= 0, "0 or more"),
    "decay_share decay_to ema_decay": (lambda v: 0 <= v <= 1, "from 0 to 1"),
    "dropout beta_1 label_smoothing": (lambda v: 0 <= v < 1, "at least 0 and below 1"),
    "learning_rate discriminator_learning_rate dropped_rate": (
        lambda v: 0 < v < float("inf"), "above 0"),
    "penalty_weight clip instance_noise": (lambda v: 0 <= v < float("inf"), "0 or more"),
}  # fmt: skip


def _check_values(recipe: Recipe) -> None:
    for field, choices in CHOICES.items():
        check_name(getattr(recipe, field), choices, what=field)
    get_loss(recipe.loss, recipe.label_smoothing)
    for names, (holds, wanted) in RANGES.items():
        for name in names.split():
            if not holds(value := getattr(recipe, name)):
                raise SettingsError(f"{name}={value!r}: it must be {wanted}.")
    if (recipe.penalty, recipe.normalization) == ("gradient_penalty", "batch"):
        raise SettingsError(
            'penalty="gradient_penalty" takes the slope at each image alone; normalization="batch" '
            'makes it depend on all of them: give normalization="layer", "spectral" or "none".'
        )
    unused = "features" if recipe.discriminator == "mlp" else "dropout"
    if value := getattr(recipe, unused):
        named = f"the discriminator {recipe.discriminator!r}"
        raise SettingsError(f"{unused}={value!r}: {named} has none; set {unused}=0.")
    deep = recipe.generator in ("dcgan", "style") and recipe.discriminator in ("dcgan", "residual")
    if recipe.depth and not deep:
        needed = 'only "dcgan" and "style" against "dcgan" and "residual" have it'
        raise SettingsError(f"depth={recipe.depth}: {needed}; set depth=0.")
