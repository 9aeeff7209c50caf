"""What tests of several folders share: small data, small networks, training without XLA."""

import contextlib
import re

import pytest

from ganlib.building import compile_gan
from ganlib.data import DataSet
from ganlib.data.sketches import CLASS_NAMES, draw
from ganlib.training import trainer

# Networks that a few steps are taken with in no time.
NARROW = {"generator_width": 4, "discriminator_width": 4, "latent_dim": 8}
SMALL = NARROW | {"batch_size": 4}


def sketches(count: int, *, size: int = 8, seed: int = 0, name: str = "tiny", **drawn) -> DataSet:
    """Drawn garments ``(count, size, size)`` of all ten classes."""
    return DataSet(*draw(count, size=size, seed=seed, **drawn), CLASS_NAMES, name)


@contextlib.contextmanager
def training_uncompiled():
    """Without XLA: a few steps of a tiny network are sooner taken than compiled."""

    def compile_plainly(gan, recipe, **schedule):
        compile_gan(gan, recipe, **schedule)
        gan.jit_compile, gan.run_eagerly = False, True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trainer, "compile_gan", compile_plainly)
        yield


def says(told: object, *parts: object) -> None:
    """The message or text holds each part, a value or a name: not as a piece of a longer one."""
    for part in map(str, parts):
        before = r"(?<![\w-])(?<!\d[.,])" * part[:1].isalnum()
        after = r"(?!\w|[.,]\d)" * part[-1:].isalnum()
        assert re.search(before + re.escape(part) + after, str(told)), f"no {part!r} in: {told}"


@contextlib.contextmanager
def raising(error: type[Exception], *parts: object):
    """Such an error is raised, and its message holds each part; see ``says``."""
    with pytest.raises(error) as caught:
        yield caught
    says(caught.value, *parts)
