"""The recipes that have a name."""

from dataclasses import MISSING, fields
from typing import Any

from ganlib.errors import SettingsError, check_name
from ganlib.recipe import FIELDS, OPTIMIZERS, Recipe, changed

__all__ = [
    "FIELDS",
    "KEPT_IN_CHECK",
    "OPTIMIZERS",
    "RECIPES",
    "Recipe",
    "get_recipe",
    "read_recipe",
]

# R3GAN's loss and penalties (Huang et al. 2024), a discriminator that sees how varied its batch is,
# deeper networks: after eight epochs a quarter of the plain loss's Fréchet distance (tried.csv).
KEPT_IN_CHECK: dict[str, Any] = {
    "loss": "relativistic",
    "penalty": "r1_r2",
    "penalty_weight": 0.1,
    "penalty_interval": 8,
    "minibatch": "stddev",
    "depth": 1,
    "ema_decay": 0.9995,
}

RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            "mlp",
            "the vanilla GAN, fully connected; 20,000 steps on 60,000 images",
            generator="mlp",
            discriminator="mlp",
            generator_width=128,
            discriminator_width=256,
            normalization="none",
            learning_rate=5e-4,
            discriminator_learning_rate=5e-4,
            batch_size=120,
            epochs=40,
            ema_decay=0.999,
        ),
        Recipe(
            "upsampling",
            "upsampling and convolutions; discriminator of convolutions, flatten, dense",
            generator="upsampling",
            discriminator="dcgan",
            learning_rate=2e-4,
            discriminator_learning_rate=2e-4,
            batch_size=64,
            epochs=20,
        ),
        Recipe(
            "transposed-dense",
            "three transposed convolutions against a fully connected discriminator with dropout",
            generator="transposed-dense",
            discriminator="mlp",
            discriminator_width=256,
            normalization="none",
            dropout=0.3,
            learning_rate=1e-4,
            discriminator_learning_rate=1e-4,
            batch_size=128,
            epochs=50,
        ),
        Recipe(
            "dcgan-two-rates",
            "DCGAN whose discriminator's rate goes from 1e-3 to 1e-4 after 100 epochs",
            generator="dcgan",
            discriminator="dcgan",
            generator_width=64,
            discriminator_width=64,
            learning_rate=2e-4,
            discriminator_learning_rate=1e-3,
            drop_epoch=100,
            dropped_rate=1e-4,
            batch_size=128,
            epochs=400,
        ),
        Recipe(
            "dcgan",
            "the default without labels: narrow, many small steps, rates that decay",
            generator="dcgan",
            discriminator="dcgan",
            generator_width=48,
            features=128,
            latent_dim=32,
            beta_1=0.0,
            decay_share=0.6,
            epochs=3,
        ),
        Recipe(
            "cgan",
            "the default with labels: as dcgan, with a projection discriminator",
            generator="dcgan",
            discriminator="dcgan",
            conditional=True,
            generator_width=48,
            features=64,
            beta_1=0.0,
            decay_share=0.6,
            epochs=3,
        ),
        Recipe(
            "dcgan-long",
            "for half an hour and more without labels: relativistic pairs, slopes kept in check",
            generator="dcgan",
            discriminator="dcgan",
            generator_width=48,
            features=64,
            latent_dim=32,
            beta_1=0.0,
            decay_share=0.6,
            epochs=40,
            **KEPT_IN_CHECK,
        ),
        Recipe(
            "cgan-400",
            "conditional, 400 epochs: relativistic pairs, slopes kept in check",
            generator="dcgan",
            discriminator="dcgan",
            conditional=True,
            generator_width=48,
            features=64,
            # Half the default's latents and rates, as it was shipped; neither was tried alone.
            latent_dim=64,
            learning_rate=5e-4,
            discriminator_learning_rate=5e-4,
            beta_1=0.0,
            decay_share=0.6,
            epochs=400,
            **KEPT_IN_CHECK,
        ),
        Recipe(
            "style",
            "a style-based generator against a residual discriminator, for pictures in colour",
            generator="style",
            discriminator="residual",
            conditional=True,
            features=64,
            latent_dim=64,
            normalization="none",
            # At equal rates the discriminator runs ahead, and the losses explode.
            learning_rate=1e-3,
            discriminator_learning_rate=2.5e-4,
            beta_1=0.0,
            decay_share=0.6,
            batch_size=16,
            epochs=30,
            **KEPT_IN_CHECK | {"depth": 0, "penalty_weight": 2.0},
        ),
    )
}


def get_recipe(name: str, **overrides) -> Recipe:
    """The recipe of that name with some fields changed.

    Raises:
        SettingsError: an unknown recipe or field (the nearest is named) or an impossible value.
    """
    check_name(name, RECIPES, what="recipe")
    for key in overrides:
        check_name(key, FIELDS, what="setting")
    return changed(RECIPES[name], overrides)


def read_recipe(values: dict) -> Recipe:
    """A recipe from the values that a settings file or a card holds. A field that an older version
    did not know has its default.

    Raises:
        SettingsError: an unknown field, a name or network that is missing, a wrong type or an
            impossible value.
    """
    known = {field.name: field.default is MISSING for field in fields(Recipe)}
    for name in values:
        check_name(name, known, what="setting of a recipe")
    if lacking := [name for name, needed in known.items() if needed and name not in values]:
        raise SettingsError(f"The recipe lacks {', '.join(lacking)}.")
    return changed(Recipe("", "", "dcgan", "dcgan"), values)
