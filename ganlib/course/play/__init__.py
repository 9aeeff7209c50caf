"""A GAN in the plane to play with: in a notebook, and as a page.

Play("lump")                                   # in a notebook
python -m ganlib.course.play PAGE.html         # a page that needs no server and no network

The game is the JavaScript beside this file: ``game.js`` is where to begin reading.
"""

from ganlib.course.play.widget import PRESETS, Play

__all__ = ["PRESETS", "Play"]
