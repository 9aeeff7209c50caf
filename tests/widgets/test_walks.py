"""The explorers without a browser: values go in, a picture, a sentence or an error comes out."""

import base64
import io
import re
from datetime import datetime
from functools import partial

import ipywidgets
import numpy as np
import pytest
from PIL import Image
from support import NARROW, raising, says

from ganlib import widgets
from ganlib.building import build_gan
from ganlib.data.dataset import DataSet
from ganlib.data.sketches.drawing import CLASS_NAMES, draw
from ganlib.errors import RunError, SettingsError
from ganlib.images import scale, unscale
from ganlib.recipes import get_recipe
from ganlib.training.display import Picture
from ganlib.training.folder import RunFolder, fixed_inputs
from ganlib.training.run import Run
from ganlib.training.settings import describe
from ganlib.widgets import explorer as explorer_module
from ganlib.widgets import walks as walks_module
from ganlib.widgets.explorer import Explorer
from ganlib.widgets.sheets import sheet


def run_of(recipe, data, folder, **changed):
    """A run with fresh weights and two kept pictures."""
    chosen = get_recipe(recipe, **NARROW, **changed)
    settings = describe(chosen, data, seed=0, deterministic=False)
    gan = build_gan(chosen, data.image_shape, data.num_classes, seed=0)
    for network in (gan.ema_generator, gan.discriminator):
        for kernel in network.variables:  # fresh ones are so small that all images are grey
            kernel.assign(kernel * (15 if kernel.shape.rank > 1 else 1))
    history = {"step": np.array([4, 8]), "seconds": np.array([1.0, 2.0])}
    for name in ("generator_loss", "discriminator_loss", "real_accuracy", "fake_accuracy"):
        history[name] = np.array([0.25, 0.75])
    fixed, labels = fixed_inputs(gan, settings)
    for step in (0, 8):
        RunFolder(folder).save_picture(step, gan.generate(100, labels, latents=fixed + step))
    return Run(folder, settings, gan, history)


@pytest.fixture(scope="module")
def data():
    images, labels = draw(60, size=8, seed=0)
    return DataSet(images, labels, CLASS_NAMES, "tiny", split="test")


@pytest.fixture(scope="module")
def conditional(data, tmp_path_factory):
    return run_of("cgan", data, tmp_path_factory.mktemp("cgan"))


@pytest.fixture(scope="module")
def plain(data, tmp_path_factory):
    return run_of("dcgan", data, tmp_path_factory.mktemp("dcgan"))


def latent_of(run, sample):
    return run.gan.sample_latents(30, seed=5)[sample]


def set_values(explorer, **values):
    """Sets controls as a reader would; the explorer, which has no error to show."""
    explorer.build()
    for name, value in values.items():
        explorer.controls[name].value = value
    assert explorer.error.value == ""
    return explorer


# Control by control: another value, which must give another picture.
EXPLORERS = {
    "latent_walk": (lambda run, data: widgets.latent_walk(run),
                    {"first": 3, "second": 4, "t": 0.25, "path": "straight line", "label": 2}),
    "class_mix": (lambda run, data: widgets.class_mix(run),
                  {"sample": 2, "first": 5, "second": 7, "t": 0.1}),
    "training_time": (lambda run, data: widgets.training_time(run), {"frame": 0}),
    "latent_arithmetic": (lambda run, data: widgets.latent_arithmetic(run),
                          {"plus": (0, 3), "minus": (1,), "also": (2,), "keep_length": False,
                           "label": 1}),
    "truncation": (lambda run, data: widgets.truncation(run), {"bound": 0.3}),
    "neighbours": (widgets.neighbours, {"sample": 7}),
    "opinion": (widgets.opinion,
                {"number": 4, "source": "generated image", "shapes": "box 0-4 0-4 255",
                 "across": (1, 7), "down": (0, 8), "kind": "ellipse", "brightness": 90,
                 "label": 2}),
}  # fmt: skip
CLASSES_ONLY = {"class_mix"}


@pytest.mark.parametrize("name", EXPLORERS)
@pytest.mark.parametrize("kind", ["conditional", "plain"])
def test_every_control_changes_the_picture(name, kind, data, request):
    run = request.getfixturevalue(kind)
    make, values = EXPLORERS[name]
    if kind == "plain":
        if name in CLASSES_ONLY:
            with raising(SettingsError, name, run.title, 'ganlib.load_pretrained("cgan")'):
                make(run, data)
            return
        values = {k: v for k, v in values.items() if k != "label"}
    explorer = make(run, data)
    explorer.build()
    every = set(explorer.controls) - {"upload"}
    assert every == set(values)
    for control, value in values.items():
        before, explorer.picture.value = explorer.picture.value, b""
        explorer.controls[control].value = value
        assert explorer.error.value == ""
        assert explorer.picture.value not in (b"", before), control
        assert explorer.controls[control].description  # a label for it
    Image.open(io.BytesIO(explorer.picture.value)).load()
    assert len(explorer.picture.tooltip) > 20
    assert run.title in explorer.picture.tooltip or explorer.picture.tooltip in (
        explorer.caption.value.replace("&lt;", "<").replace("&#x27;", "'")
    )


def test_a_walk_generates_from_the_path_it_tells_of(conditional, monkeypatch):
    explorer = set_values(widgets.latent_walk(conditional), first=3, second=4, label=6)
    asked = {}
    generate = Run.generate

    def spy(run, n, labels=None, latents=None):
        asked.update(labels=labels, latents=latents)
        return generate(run, n, labels, latents=latents)

    monkeypatch.setattr(Run, "generate", spy)
    explorer.controls["t"].value = 1.0
    a, b = latent_of(conditional, 3), latent_of(conditional, 4)
    np.testing.assert_allclose(asked["latents"][[0, -2, -1]], [a, b, b], rtol=1e-5)
    assert (asked["labels"] == 6).all()
    told = explorer.picture.tooltip
    assert told.count(f"{np.linalg.norm(b):.2f}") == 2  # of the latent, and of the second end
    says(told, "100%", 3, 4, "Shirt")


def shown_image(picture, left, top, scale, size=8):
    """An image of a picture, at its own size again."""
    pixels = np.asarray(Image.open(io.BytesIO(picture)).convert("L"))
    return pixels[top : top + size * scale : scale, left : left + size * scale : scale]


def test_classes_and_the_ends_of_a_mix_are_what_generate_gives(conditional):
    explorer = set_values(widgets.class_mix(conditional), sample=4, first=2, second=6, t=0)
    z = latent_of(conditional, 4)[None]
    for label in range(10):
        expected = unscale(conditional.generate(1, [label], latents=z))[0, ..., 0]
        found = shown_image(explorer.picture.value, label * (16 + 6) + 3, 18 + 2 + 3, 2)
        assert np.abs(found.astype(int) - expected).max() <= 1
    # Below, at four times the size: Pullover, the mix (all Pullover), Shirt.
    top = (18 + 2 + 16 + 6 + 18 + 2) + 18 + 2 + 3
    ends = [shown_image(explorer.picture.value, k * (32 + 6) + 3, top, 4) for k in range(3)]
    expected = unscale(conditional.generate(2, [2, 6], latents=z.repeat(2, 0)))[..., 0]
    for found, wanted in zip(ends, expected[[0, 0, 1]], strict=True):
        assert np.abs(found.astype(int) - wanted).max() <= 1


def test_time_goes_through_the_kept_pictures(conditional):
    explorer = set_values(widgets.training_time(conditional), frame=0)
    says(explorer.picture.tooltip, 0)
    first = conditional.frames()[0][1][0, ..., 0]
    np.testing.assert_array_equal(shown_image(explorer.picture.value, 3, 23, 2), first)
    set_values(explorer, frame=1)
    says(explorer.picture.tooltip, 8, 0.75)


def test_no_kept_pictures_are_an_error_of_the_cell(conditional, tmp_path):
    bare = Run(tmp_path, conditional.settings, conditional.gan, conditional.history)
    with raising(RunError, tmp_path / "samples"):
        widgets.training_time(bare)


def test_an_empty_list_of_samples_is_named_as_the_reader_sees_it(plain):
    explorer = widgets.latent_arithmetic(plain)
    explorer.build()
    explorer.controls["minus"].value = ()
    says(explorer.error.value, explorer.controls["minus"].description)


def test_a_low_bound_leaves_little_variety(conditional):
    explorer = widgets.truncation(conditional)

    def spreads(bound):
        words = set_values(explorer, bound=bound).picture.tooltip
        return [float(x) for x in re.findall(r"\d+\.\d", words)[1:]]  # behind the bound itself

    low, whole = spreads(0.1)
    assert low < 0.3 * whole
    assert spreads(4.0) == pytest.approx([whole, whole], abs=0.2)


@pytest.mark.parametrize(("classes", "columns"), [(3, 9), (7, 7), (12, 10)])
def test_the_columns_of_a_truncation_are_of_one_class_each(classes, columns, tmp_path, monkeypatch):
    images, labels = draw(24, size=8, seed=0)
    names = [f"class {k}" for k in range(classes)]
    run = run_of("cgan", DataSet(images, labels % classes, names, "few"), tmp_path)
    asked, shown = [], []
    generate = Run.generate
    monkeypatch.setattr(
        Run,
        "generate",
        lambda run, n, labels, **k: asked.append(labels) or generate(run, n, labels, **k),
    )
    monkeypatch.setattr(walks_module, "sheet", lambda i, **k: shown.append(k) or sheet(i, **k))
    widgets.truncation(run).build()
    assert shown[-1]["columns"] == columns
    rows = asked[-1].reshape(-1, columns)
    assert len(rows) > 1 and (rows == rows[0]).all()
    assert set(rows[0]) == set(range(min(classes, 10)))


def test_an_opinion_is_held_against_images_of_all_classes(plain):
    images, labels = draw(2000, size=8, seed=0)
    order = np.argsort(labels, kind="stable")
    by_class = DataSet(images[order], labels[order], CLASS_NAMES, "by_class")
    explorer = set_values(widgets.opinion(plain, by_class), number=0)
    logits = []
    for number in (0, 299):
        logits.append(logit_told(set_values(explorer, number=number)))
    part = by_class.subset(300)
    every = scale(part.images.reshape(-1, 8, 8, 1))
    expected = plain.gan.discriminator([every], training=False).numpy().ravel()[[0, 299]]
    assert logits == pytest.approx(expected, abs=0.006)


def test_a_copy_is_found_at_distance_zero(conditional, data):
    z = conditional.gan.sample_latents(30, seed=5)
    copies = unscale(conditional.generate(30, np.arange(30) % 10, latents=z))[..., 0]
    images = data.images.copy()
    images[30:] = copies
    explorer = widgets.neighbours(conditional, DataSet(images, data.labels, CLASS_NAMES, "copies"))
    set_values(explorer, sample=11)
    name = CLASS_NAMES[data.labels[41]]
    says(explorer.picture.tooltip, f"{name} 0")


def logit_told(explorer):
    return float(re.search(r"logit (-?\d+\.\d+)", explorer.picture.tooltip)[1])


def test_an_opinion_is_the_discriminators_logit(conditional, data):
    explorer = set_values(widgets.opinion(conditional, data), number=9, label=3)
    images = scale(data.images[[9]].reshape(1, 8, 8, 1))
    expected = float(conditional.gan.discriminator([images, np.array([3])], training=False)[0, 0])
    assert logit_told(explorer) == pytest.approx(expected, abs=0.006)
    probability = float(re.match(r"D = (\d\.\d+)", explorer.picture.tooltip)[1])
    assert probability == pytest.approx(1 / (1 + np.exp(-expected)), abs=6e-4)
    says(explorer.picture.tooltip, "Dress")
    everyone = conditional.gan.discriminator(
        [scale(data.images.reshape(-1, 8, 8, 1)), data.labels.astype("int32")], training=False
    )
    lower = float(np.mean(np.ravel(everyone) < expected))
    assert 0 < lower < 0.4  # so that the other side would be told apart
    says(explorer.picture.tooltip, 60, f"{lower:.1%}")


@pytest.mark.parametrize(
    ("loss", "told"),
    [
        ("minimax", r"^D = \d\.\d{3} "),
        ("relativistic", "rank"),
        ("least_squares", r"\b(real|generated)\b"),
    ],
)
def test_a_probability_is_told_only_where_the_loss_makes_one(plain, data, loss, told):
    settings = plain.settings | {"recipe": plain.settings["recipe"] | {"loss": loss}}
    explorer = widgets.opinion(Run(plain.folder, settings, plain.gan, plain.history), data)
    assert re.search(told, explorer.words) and re.search(r"\blogit -?\d+\.\d\d\b", explorer.words)
    assert loss == "minimax" or "D =" not in explorer.words


def test_one_draws_with_buttons_and_can_take_back(plain, data):
    explorer = set_values(widgets.opinion(plain, data), source="black canvas")
    blank = logit_told(explorer)
    set_values(explorer, across=(1, 5), down=(2, 8), brightness=255)
    add, remove = (w for w in explorer.box.children[0].children if hasattr(w, "click"))
    add.click()
    add.click()
    assert explorer.controls["shapes"].value == "box 1-5 2-8 255\nbox 1-5 2-8 255"
    painted = np.zeros((1, 8, 8, 1), np.uint8)
    painted[0, 2:8, 1:5] = 255
    expected = float(plain.gan.discriminator([scale(painted)], training=False)[0, 0])
    assert logit_told(explorer) == pytest.approx(expected, abs=0.006) != blank
    remove.click()
    assert explorer.controls["shapes"].value == "box 1-5 2-8 255"
    remove.click()
    remove.click()  # nothing left to remove
    assert logit_told(explorer) == blank


def test_an_upload_is_judged_and_without_one_it_is_asked_for(plain, data):
    explorer = widgets.opinion(plain, data)
    explorer.build()
    before = explorer.picture.value
    explorer.controls["source"].value = "uploaded file"
    says(explorer.error.value, explorer.controls["upload"].description)
    assert "Traceback" not in explorer.error.value
    assert explorer.picture.value == before
    buffer = io.BytesIO()
    Image.new("L", (16, 16), 255).save(buffer, "png")
    file = {"name": "w.png", "type": "image/png", "size": 1, "last_modified": datetime.now()}
    explorer.controls["upload"].value = ({**file, "content": memoryview(b"no picture")},)
    says(explorer.error.value, "w.png", "PNG")
    explorer.controls["upload"].value = ({**file, "content": memoryview(buffer.getvalue())},)
    white = scale(np.full((1, 8, 8, 1), 255, np.uint8))
    expected = float(plain.gan.discriminator([white], training=False)[0, 0])
    assert logit_told(explorer) == pytest.approx(expected, abs=0.006)
    assert explorer.error.value == ""


def test_images_of_another_shape_are_refused(plain):
    images, labels = draw(20, size=12, seed=0)
    with raising(SettingsError, "(8, 8, 1)", "(12, 12, 1)"):
        widgets.opinion(plain, DataSet(images, labels, CLASS_NAMES, "larger"))


# What all explorers share.


def divide(by):
    if by == 7:
        raise SettingsError("seven is <not> allowed")
    return f"{1 // by}".encode(), f"one by {by}"


@pytest.fixture
def explorer():
    slider = partial(ipywidgets.IntSlider, value=1, min=-1, max=9, description="by")
    return Explorer(divide, {"by": slider}, {"zero": lambda controls: controls["nobody"]})


def test_an_error_is_shown_with_its_place_and_goes_when_all_is_well(explorer):
    explorer.build()
    explorer.controls["by"].value = 0
    assert "ZeroDivisionError" in explorer.error.value and "divide" in explorer.error.value
    assert 'role="alert"' in explorer.error.value
    assert explorer.picture.value == b"1"  # the last good one
    explorer.controls["by"].value = 7
    assert "seven is &lt;not&gt; allowed" in explorer.error.value
    assert "Traceback" not in explorer.error.value
    explorer.controls["by"].value = -1
    assert explorer.error.value == "" and explorer.picture.value == b"-1"
    assert explorer.picture.tooltip == "one by -1" and "one by -1" in explorer.caption.value


def test_a_buttons_error_is_shown_too(explorer):
    explorer.build().children[0].children[-1].click()
    assert "KeyError" in explorer.error.value


def test_where_nobody_watches_it_is_a_picture_and_no_widget(explorer, monkeypatch):
    bundle, metadata = explorer._repr_mimebundle_()
    assert bundle == {"image/png": base64.b64encode(b"1").decode(), "text/plain": "one by 1"}
    assert metadata["image/png"]["alt"] == "one by 1"
    assert explorer.box is None  # nothing that a notebook would have to store
    monkeypatch.setattr(explorer_module, "is_watched", lambda: True)
    bundle = explorer._repr_mimebundle_()
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.box.model_id
    assert bundle["image/png"] == base64.b64encode(b"1").decode()


def test_a_picture_has_the_empty_description_that_its_view_asks_for():
    """Without it the browser's view of a picture with a tooltip stops with an error."""
    state = Picture(tooltip="a boot").get_state()
    assert state["description"] == "" and state["tooltip"] == "a boot" and state["format"] == "png"


def test_an_image_is_judged_beside_others(data, tmp_path):
    """A discriminator that sees the deviation of its batch would take one image for a collapse."""
    run = run_of("cgan", data, tmp_path, minibatch="stddev")
    for layer in ("logit", "class_vector"):
        weights = run.gan.discriminator.get_layer(layer).get_weights()
        run.gan.discriminator.get_layer(layer).set_weights([0 * each for each in weights])
    kernel, bias = run.gan.discriminator.get_layer("logit").get_weights()
    kernel[-1] = 1000  # the deviation and nothing else; that of a single image is 1e-4
    run.gan.discriminator.get_layer("logit").set_weights([kernel, bias])
    explorer = set_values(widgets.opinion(run, data), number=9, label=3)
    assert logit_told(explorer) > 1
