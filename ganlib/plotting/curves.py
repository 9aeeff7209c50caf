"""Curves, counts and densities."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from ganlib.images import to_uint8
from ganlib.plotting.figure import (
    BLUE,
    FAKE,
    GREEN,
    GREY,
    MAX_WIDTH,
    ORANGE,
    REAL,
    VERMILION,
    Figure,
    few_classes,
    new_figure,
    tidy,
    vector,
)


def running_mean(values: np.ndarray, window: int) -> np.ndarray:
    """The mean of each value and the ``window - 1`` before it, of fewer at the start."""
    if window < 1:
        raise ValueError(f"expected a window of at least 1 value, got {window}")
    values = vector(values, "values")
    window = min(window, len(values))
    sums = np.convolve(values, np.ones(window))[: len(values)]
    return sums / np.minimum(np.arange(1, len(values) + 1), window)


def curves(
    steps: np.ndarray,
    series: Mapping[str, np.ndarray],
    *,
    title: str,
    alt: str,
    ylabel: str,
    xlabel: str = "step",
    reference: Mapping[str, float] | None = None,
    smooth: int | None = None,
) -> Figure:
    """Lines over the steps.

    Args:
        steps: (n,) where the values were measured.
        series: up to six lines of (n,) values, by name.
        reference: horizontal dashed lines, by name, such as {"real images": 3.1}.
        smooth: values in the running mean that is drawn strong over the faint raw line; 1 draws
            the raw line alone, None takes a fiftieth of the run.
    """
    figure = new_figure(title, MAX_WIDTH, 3.4, alt=alt)
    axes = figure.subplots()
    _draw_curves(axes, steps, series, smooth)
    for name, value in (reference or {}).items():
        _draw_reference(axes, name, value)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    _legend(axes)
    return figure


def training_curves(
    history: Mapping[str, np.ndarray],
    *,
    title: str,
    alt: str,
    smooth: int | None = None,
    floor: float | None = None,
    score_name: str = "score",
) -> Figure:
    """Both losses, the share of real and of fake images that the discriminator recognises and,
    where the run was scored, the score.

    Args:
        history: arrays of one length by name: step, generator_loss, discriminator_loss,
            real_accuracy, fake_accuracy and perhaps score, NaN where it was not measured (others
            are ignored).
        smooth: as for ``curves``.
        floor: the score of real images, drawn as a dotted line.
        score_name: what the score is, for its axis.
    """
    needed = ("generator_loss", "discriminator_loss", "real_accuracy", "fake_accuracy")
    missing = [name for name in ("step", *needed) if name not in history]
    if missing:
        raise ValueError(f"expected a history with {', '.join(missing)}; it has {list(history)}")
    steps = vector(history["step"], "steps")
    measured = np.isfinite(history.get("score", np.full(len(steps), np.nan)))
    figure = new_figure(title, MAX_WIDTH, 6.6 if measured.any() else 5.0, alt=alt)
    panels = figure.subplots(3 if measured.any() else 2, 1, sharex=True)
    losses, accuracies = panels[:2]
    series = {"generator": history[needed[0]], "discriminator": history[needed[1]]}
    _draw_curves(losses, steps, series, smooth, colours=(ORANGE, BLUE))
    losses.set_ylabel("loss")
    series = {"real images": history[needed[2]], "generated images": history[needed[3]]}
    _draw_curves(accuracies, steps, series, smooth, colours=(REAL, FAKE))
    _draw_reference(accuracies, "a coin toss", 0.5)
    accuracies.set(ylabel="recognised by the\ndiscriminator (share)", ylim=(-0.03, 1.03))
    if measured.any():
        score = {"moving average": np.asarray(history["score"])[measured]}
        _draw_curves(panels[2], steps[measured], score, 1, colours=(BLUE,))
        panels[2].set(ylabel=f"{score_name}\n(lower is better)", yscale="log")
        panels[2].yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 4, 5, 7)))
        panels[2].yaxis.set_major_formatter("{x:g}")
        panels[2].yaxis.set_minor_locator(NullLocator())  # else its labels run into each other
        if floor is not None:
            _draw_reference(panels[2], "real images", floor)
            # Room below the dotted line: on the edge it is half cut off.
            panels[2].set_ylim(bottom=0.8 * min(floor, np.min(score["moving average"])))
    panels[-1].set_xlabel("step")
    for axes in panels:
        _legend(axes)
    return figure


def _draw_curves(
    axes: Axes,
    steps: np.ndarray,
    series: Mapping[str, np.ndarray],
    smooth: int | None,
    colours: Sequence[str] = (BLUE, ORANGE, GREEN, VERMILION, "#CC79A7", "#56B4E9"),
) -> None:
    steps = vector(steps, "steps")
    if not 1 <= len(series) <= len(colours):
        raise ValueError(f"expected 1 to {len(colours)} lines, got {len(series)}")
    window = max(1, len(steps) // 50) if smooth is None else smooth
    dashes = ("-", (0, (5, 1.5)), "-.", ":", (0, (8, 2)), (0, (3, 1, 1, 1)))
    for (name, raw), colour, dash in zip(series.items(), colours, dashes, strict=False):
        raw = vector(raw, name, len(steps))
        marker = "o" if len(steps) <= 40 else ""  # few enough to show where each was measured
        if window > 1:
            axes.plot(steps, raw, color=colour, alpha=0.25, linewidth=0.8)
        axes.plot(
            steps, running_mean(raw, window), color=colour, linestyle=dash, linewidth=1.8,
            label=name, marker=marker, markersize=4,
        )  # fmt: skip
    axes.margins(x=0.01)
    tidy(axes)


def _draw_reference(axes: Axes, name: str, value: float) -> None:
    axes.axhline(value, color=GREY, linestyle=(0, (1, 1.5)), linewidth=1.5, label=name)


def _legend(axes: Axes) -> None:
    """The legend right of the axes, where it hides no line."""
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=9)


def class_counts(
    counts: np.ndarray, class_names: Sequence[str], *, title: str, alt: str, rare: float = 0.02
) -> Figure:
    """How many images each class has, of many classes some, beside the number in even shares.

    Args:
        counts: (classes,) whole numbers, at least one of them above 0.
        rare: a class with less than this share is marked as rare; one with none, as missing.
    """
    counts = vector(counts, "counts", len(class_names))
    total = counts.sum()
    if (counts < 0).any() or (counts != np.rint(counts)).any() or not total:
        raise ValueError(f"expected whole counts from 0 with a sum above 0, got {counts}")
    kept, names, title = few_classes(class_names, title)
    figure = new_figure(title, 7.5, 0.3 * len(kept) + 0.9, alt=alt)
    axes = figure.subplots()
    shares = counts / total
    low = shares < rare
    xlabel, even = "images", total / len(counts)
    if len(kept) < len(counts):
        missing = np.sum(counts == 0)
        xlabel += f" (of all classes {missing} are missing, {low.sum() - missing} rare)"
    counts, shares, low = counts[kept], shares[kept], low[kept]
    rows = np.arange(len(kept))
    bars = axes.barh(rows, counts, color=np.where(low, VERMILION, BLUE), height=0.72)
    notes = [
        f"{count:,.0f} ({share:.1%})" + (": MISSING" if not count else ": rare" if few else "")
        for count, share, few in zip(counts, shares, low, strict=True)
    ]
    for text, few in zip(axes.bar_label(bars, notes, padding=4, fontsize=9), low, strict=True):
        text.set_fontweight("bold" if few else "normal")
        text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1})
    axes.axvline(even, color=GREY, linestyle=(0, (1, 1.5)))
    axes.annotate(
        f"even shares: {even:,.0f}", (even, 1), xycoords=("data", "axes fraction"), xytext=(0, 2),
        textcoords="offset points", ha="center", color=GREY, fontsize=9,
    )  # fmt: skip
    axes.set(xlabel=xlabel, xlim=(0, counts.max() * 1.25))
    axes.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_yticks(rows, labels=names)
    axes.invert_yaxis()  # the first class on top
    tidy(axes, grid="x")
    return figure


def pixel_histogram(images: np.ndarray, *, title: str, alt: str) -> Figure:
    """How often each brightness occurs, in the images' own scale; each channel by itself.

    The share is logarithmic, or the background would hide all else.
    """
    pixels = to_uint8(images)
    floats = np.asarray(images).dtype != np.uint8
    figure = new_figure(title, 7.5, 3.0, alt=alt)
    axes = figure.subplots()
    edges = np.arange(0, 257, 4)  # 64 steps of brightness
    scaled = edges / 127.5 - 1 if floats else edges
    channels = pixels.shape[-1]
    names = ("red", "green", "blue") if channels == 3 else ("grey",)
    styles = zip((VERMILION, GREEN, BLUE), ("-", "--", ":"), names, strict=False)
    for channel, (colour, dash, name) in enumerate(styles):
        counts = np.bincount(pixels[..., channel].ravel(), minlength=256).reshape(64, 4).sum(1)
        shares = 100 * counts / counts.sum()
        if channels == 3:
            axes.stairs(shares, scaled, color=colour, linestyle=dash, linewidth=1.8, label=name)
        else:
            axes.stairs(shares, scaled, color=BLUE, fill=True)
    lowest, highest = ("-1", "1") if floats else ("0", "255")
    xlabel = f"pixel value ({lowest} is black, {highest} is full brightness)"
    axes.set(yscale="log", xlabel=xlabel, ylabel="share of the pixels (%)")
    axes.yaxis.set_major_formatter("{x:g}")
    tidy(axes)
    if channels == 3:
        _legend(axes)
    return figure


def density_1d(
    x: np.ndarray,
    real_density: np.ndarray,
    *,
    title: str,
    alt: str,
    fake_density: np.ndarray | None = None,
    fake_samples: np.ndarray | None = None,
    discriminator: np.ndarray | None = None,
    optimal: np.ndarray | None = None,
) -> Figure:
    """A one-dimensional toy: both densities above, the discriminator's probability below.

    Args:
        x: (n,) increasing.
        real_density: (n,) the density of the data at ``x``.
        fake_density: (n,) the generator's, or else ``fake_samples``, (m,) of its numbers, which
            are drawn as a histogram over ``x``'s range; the legend says how many lie outside.
        discriminator: (n,) the probability that ``x`` is real.
        optimal: (n,) the same of the optimal discriminator, p / (p + q).
    """
    x = vector(x, "x")
    if len(at := np.flatnonzero(np.diff(x) <= 0)):
        raise ValueError(f"expected increasing values of x, got {x[at[0] :][:2]} at x[{at[0]}]")
    if (fake_density is None) == (fake_samples is None):
        raise ValueError("expected either fake_density or fake_samples")
    probabilities = {}
    for name, values in (("discriminator", discriminator), ("optimal discriminator", optimal)):
        if values is not None:
            values = vector(values, name, len(x))
            if not ((values >= 0) & (values <= 1)).all():
                raise ValueError(f"expected {name} to be probabilities from 0 to 1, not logits")
            probabilities[name] = values
    figure = new_figure(title, MAX_WIDTH, 5.0 if probabilities else 3.3, alt=alt)
    if probabilities:
        densities, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        _draw_probabilities(lower, x, probabilities)
    else:
        densities = figure.subplots()
    real = vector(real_density, "real_density", len(x))
    densities.fill_between(x, real, color=REAL, alpha=0.25, linewidth=0)
    densities.plot(x, real, color=REAL, linewidth=1.8, label="data")
    if fake_density is not None:
        fake = vector(fake_density, "fake_density", len(x))
        densities.plot(x, fake, "--", color=FAKE, linewidth=1.8, label="generator")
    else:
        samples = vector(fake_samples, "fake_samples")
        counts, edges = np.histogram(samples, bins=60, range=(x[0], x[-1]))
        heights = counts / len(samples) / np.diff(edges)
        outside = 1 - counts.sum() / len(samples)
        label = "generator's samples" + (f"\n({outside:.1%} lie outside)" if outside else "")
        densities.stairs(heights, edges, color=FAKE, linewidth=1.5, label=label)
    densities.set_ylabel("density")
    densities.set_ylim(bottom=0)
    for axes in figure.axes:
        axes.margins(x=0)
        tidy(axes)
        _legend(axes)
    figure.axes[-1].set_xlabel("x")
    return figure


def _draw_probabilities(axes: Axes, x: np.ndarray, series: Mapping[str, np.ndarray]) -> None:
    for (name, values), colour, dash in zip(
        series.items(), (BLUE, GREY), ("-", "--"), strict=False
    ):
        axes.plot(x, values, dash, color=colour, linewidth=1.8, label=name)
    _draw_reference(axes, "undecided", 0.5)
    axes.set_ylim(-0.03, 1.03)
    axes.set_ylabel("probability\nof real, D(x)")
