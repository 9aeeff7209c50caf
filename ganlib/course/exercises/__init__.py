"""Checks that the notebooks' exercises call, a file for each notebook.

exercises.vanilla.gan_step(my_discriminator, my_step, width=784, latent_size=64)

A check takes the learner's answers first, by position, and what the notebook knows by name. It
gives a ``Verdict``, which a notebook shows as its text: not tried yet, right, or what differs. It
never raises because of an answer, so that an unsolved notebook runs from top to bottom.
"""

from ganlib.course.exercises import (
    clinic,
    conditional,
    data,
    dcgan,
    evaluation,
    failing,
    play,
    repairs,
    vanilla,
)
from ganlib.course.exercises.core import DIFFERS, NOT_TRIED, RIGHT, Verdict

__all__ = [
    "DIFFERS",
    "NOT_TRIED",
    "RIGHT",
    "Verdict",
    "clinic",
    "conditional",
    "data",
    "dcgan",
    "evaluation",
    "failing",
    "play",
    "repairs",
    "vanilla",
]
