"""Explorers of a trained GAN: one call in a notebook cell each, such as ``latent_walk(run)``.

They are controls over the pure functions of ``latents.py`` and ``explorers.py``; where nobody sits
before the notebook, each is the picture of its first values.
"""

from collections.abc import Callable
from functools import partial

import ipywidgets as W
import keras
import numpy as np

from ganlib.data.dataset import DataSet
from ganlib.errors import RunError, SettingsError
from ganlib.evaluation.neighbours import nearest
from ganlib.images import unscale
from ganlib.training.run import Run
from ganlib.widgets import latents
from ganlib.widgets.explorer import (
    SAMPLES,
    SEED,
    Explorer,
    class_control,
    class_menu,
    index,
    labels_of,
    of_class,
)
from ganlib.widgets.sheets import beside, png, sheet, stacked

STRIP = 11  # images of a walk
NEIGHBOURS = 8

PATHS = {"great circle": latents.great_circle, "straight line": latents.straight}


def latent_walk(run: Run) -> Explorer:
    """From one sample to another, along the great circle ("slerp") or the straight line."""
    zs = run.gan.sample_latents(SAMPLES, seed=SEED)

    def render(first: int, second: int, t: float, path: str, label: int | None = None):
        steps = np.append(np.linspace(0, 1, STRIP), t)
        walk = PATHS[path](zs[first], zs[second], steps)
        images = run.generate(len(walk), labels_of(run, len(walk), label), latents=walk)
        ends = f"sample {first}", f"{t:.0%}", f"sample {second}"
        picture = stacked(
            (f"{run.title}", sheet(images[[0, -1, -2]], columns=3, scale=5, captions=ends)),
            (f"the whole way, in {STRIP} steps", sheet(
                images[:-1], columns=STRIP, marked=[int(np.argmin(np.abs(steps[:-1] - t)))],
            )),
        )  # fmt: skip
        lengths = np.linalg.norm(walk[[0, -1, -2]], axis=1)
        return png(picture), (
            f"{t:.0%} of the way from sample {first} to sample {second}{of_class(run, label)}, "
            f"{path}. Length of the latent: {lengths[1]:.2f}; at the ends {lengths[0]:.2f} and "
            f"{lengths[2]:.2f}; of a usual one about {np.sqrt(run.gan.latent_dim):.2f}."
        )

    return Explorer(
        render,
        {
            "first": index("from sample", 0),
            "second": index("to sample", 1),
            "t": partial(W.FloatSlider, value=0.5, min=0, max=1, step=0.05, description="way"),
            "path": partial(
                W.ToggleButtons, value="great circle", options=list(PATHS), description="path"
            ),
            **class_control(run, 8),
        },
    )


def class_mix(run: Run) -> Explorer:
    """One latent as each class, and between two of them, by mixing the classes' learnt vectors.

    Raises:
        SettingsError: the run is not conditional.
    """
    _need_classes(run, "class_mix")
    zs = run.gan.sample_latents(SAMPLES, seed=SEED)
    generator = run.gan.ema_generator
    if run.settings["recipe"].get("generator_conditioning") == "batch_norm":
        raise SettingsError(
            f"class_mix mixes vectors of classes, and the generator of {run.title} has none: its "
            'label enters by batch norm. Train with generator_conditioning="concatenation".'
        )
    embedding = generator.get_layer("label_embedding")
    from_vector = keras.Model([generator.inputs[0], embedding.output], generator.outputs[0])
    table = embedding.get_weights()[0]  # (classes, 32)
    classes = len(run.class_names)

    def render(sample: int, first: int, second: int, t: float):
        steps = np.append(np.linspace(0, 1, STRIP), t)
        mixed = latents.straight(table[first], table[second], steps)
        vectors = np.concatenate([table, mixed])
        z = zs[[sample]].repeat(len(vectors), axis=0)
        images = from_vector([z, vectors], training=False).numpy()
        each, walk = images[:classes], images[classes:]
        names = run.class_names[first], f"{t:.0%}", run.class_names[second]
        picture = stacked(
            (f"{run.title}: sample {sample} as each class", sheet(
                each, columns=min(classes, 10), captions=run.class_names, marked=[first, second],
            )),
            ("between the two", beside(
                sheet(walk[[0, -1, -2]], columns=3, scale=4, captions=names),
                sheet(walk[:-1:2], columns=6, scale=2),
            )),
        )  # fmt: skip
        return png(picture), (
            f"Sample {sample} as each of {classes} classes; below, {1 - t:.0%} {names[0]} and "
            f"{t:.0%} {names[2]}. No label ever stood for what lies between two."
        )

    between = partial(W.FloatSlider, value=0.5, min=0, max=1, step=0.05, description="mix")
    return Explorer(
        render,
        {
            "sample": index("sample", 0),
            "first": class_menu(run, "from", 1),
            "second": class_menu(run, "to", 3),
            "t": between,
        },
    )


def training_time(run: Run) -> Explorer:
    """The same latents from the first step to the last, from the pictures that the run kept.

    Raises:
        RunError: the run folder holds none.
    """
    frames = run.frames()
    if not frames:
        raise RunError(f"{run.folder / 'samples'} holds no pictures: no time to go through.")

    def render(frame: int):
        step, images = frames[frame]
        picture = stacked((f"{run.title}: step {step:,}", sheet(images[:50], columns=10, scale=2)))
        words = f"The first fifty kept latents after {step:,} steps."
        if len(run.history["seconds"]) and step:
            row = int(np.argmin(np.abs(run.history["step"] - step)))
            values = {name: values[row] for name, values in run.history.items()}
            words += (
                f" Loss of the generator {values['generator_loss']:.2f}, of the discriminator "
                f"{values['discriminator_loss']:.2f}; it recognises {values['real_accuracy']:.0%} "
                f"of the real and {values['fake_accuracy']:.0%} of the generated images."
            )
        return png(picture), words

    options = [(f"step {step:,}", k) for k, (step, _) in enumerate(frames)]
    slider = partial(
        W.SelectionSlider, value=len(frames) - 1, options=options, description="trained until",
        layout={"width": "480px"},
    )  # fmt: skip
    return Explorer(render, {"frame": slider})


def latent_arithmetic(run: Run) -> Explorer:
    """The mean of some samples, less that of others, plus that of a third group."""
    zs = run.gan.sample_latents(SAMPLES, seed=SEED)
    gallery = _gallery(run, zs)

    def render(plus, minus, also, keep_length: bool, label: int | None = None):
        groups = [zs[list(chosen)].mean(axis=0) for chosen in (plus, minus, also) if len(chosen)]
        result = latents.arithmetic(zs, plus, minus, also, keep_length=keep_length)
        four = np.stack([*groups, result])
        images = run.generate(4, labels_of(run, 4, label), latents=four)
        names = ("A", "less B", "plus C", "A - B + C")
        picture = beside(
            stacked(("the samples, by number", gallery(label))),
            stacked(
                ("means of A, B and C, and the sum", sheet(
                    images, columns=2, scale=4, captions=names, marked=[3],
                )),
            ),
        )  # fmt: skip
        lists = [", ".join(map(str, chosen)) for chosen in (plus, minus, also)]
        length = np.linalg.norm(result)
        return png(picture), (
            f"{run.title}{of_class(run, label)}: A is the mean of samples {lists[0]}, B of "
            f"{lists[1]}, C of {lists[2]}. The latent A - B + C has the length {length:.2f}."
        )

    def choice(text: str, value: tuple[int, ...]) -> Callable:
        return partial(
            W.SelectMultiple, value=value, options=list(range(SAMPLES)), rows=5,
            description=text, layout={"width": "120px"},
        )  # fmt: skip

    return Explorer(
        render,
        {
            "plus": choice("A", (1, 3, 8)),
            "minus": choice("B", (7, 19, 20)),
            "also": choice("C", (2, 11, 28)),
            "keep_length": partial(W.Checkbox, value=True, description="bring to usual length"),
            **class_control(run, 8),
        },
    )


def truncation(run: Run) -> Explorer:
    """Samples whose latents keep within a bound: less variety, fewer failures."""
    classes = len(run.class_names) if run.conditional else 1
    columns = classes * (10 // classes) or 10  # each of one class; of many, the first ten
    zs = run.gan.sample_latents(SAMPLES, seed=SEED)[: SAMPLES - SAMPLES % columns]
    labels = np.arange(len(zs)) % columns % classes if run.conditional else None

    def spread(images: np.ndarray) -> float:
        """Mean standard deviation of a pixel over the samples of a column, in grey levels."""
        groups = images.reshape(-1, columns, *images.shape[1:]).std(axis=0)
        return float(127.5 * groups.mean())

    whole = spread(run.generate(len(zs), labels, latents=zs))

    def render(bound: float):
        images = run.generate(len(zs), labels, latents=latents.truncated(zs, bound))
        picture = stacked((f"{run.title}: |z| up to {bound:.1f}", sheet(images, columns=columns)))
        return png(picture), (
            f"Every number of a latent within {bound:.1f} of 0. Standard deviation of a pixel "
            f"among images of a column: {spread(images):.1f} grey levels; {whole:.1f} without a "
            "bound."
        )

    slider = partial(W.FloatSlider, value=1.0, min=0.1, max=4, step=0.1, description="bound")
    return Explorer(render, {"bound": slider})


def neighbours(run: Run, data: DataSet) -> Explorer:
    """The training images nearest to a sample, pixel by pixel; searched once, for all samples."""
    zs = run.gan.sample_latents(SAMPLES, seed=SEED)
    images = unscale(run.generate(SAMPLES, labels_of(run, SAMPLES, None), latents=zs))
    training = data.images.reshape(-1, *data.image_shape)
    places, distances = nearest(images, training, NEIGHBOURS)

    def render(sample: int):
        found = training[places[sample]]
        names = [data.class_names[k] for k in data.labels[places[sample]]]
        picture = beside(
            stacked((f"sample {sample}", sheet(images[[sample]], columns=1, scale=6))),
            stacked(
                (f"nearest of {len(data):,} training images, {data.title}", sheet(
                    found, columns=4, scale=3, captions=names,
                )),
            ),
        )  # fmt: skip
        pairs = zip(names, distances[sample], strict=True)
        listed = ", ".join(f"{name} {distance:,.0f}" for name, distance in pairs)
        return png(picture), (
            f"{run.title}: sample {sample} and the {NEIGHBOURS} training images nearest to it, by "
            f"Euclidean distance of the pixels in grey levels: {listed}. A copy would be at 0."
        )

    return Explorer(render, {"sample": index("sample", 0)})


def _need_classes(run: Run, name: str) -> None:
    if not run.conditional:
        raise SettingsError(
            f"{name} needs a conditional run, and {run.title} takes no labels: train the recipe "
            '"cgan", or take ganlib.load_pretrained("cgan").'
        )


def _gallery(run: Run, zs: np.ndarray) -> Callable:
    """A function of the class: the samples with their numbers, drawn once for each class."""
    drawn = {}

    def gallery(label: int | None):
        if label not in drawn:
            images = run.generate(len(zs), labels_of(run, len(zs), label), latents=zs)
            numbers = [str(k) for k in range(len(zs))]
            drawn[label] = sheet(images, columns=6, scale=2, captions=numbers)
        return drawn[label]

    return gallery
