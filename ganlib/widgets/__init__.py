"""Explorers for a notebook: controls, and a picture that follows them."""

from ganlib.widgets.latents import truncated
from ganlib.widgets.verdict import opinion
from ganlib.widgets.walks import (
    class_mix,
    latent_arithmetic,
    latent_walk,
    neighbours,
    training_time,
    truncation,
)

__all__ = [
    "class_mix",
    "latent_arithmetic",
    "latent_walk",
    "neighbours",
    "opinion",
    "training_time",
    "truncated",
    "truncation",
]
