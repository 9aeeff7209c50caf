"""Questions that are answered by playing: their checks read the state of a ``course.play.Play``."""

from typing import Any

from ganlib.course.exercises.core import Mistake, check

TODO = "Press play in the game above, bring it into that state, and run this cell."


def _report(game: Any) -> dict:
    """What the game measured last.

    Raises:
        NotImplementedError: it was not played yet.
    """
    if not game.report.get("step"):
        raise NotImplementedError
    return game.report


def _told(report: dict) -> str:
    return f"Step {report['step']:,}: {report['modes']} of {report['of']} covered"


@check("Reach the data", TODO)
def reaches_the_data(game) -> str:
    """The points have reached the heap far away."""
    report = _report(game)
    settings = report["settings"]
    if settings["data"] != "heap":
        raise Mistake(
            f"The data is the {settings['data']}. Choose the game whose gradient vanishes."
        )
    if report["modes"] == 0:
        raise Mistake(
            f"{_told(report)}, with the {settings['loss']} loss. How large is the gradient that "
            "reaches the generator?"
        )
    return f"{_told(report)}, with the {settings['loss']} loss."


@check("Cover the ring", TODO)
def covers_the_ring(game, *, loss: str, steps: int) -> str:
    """All modes of the ring are covered after so many steps with one loss."""
    report = _report(game)
    settings = report["settings"]
    if settings["data"] != "ring":
        raise Mistake(f"The data is the {settings['data']}: choose the ring.")
    if settings["loss"] != loss:
        raise Mistake(f"The loss is {settings['loss']}: choose {loss}.")
    if any(name in ("loss", "data") for _, name, _ in report["changes"]):
        raise Mistake("Loss or data was changed on the way: press restart.")
    if report["step"] < steps:
        raise Mistake(f"{_told(report)}. Play on to step {steps:,}.")
    if report["modes"] < report["of"]:
        raise Mistake(f"{_told(report)}. Which rates, which penalty would help?")
    return f"{_told(report)}, {report['divergence']:.2f} bits from the data."


@check("Come to rest", TODO)
def comes_to_rest(game, *, updates: str | None = None) -> str:
    """The Dirac-GAN's point lies on the data, with these updates where they are given."""
    report = _report(game)
    settings = report["settings"]
    if settings["networks"] != "dirac":
        raise Mistake("That is no longer the Dirac-GAN: choose its circle from the menu.")
    if updates not in (None, settings["updates"]):
        raise Mistake(f"The updates are {settings['updates']}: choose {updates}.")
    if report["modes"] == 0 or report["step"] < 100:
        raise Mistake(
            f"Step {report['step']:,}: the point is not at rest on the data. What would slow the "
            "discriminator down where the data is, or let the generator see further?"
        )
    return f"Step {report['step']:,}: the point lies on the data."


@check("Spread out", TODO)
def spreads_out(game, *, without: str) -> str:
    """The lump has spread over the ring, "penalty" or "noise" being left out."""
    report = _report(game)
    settings = report["settings"]
    used = {"penalty": settings["penalty"] != "none", "noise": settings["noise"] > 0}
    if settings["data"] != "ring" or settings["optimizer"] != "sgd":
        raise Mistake("Choose the lump that circles, and keep its data and its optimiser.")
    if used[without]:
        raise Mistake(f"This time without {without}.")
    if report["modes"] < 7:
        raise Mistake(f"{_told(report)}; asked for are seven.")
    return f"{_told(report)}."


@check("Cover a drawing", TODO)
def covers_a_drawing(game) -> str:
    """All pieces of the reader's own data are covered."""
    report = _report(game)
    if report["settings"]["data"] != "drawn" or not report["settings"]["points"]:
        raise Mistake('Choose the data "drawn", and draw with the mouse, a finger or the keys.')
    if report["modes"] < report["of"]:
        raise Mistake(f"{_told(report)}. Play on, or help D.")
    return f"{_told(report)}."
