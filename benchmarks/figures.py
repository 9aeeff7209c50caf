"""``make figures``: writes every picture of the README anew, from the shipped models and their
histories and from the benchmark's results. Nothing is trained but two toys, in half a minute."""

import json
from pathlib import Path

import keras
import numpy as np
from PIL import Image

import ganlib
from benchmarks.quality import RESULTS, time_to_quality
from ganlib import plotting
from ganlib.course.lab import toys
from ganlib.course.lab.mixtures import modes_found, ring
from ganlib.course.plots.toys import as_frame, moments
from ganlib.evaluation import metrics, neighbours
from ganlib.images import unscale
from ganlib.paths import project_root
from ganlib.training.run import pretrained_names

FIGURES = project_root() / "figures"
PER_CLASS = 5


def main() -> None:
    FIGURES.mkdir(exist_ok=True)
    data = ganlib.load_data()
    drawn = ganlib.load_data("sketches")
    for name, source in (("data_classes", data), ("sketch_classes", drawn)):
        grid = plotting.class_grid(
            source.images,
            source.labels,
            source.class_names,
            title=f"Data: {source.title}",
            alt=f"Data: {source.title}",
        )
        write(name, grid)
    for name in pretrained_names():
        of_model(name, ganlib.load_pretrained(name), data)
    sprite(ganlib.load_pretrained("cgan"))
    toy_collapse()
    if RESULTS.exists():
        write("time_to_quality", time_to_quality(json.loads(RESULTS.read_text("utf-8"))["quality"]))


def of_model(name: str, run: ganlib.Run, data: ganlib.DataSet) -> None:
    """What a shipped model draws, how it was trained, and what it is made of."""
    images = run.generate(2000, seed=1)
    labels = ganlib.classifier_for(data).labels(images)
    minutes = run.history["seconds"][-1] / 60
    conditional = run.settings["recipe"]["conditional"]
    rows = "as asked" if conditional else "by the classifier"
    write(
        f"{name}_classes",
        plotting.class_grid(
            images,
            np.arange(len(images)) % 10 if conditional else labels,
            run.class_names,
            title=f"Generated: {run.title}, {minutes:.0f} minutes on two cores; rows {rows}",
            per_class=12,
            alt=f"Generated: {run.title}, {minutes:.0f} minutes on two cores; rows {rows}",
        ),
    )
    scored = {}
    if run.settings["score"] and data.name == run.settings["dataset"]["name"]:
        scorer = ganlib.scorer(data, ganlib.load_data(split="test"))
        name_of_score = f"Fréchet distance,\n{scorer.samples:,} images"
        scored = {"floor": scorer.floor, "score_name": name_of_score}
    curves = plotting.training_curves(run.history, title=run.title, **scored, alt=run.title)
    write(f"{name}_curves", curves)
    counts = metrics.class_counts(labels, 10)
    write(
        f"{name}_counts",
        plotting.class_counts(
            counts,
            run.class_names,
            title=f"2,000 images by class: {run.title}",
            alt=f"2,000 images by class: {run.title}",
        ),
    )
    if data.name == run.settings["dataset"]["name"]:
        write(f"{name}_neighbours", nearest(run, images[:10], data))
    write(f"{name}_interpolation", interpolation(run))
    animation(name, run)
    for path in draw_networks(run.gan, FIGURES):
        print(path.replace(FIGURES / f"{name}_{path.name}").name, flush=True)


def draw_networks(gan: ganlib.GAN, folder: str | Path) -> list[Path]:
    """Writes ``generator.png`` and ``discriminator.png``, each network's layers with their output
    shapes; where Graphviz is not installed it prints a note and returns []."""
    pictures = []
    for network in (gan.generator, gan.discriminator):
        path = Path(folder) / f"{network.name}.png"
        try:
            # Graphviz 2.43, of Debian 12, cannot draw the right angles of the deeper networks.
            keras.utils.plot_model(
                network, path, show_shapes=True, show_layer_names=False, dpi=80, splines="line"
            )
        except ImportError:
            print(
                "No pictures of the networks: Graphviz, which draws them, is not installed. "
                "Install it (Debian: apt install graphviz; conda: conda install graphviz)."
            )
            return []
        pictures.append(path)
    return pictures


def nearest(run: ganlib.Run, images: np.ndarray, data: ganlib.DataSet) -> plotting.Figure:
    """Generated images above the training images that are nearest to them, by pixels."""
    generated = unscale(images).reshape(-1, *data.images.shape[1:])
    places, _ = neighbours.nearest(generated, data.images)
    return plotting.image_grid(
        np.concatenate([generated, data.images[places[:, 0]]]),
        columns=len(images),
        row_labels=["generated", "nearest in training"],
        title=f"Nearest training images: {run.title}",
        alt=f"Nearest training images: {run.title}",
    )


def interpolation(run: ganlib.Run) -> plotting.Figure:
    """Five walks along great circles between two latents; the class stays, where there is one."""
    starts, ends = np.split(run.gan.sample_latents(10, seed=2), 2)
    t = np.linspace(0, np.pi / 2, 12)[:, None]
    latents = np.concatenate(
        [np.cos(t) * a + np.sin(t) * b for a, b in zip(starts, ends, strict=True)]
    )
    kept = [0, 3, 5, 8, 9]
    labels = np.repeat(kept, len(t)) if run.settings["recipe"]["conditional"] else None
    return plotting.image_grid(
        run.generate(len(latents), labels, latents=latents.astype("float32")),
        columns=len(t),
        row_labels=[run.class_names[k] for k in kept] if labels is not None else None,
        title=f"From one latent to another: {run.title}",
        alt=f"From one latent to another: {run.title}",
    )


def write(name: str, figure: plotting.Figure) -> None:
    print(plotting.save(figure, FIGURES / f"{name}.png").name, flush=True)


def animation(name: str, run: ganlib.Run) -> None:
    """The run's fixed latents over time, one row a class where it has classes."""
    frames = run.frames()
    rows = np.arange(100).reshape(10, 10)[:, :PER_CLASS].ravel()
    path = plotting.animation(
        [images[rows] for _, images in frames],
        FIGURES / f"{name}_training.gif",
        titles=[f"A GAN learns: training step {step:,}" for step, _ in frames],
        columns=PER_CLASS,
        row_labels=run.class_names if run.settings["recipe"]["conditional"] else None,
        milliseconds=400,
    )
    print(path.name, flush=True)


def sprite(run: ganlib.Run, columns: int = 30, rows_of_a_class: int = 3) -> None:
    """Nine hundred garments without a gap, three rows a class, as the data set's own sprite."""
    labels = np.repeat(np.arange(len(run.class_names)), columns * rows_of_a_class)
    picture = plotting.tile(run.generate(len(labels), labels, seed=3), columns, gap=0)
    Image.fromarray(picture[..., 0]).save(FIGURES / "sprite.png")
    print("sprite.png", flush=True)


def toy_collapse(steps: int = 2000) -> None:
    """Two games on the ring that differ in the discriminator's rate alone, as in notebook 05: in
    one picture at eight moments, and as an animation."""
    modes = ring()
    at = list(range(steps // 20, steps + 1, steps // 20))
    shots = {
        name: toys.train_toy(
            toys.toy_gan(modes, steps=steps, seed=0, discriminator_learning_rate=rate), steps, at=at
        )
        for name, rate in (("D ten times slower", 1e-4), ("equally fast", 1e-3))
    }

    def at_moments(chosen: slice) -> plotting.Figure:
        panels = {
            f"{name}, step {shot.step:,}\n{modes_found(modes, shot.samples)} of 8 modes": (
                shot.samples,
                shot.push,
                shot.field,
            )
            for name, of_run in shots.items()
            for shot in of_run[chosen]
        }
        return moments(
            panels,
            modes.sample(400),
            extent=modes.extent,
            title="A toy GAN: collapsed and healthy",
            alt="A toy GAN: collapsed and healthy",
        )

    write("toy_collapse", at_moments(slice(4, None, 5)))
    frames = [as_frame(at_moments(slice(k, k + 1))) for k in range(len(at))]
    path = FIGURES / "toy_collapse.gif"
    print(plotting.animation(frames, path, milliseconds=400, scale=1).name, flush=True)


if __name__ == "__main__":
    main()
