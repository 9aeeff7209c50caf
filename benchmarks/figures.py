"""``make figures``: trains the default conditional GAN and writes every picture of the README."""

import json

import numpy as np

import ganlib
from benchmarks.quality import RESULTS
from ganlib import plotting
from ganlib.paths import project_root

FIGURES = project_root() / "figures"
PER_CLASS = 5


def main() -> None:
    FIGURES.mkdir(exist_ok=True)
    data = ganlib.load_data()
    drawn = ganlib.load_data("sketches")
    for name, source in (("data_classes", data), ("sketch_classes", drawn)):
        grid = plotting.class_grid(
            source.images, source.labels, source.class_names, title=f"Data: {source.title}"
        )
        write(name, grid)
    run = ganlib.train("cgan", data)
    minutes = run.history["seconds"][-1] / 60
    labels = np.repeat(np.arange(data.num_classes), 12)
    write(
        "cgan_classes",
        plotting.class_grid(
            run.generate(len(labels), labels, seed=1),
            labels,
            data.class_names,
            title=f"Generated: {run.title}, {minutes:.1f} minutes of training on two cores",
            per_class=12,
        ),
    )
    write("cgan_curves", plotting.training_curves(run.history, title=run.title))
    animation(run, data)
    run.gan.plot(FIGURES)
    if RESULTS.exists():
        write("time_to_quality", time_to_quality(json.loads(RESULTS.read_text("utf-8"))))


def write(name: str, figure: plotting.Figure) -> None:
    print(plotting.save(figure, FIGURES / f"{name}.png").name, flush=True)


def animation(run: ganlib.Run, data: ganlib.DataSet) -> None:
    """The run's fixed latents over time, one row a class."""
    frames = run.frames()
    rows = np.arange(100).reshape(10, 10)[:, :PER_CLASS].ravel()
    path = plotting.animation(
        [images[rows] for _, images in frames],
        FIGURES / "cgan_training.gif",
        titles=[f"{run.title}: step {step:,}" for step, _ in frames],
        columns=PER_CLASS,
        row_labels=data.class_names,
    )
    print(path.name, flush=True)


def time_to_quality(results: dict) -> plotting.Figure:
    """Fréchet distance against seconds of training, every contestant of the benchmark."""
    from ganlib.figures import BLUE, GREEN, GREY, ORANGE, VERMILION, new_figure, tidy

    quality = results["quality"]
    figure = new_figure("Quality against training time on Fashion-MNIST, two cores", 7.5, 3.6)
    axes = figure.subplots()
    styles = zip((BLUE, ORANGE, GREEN, VERMILION, GREY, GREY), "osD^v<", strict=True)
    for (name, rows), (colour, marker) in zip(quality["contestants"].items(), styles, strict=False):
        axes.plot(
            [row["seconds"] for row in rows],
            [row["frechet_distance"] for row in rows],
            color=colour,
            marker=marker,
            label=name,
        )
    axes.axhline(quality["floor"], color=GREY, linestyle=":", label="floor: train against test")
    axes.set(
        xlabel="seconds of training", ylabel="Fréchet distance\n(lower is better)", yscale="log"
    )
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    tidy(axes)
    return figure


if __name__ == "__main__":
    main()
