"""Drawn garments of Fashion-MNIST's ten classes, for where there is neither network nor files."""

from ganlib.data.sketches.drawing import CLASS_NAMES, MAX_SIZE, draw
from ganlib.data.sketches.garments import GARMENTS

__all__ = ["CLASS_NAMES", "GARMENTS", "MAX_SIZE", "draw"]
