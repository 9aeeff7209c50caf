"""The figures show what they say: the right image in the right place, nothing left out."""

import errno
import io
import os
import warnings

import matplotlib
import nbformat
import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib import font_manager
from matplotlib.text import Text
from nbclient import NotebookClient
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image
from support import raising, says

from ganlib import files, plotting
from ganlib.errors import FileError
from ganlib.images import to_uint8
from ganlib.plotting.figure import BOX, DPI, LONGEST, MOST_CLASSES, SHARP, fonts, png_bytes, shown

NAMES = ("Sandal", "Bag", "Coat")
TITLE = "drawn sketches"
ALT = "what it shows"


def flat_images(levels, shape=(4, 5)) -> np.ndarray:
    """One image of an even brightness for each level."""
    return np.stack([np.full(shape, level, np.uint8) for level in levels])


def texts(figure) -> list[str]:
    """All text that a reader sees, axis labels and legends included."""
    figure.canvas.draw()
    return [t.get_text() for t in figure.findobj(lambda artist: hasattr(artist, "get_text"))]


def rows_shown(figure, rows: int, columns: int) -> np.ndarray:
    """The brightness in the middle of each cell of an undistorted grid figure."""
    (image,) = figure.axes[0].images
    pixels = np.asarray(image.get_array())
    row_at = [round((row + 0.5) * pixels.shape[0] / rows) for row in range(rows)]
    column_at = [round((column + 0.5) * pixels.shape[1] / columns) for column in range(columns)]
    return pixels[np.ix_(row_at, column_at)]


# ------------------------------------------------------------------------- images and tiles


def test_floats_span_the_whole_brightness():
    images = np.array([-1.0, 0.0, 1.0, 1.004], np.float32).reshape(1, 2, 2)
    assert to_uint8(images).ravel().tolist() == [0, 128, 255, 255]
    levels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    assert_array_equal(to_uint8(levels / 127.5 - 1)[..., 0], levels)


@pytest.mark.parametrize(
    ("images", "parts"),
    [
        (np.zeros((28, 28), np.uint8), ["(28, 28)"]),
        (np.zeros((2, 8, 8, 4), np.uint8), ["(2, 8, 8, 4)"]),
        (np.zeros((0, 8, 8), np.uint8), ["(0, 8, 8, 1)"]),
        (np.full((1, 8, 8), 200.0), ["[-1, 1]", 200, "uint8"]),
        (np.full((1, 8, 8), np.nan), ["[-1, 1]", "nan"]),
        (np.zeros((1, 8, 8), np.int64), ["uint8", "int64"]),
    ],
)
def test_images_that_cannot_be_shown_are_refused(images, parts):
    with raising(ValueError, *parts):
        plotting.image_grid(images, title=TITLE, alt=ALT)


@pytest.mark.parametrize("channels", [None, 1, 3])
def test_tile_puts_each_image_in_its_cell(channels):
    images = np.random.default_rng(0).integers(0, 255, (5, 4, 6, channels or 1), np.uint8)
    picture = plotting.tile(images if channels else images[..., 0], 3, gap=2, background=255)
    assert picture.shape == (2 * 4 + 2, 3 * 6 + 2 * 2, channels or 1)
    for number, image in enumerate(images):
        top, left = number // 3 * (4 + 2), number % 3 * (6 + 2)
        assert_array_equal(picture[top : top + 4, left : left + 6], image)
    assert (picture[4:6] == 255).all(), "the gap between the rows"
    assert (picture[6:, 16:] == 255).all(), "the unused cell"


def test_tile_is_about_square_and_never_wider_than_its_images():
    assert plotting.tile(flat_images(range(10)), gap=0).shape == (3 * 4, 4 * 5, 1)
    assert plotting.tile(flat_images(range(2)), 7, gap=0).shape == (4, 2 * 5, 1)
    with raising(ValueError, "column", 1, 0):
        plotting.tile(flat_images(range(2)), 0)


def test_image_grid_labels_the_rows_and_captions_the_images():
    captions = [f"caption {number}" for number in range(6)]
    figure = plotting.image_grid(
        flat_images(range(0, 60, 10)), title=TITLE, row_labels=NAMES, captions=captions, alt=ALT
    )
    assert {TITLE, *NAMES, *captions} <= set(texts(figure))
    pixels = np.asarray(figure.axes[0].images[0].get_array())
    for row, tick in enumerate(figure.axes[0].get_yticks()):
        assert pixels[int(tick), 2] == row * 20, "the label stands beside its row"
    for number, text in enumerate(figure.axes[0].texts):
        x, y = text.get_position()
        assert pixels[int(y) - 1, int(x)] == number * 10, "the caption stands below its image"
        assert (pixels[int(y) + 1 : int(y) + 2, int(x)] == 255).all(), "and not on the next"


def test_image_pixels_are_whole_screen_pixels():
    images = np.random.default_rng(1).integers(0, 255, (9, 28, 28), np.uint8)
    figure = plotting.image_grid(images, title=TITLE, columns=3, alt=ALT)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib's: nothing here for it to lay out
        content = png_bytes(figure)
    shown = np.asarray(Image.open(io.BytesIO(content))).astype(int)
    enlarged = plotting.tile(images, 3)[..., 0].repeat(3 * SHARP, axis=0).repeat(3 * SHARP, axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(shown, enlarged.shape)
    # matplotlib's grey colours may be one level off.
    assert any(np.abs(window - enlarged).max() <= 1 for row in windows for window in row)


@pytest.mark.parametrize("size", [8, 28, 64, 300])
def test_no_grid_is_wider_than_a_laptop_shows(size):
    images = np.zeros((50, size, size), np.uint8)
    long = ["a class name that is rather long"] * 5
    figure = plotting.image_grid(images, title="word " * 60, row_labels=long, alt=ALT)
    assert figure.get_figwidth() <= 9
    figure = plotting.before_during_after([images] * 3, "abc", long, title=TITLE, alt=ALT)
    assert figure.get_figwidth() <= 9


def test_class_grid_rows_hold_only_their_class_in_order():
    labels = np.array([2, 0, 2, 0, 0, 2, 2])
    figure = plotting.class_grid(
        flat_images([20, 0, 21, 1, 2, 22, 23]), labels, NAMES, title=TITLE, per_class=3, alt=ALT
    )
    shown = rows_shown(figure, 3, 3)
    assert shown.tolist() == [[0, 1, 2], [255, 255, 255], [20, 21, 22]]
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == ["Sandal", "Bag (none)", "Coat"]


@pytest.mark.parametrize(
    "labels, parts",
    [([0, 1], [3, "(2,)"]), ([0, 1, 3], [0, 2, 3]), ([0, 1, -1], [0, 2, -1]),
     ([0.0, 1.0, 2.0], ["float64"]), ([[0, 1, 2]], [3, "(1, 3)"])],
)  # fmt: skip
def test_class_grid_refuses_labels_that_do_not_fit(labels, parts):
    with raising(ValueError, "labels", *parts):
        plotting.class_grid(flat_images(range(3)), np.array(labels), NAMES, title=TITLE, alt=ALT)


def test_before_during_after_puts_the_frames_side_by_side_under_their_names():
    frames = [flat_images(np.arange(6) + 10 * frame) for frame in range(3)]
    figure = plotting.before_during_after(
        frames, ("noise", "half", "done"), NAMES, title=TITLE, alt=ALT
    )
    assert [axes.get_title() for axes in figure.axes] == ["noise", "half", "done"]
    for number, axes in enumerate(figure.axes):
        assert np.asarray(axes.images[0].get_array())[0, 0] == 10 * number
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == list(NAMES)
    lefts = [axes.get_position().x0 for axes in figure.axes]
    assert lefts == sorted(lefts)
    with raising(ValueError, 3, "('noise', 'done')"):
        plotting.before_during_after(frames, ("noise", "done"), title=TITLE, alt=ALT)
    with raising(ValueError, 3, 4):
        plotting.before_during_after([flat_images(range(4))], ("one",), NAMES, title=TITLE, alt=ALT)


# -------------------------------------------------------------------------- names of classes


def figures_of(names, title=TITLE) -> dict:
    """Every figure that writes the names of classes, by the function that makes it."""
    n = len(names)
    images = np.tile(np.arange(28, dtype=np.uint8), (n, 28, 1))
    return {
        "class_grid": plotting.class_grid(
            images, np.arange(n), names, title=title, per_class=14, alt=ALT
        ),
        "before_during_after": plotting.before_during_after(
            [images] * 2, "ab", names, title=title, alt=ALT
        ),
        "image_grid": plotting.image_grid(images[:5], title=title, captions=names[:5], alt=ALT),
        "class_counts": plotting.class_counts(np.ones(n), names, title=title, alt=ALT),
        "confusion": plotting.confusion(np.eye(n), names, title=title, alt=ALT),
    }


def names_in(figure) -> list[str]:
    """What stands beside the rows, in the legend or under the images."""
    first, legend = figure.axes[0], figure.axes[-1].get_legend()
    if legend:
        return [text.get_text() for text in legend.get_texts()][::-1]
    return [label.get_text() for label in first.get_yticklabels() or first.texts]


FIGURES = ("class_grid", "before_during_after", "image_grid", "class_counts", "confusion")


@pytest.mark.parametrize("kind", FIGURES)
def test_a_dollar_is_no_mathematics(kind):
    names = ["$x_1$", "$}$ broken", "5$", "plain", r"\$"]
    figure = figures_of(names, title="$y_1$")[kind]
    settings = dict(matplotlib.rcParams)
    png_bytes(figure)
    assert names_in(figure) == names and figure.get_suptitle() == "$y_1$"
    written = [text for text in figure.findobj(Text) if "$" in text.get_text()]
    assert len(written) >= 5 and not any(text.get_parse_math() for text in written)
    assert dict(matplotlib.rcParams) == settings


def test_the_powers_of_ten_on_an_axis_are_typeset():
    figure = plotting.curves([1, 2], {"$a$": [1, 1000]}, title=TITLE, ylabel="loss", alt=ALT)
    figure.axes[0].set_yscale("log")
    for _ in range(2):  # the second time the labels are there already
        png_bytes(figure)
        parsed = {t.get_text(): t.get_parse_math() for t in figure.findobj(Text) if t.get_text()}
        assert parsed.pop("$a$") is False
        powers = {text: typeset for text, typeset in parsed.items() if "$" in text}
        assert len(powers) >= 3 and all(powers.values())


@pytest.mark.parametrize("kind", FIGURES)
def test_long_names_are_shortened_and_told_apart(kind):
    figure = figures_of(["Bag", *(f"{'x' * 100}{k}{'y' * 100}" for k in range(4))])[kind]
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib's, where nothing is left of the axes
        png_bytes(figure)
    shown = names_in(figure)
    assert shown[0] == "Bag" and len(set(shown)) == 5
    assert max(map(len, shown)) <= LONGEST
    assert [name.split(":")[0] for name in shown[1:]] == ["1", "2", "3", "4"]
    assert figure.get_figwidth() <= 9


def test_of_a_long_name_both_ends_are_shown():
    (name,) = shown([f"Ankle boot {'x' * 90}: -12.3\nreal"])
    assert name.startswith("0: Ankle boot") and name.endswith(": -12.3\nreal")
    assert shown(["", " ", "", "Bag", "Bag"]) == ["", " ", "", "Bag", "Bag"]


@pytest.mark.parametrize("kind", [name for name in FIGURES if name != "image_grid"])
def test_of_many_classes_some_are_shown_evenly_and_the_title_tells(kind):
    names = [f"class {number}" for number in range(200)]
    figure = figures_of(names)[kind]
    png_bytes(figure)
    shown = names_in(figure)
    assert len(shown) == MOST_CLASSES and (shown[0], shown[-1]) == (names[0], names[-1])
    numbers = [names.index(name) for name in shown]
    assert set(np.diff(numbers)) <= {6, 7}
    assert figure.get_suptitle() == f"{TITLE} (30 of 200 classes)"
    assert figure.get_figheight() * DPI < 30 * 100  # no row is higher


def test_of_many_classes_each_keeps_its_own_numbers():
    names, counts = [f"c{k}" for k in range(90)], np.arange(1, 91)
    wanted = [
        int(name[1:])
        for name in names_in(plotting.class_counts(counts, names, title=TITLE, alt=ALT))
    ]
    bars = plotting.class_counts(counts, names, title=TITLE, alt=ALT).axes[0].patches
    assert [bar.get_width() for bar in bars] == [k + 1 for k in wanted]
    shown = plotting.confusion(np.diag(counts) + 1, names, title=TITLE, alt=ALT)
    diagonal = [t.get_text() for t in shown.axes[0].texts if len(set(t.get_position())) == 1]
    assert diagonal == [str(k + 2) for k in wanted]
    images, labels = flat_images(range(90), (8, 8)), np.arange(90)
    grid = plotting.class_grid(images, labels, names, title=TITLE, per_class=1, alt=ALT)
    assert rows_shown(grid, 30, 1).ravel().tolist() == wanted
    stages = plotting.before_during_after([images] * 2, "ab", names, title=TITLE, alt=ALT)
    assert rows_shown(stages, 30, 1).ravel().tolist() == wanted


def test_counts_of_many_classes_tell_how_many_of_all_are_missing():
    counts = np.full(200, 1000)
    counts[[1, 2, 3]], counts[5] = 0, 1
    figure = plotting.class_counts(
        counts, [str(k) for k in range(200)], title=TITLE, rare=0.001, alt=ALT
    )
    says(figure.axes[0].get_xlabel(), 3, 1)


@pytest.fixture
def cat_font(tmp_path, monkeypatch):
    """A font of one character, 猫, under a name that the figures look for."""
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", "cat"])
    builder.setupCharacterMap({ord("猫"): "cat"})
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 900), (900, 900), (900, 0)):
        pen.lineTo(corner)
    pen.closePath()
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "cat": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "cat": (1000, 0)})
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupNameTable({"familyName": "Noto Sans CJK JP", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(tmp_path / "cat.ttf")
    only = [f for f in font_manager.fontManager.ttflist if f.name.startswith("DejaVu")]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", only)
    font_manager.fontManager.addfont(tmp_path / "cat.ttf")
    fonts.cache_clear()
    yield
    fonts.cache_clear()


def ink(figure) -> int:
    picture = Image.open(io.BytesIO(png_bytes(figure))).convert("L")
    return int((np.asarray(picture) < 128).sum())


@pytest.mark.filterwarnings("error:Glyph")
def test_names_in_other_scripts_are_drawn_in_a_font_that_has_them(cat_font, tmp_path):
    white = np.full((2, 20, 20), 255, np.uint8)
    cat, dot = (
        plotting.image_grid(white, columns=1, row_labels=["Bag", name], title=name, alt=ALT)
        for name in ("猫", ".")
    )
    # The font's only character is a solid block: of 9 points in the list, 11.5 in the title.
    assert ink(cat) - ink(dot) > 200
    assert names_in(cat) == ["Bag", "猫"] and cat.get_suptitle() == "猫"
    path = plotting.animation([white], tmp_path / "a.gif", row_labels=["猫", "."], columns=1)
    (picture,), _, _ = gif_frames(path)
    assert 80 < (picture[:40] < 128).all(2).sum() < 300  # a block, not the outline of a box


@pytest.mark.filterwarnings("error:Glyph")
@pytest.mark.parametrize("kind", [name for name in FIGURES if name != "image_grid"])
def test_names_that_no_font_has_are_numbered(kind, monkeypatch):
    """U+E123 is for private use, U+DCE9 a byte of a folder's name in an old encoding."""
    names = ["Bag", "\ue123", "caf\udce9", "\ue123b", "naïve θ"]
    figure = figures_of(names, title="\ue123")[kind]
    png_bytes(figure)
    box = BOX
    assert names_in(figure) == ["Bag", f"1: {box}", f"2: caf{box}", f"3: {box}b", "naïve θ"]
    assert figure.get_suptitle() == box


# ------------------------------------------------------------------------------------ curves


def test_running_mean_looks_back_only_and_forgets_a_nan():
    assert plotting.running_mean(np.array([2, 4, 6, 8]), 2).tolist() == [2, 3, 5, 7]
    smoothed = plotting.running_mean(np.array([1, np.nan, 1, 1, 1]), 2)
    assert np.isnan(smoothed).tolist() == [False, True, True, False, False]


def test_curves_draw_the_raw_line_faint_the_mean_strong_and_the_reference():
    values = np.array([4.0, 0, 4, 0])
    figure = plotting.curves(
        np.arange(4),
        {"ours": values},
        title=TITLE,
        ylabel="distance",
        reference={"real images": 1.5},
        smooth=2,
        alt=ALT,
    )
    raw, strong, reference = figure.axes[0].lines
    assert_array_equal(raw.get_ydata(), values)
    assert_array_equal(strong.get_ydata(), [4, 2, 2, 2])
    assert raw.get_alpha() < 0.5 and strong.get_alpha() is None
    assert set(reference.get_ydata()) == {1.5}
    assert {"ours", "real images", "step", "distance", TITLE} <= set(texts(figure))


def test_curves_refuse_a_series_of_another_length():
    with raising(ValueError, "loss", "(3,)", "(2,)"):
        plotting.curves(np.arange(3), {"loss": np.zeros(2)}, title=TITLE, ylabel="loss", alt=ALT)


def test_training_curves_show_the_right_series_in_the_right_panel():
    history = {"step": np.arange(3), "epoch": np.zeros(3), "seconds": np.zeros(3)}
    keys = ("generator_loss", "discriminator_loss", "real_accuracy", "fake_accuracy")
    history |= {key: np.full(3, 0.1 * number) for number, key in enumerate(keys, start=1)}
    figure = plotting.training_curves(history, title=TITLE, alt=ALT)
    found = {
        line.get_label(): (panel, line.get_ydata()[0])
        for panel, axes in enumerate(figure.axes)
        for line in axes.lines
    }
    assert found == {
        "generator": (0, pytest.approx(0.1)),
        "discriminator": (0, pytest.approx(0.2)),
        "real images": (1, pytest.approx(0.3)),
        "generated images": (1, pytest.approx(0.4)),
        "a coin toss": (1, 0.5),
    }
    history["score"] = np.array([np.nan, 5.0, 4.0])
    scored = plotting.training_curves(
        history, title=TITLE, floor=0.5, score_name="FD", alt=ALT
    ).axes[2]
    measured, floor = scored.lines
    says(scored.get_ylabel(), "FD", "lower")
    assert scored.get_ylim()[0] == pytest.approx(0.4)  # the floor is not on the edge
    assert_array_equal(measured.get_xydata(), [[1, 5], [2, 4]])
    assert set(floor.get_ydata()) == {0.5}
    del history["real_accuracy"]
    with raising(ValueError, "real_accuracy", "'fake_accuracy'"):
        plotting.training_curves(history, title=TITLE, alt=ALT)


# ----------------------------------------------------------------------------- distributions


def test_class_counts_mark_missing_and_rare_classes_in_words():
    figure = plotting.class_counts(np.array([0, 10, 990]), NAMES, title=TITLE, alt=ALT)
    shown = texts(figure)
    assert "0 (0.0%): MISSING" in shown
    assert "10 (1.0%): rare" in shown
    assert "990 (99.0%)" in shown
    assert any("333" in text for text in shown)  # the even share
    bars = {round(bar.get_y() + bar.get_height() / 2): bar for bar in figure.axes[0].patches}
    labels = zip(figure.axes[0].get_yticks(), figure.axes[0].get_yticklabels(), strict=True)
    by_name = {label.get_text(): bars[tick].get_width() for tick, label in labels}
    assert by_name == {"Sandal": 0, "Bag": 10, "Coat": 990}
    relaxed = texts(
        plotting.class_counts(np.array([0, 10, 990]), NAMES, title=TITLE, rare=0.005, alt=ALT)
    )
    assert "10 (1.0%)" in relaxed


@pytest.mark.parametrize("counts", [[1, 2], [0, 0, 0], [1, -1, 2], [0.5, 1, 2], [np.nan, 1, 2]])
def test_class_counts_refuse_what_is_no_count(counts):
    with raising(ValueError, "counts", "(2,)" if len(counts) == 2 else np.array(counts, float)):
        plotting.class_counts(np.array(counts), NAMES, title=TITLE, alt=ALT)


@pytest.mark.parametrize("scaled", [False, True])
def test_pixel_histogram_counts_in_the_images_own_scale(scaled):
    images = np.zeros((1, 10, 10), np.uint8)
    images[0, 0] = 255
    figure = plotting.pixel_histogram(
        images / 127.5 - 1 if scaled else images, title=TITLE, alt=ALT
    )
    (stairs,) = figure.axes[0].patches
    shares, edges, _ = stairs.get_data()
    assert (shares[0], shares[-1], shares.sum()) == (90, 10, 100)
    assert edges[0] == (-1 if scaled else 0)
    assert ("-1" in figure.axes[0].get_xlabel()) == scaled


def test_pixel_histogram_separates_the_channels():
    images = np.zeros((1, 8, 8, 3), np.uint8)
    images[..., 1] = 255
    figure = plotting.pixel_histogram(images, title=TITLE, alt=ALT)
    full = {p.get_label(): p.get_data().values[-1] for p in figure.axes[0].patches}
    assert full == {"red": 0, "green": 100, "blue": 0}


def test_confusion_prints_each_number_at_its_row_and_column():
    matrix = np.arange(9).reshape(3, 3) * 1000
    figure = plotting.confusion(matrix, NAMES, title=TITLE, ylabel="asked for", alt=ALT)
    printed = {text.get_position(): text.get_text() for text in figure.axes[0].texts}
    assert printed[(2, 1)] == "5,000", "x is the column, y the row"
    assert figure.axes[0].get_ylabel() == "asked for"
    shares = np.asarray(figure.axes[0].images[0].get_array())
    assert_allclose(shares.sum(1), 1)
    floats = plotting.confusion(np.eye(3), NAMES, title=TITLE, alt=ALT)
    assert floats.axes[0].texts[0].get_text() == "1.00"
    with raising(ValueError, "(3, 3)"):
        plotting.confusion(np.eye(2), NAMES, title=TITLE, alt=ALT)


def test_confusion_survives_a_class_that_never_occurs():
    matrix = np.diag([5, 0, 5])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = plotting.confusion(matrix, NAMES, title=TITLE, alt=ALT)
    assert_array_equal(np.asarray(figure.axes[0].images[0].get_array())[1], 0)


def test_density_histogram_has_the_samples_density_and_tells_what_it_leaves_out():
    x = np.linspace(0, 3, 31)
    samples = np.array([0.01, 0.02, 1.01, 9.0])
    figure = plotting.density_1d(x, np.ones(31), fake_samples=samples, title=TITLE, alt=ALT)
    (stairs,) = [patch for patch in figure.axes[0].patches if hasattr(patch, "get_data")]
    heights, edges, _ = stairs.get_data()
    assert (heights * np.diff(edges)).sum() == pytest.approx(0.75)
    assert any("25.0%" in text for text in texts(figure))
    assert len(figure.axes) == 1


def test_density_shows_the_discriminator_beside_the_optimal_one():
    x = np.linspace(-1, 1, 5)
    figure = plotting.density_1d(
        x,
        np.ones(5),
        fake_density=np.full(5, 0.5),
        discriminator=np.full(5, 0.25),
        optimal=np.full(5, 2 / 3),
        title=TITLE,
        alt=ALT,
    )
    assert {line.get_label(): line.get_ydata()[0] for line in figure.axes[1].lines} == {
        "discriminator": 0.25,
        "optimal discriminator": 2 / 3,
        "undecided": 0.5,
    }


@pytest.mark.parametrize(
    ("changed", "parts"),
    [
        ({"fake_density": None}, ["fake_density", "fake_samples"]),
        ({"fake_samples": np.ones(3)}, ["fake_density", "fake_samples"]),
        ({"discriminator": np.full(5, 3.0)}, ["discriminator", 0, 1]),
        ({"optimal": np.ones(4)}, ["optimal", "(5,)", "(4,)"]),
        ({"real_density": np.ones(4)}, ["real_density", "(5,)", "(4,)"]),
        ({"x": np.zeros(5)}, ["[0. 0.]", "x[0]"]),
        ({"x": [0, 1, 4, 2, 2]}, ["[4. 2.]", "x[2]"]),
    ],
)
def test_density_refuses_what_does_not_fit(changed, parts):
    arguments = {"x": np.arange(5), "real_density": np.ones(5), "fake_density": np.ones(5)}
    with raising(ValueError, *parts):
        plotting.density_1d(**(arguments | changed), title=TITLE, alt=ALT)


# ------------------------------------------------------------------------ saving and showing


def test_save_makes_folders_and_equal_bytes_for_equal_figures(tmp_path):
    def make():
        return plotting.class_counts(np.array([1, 2, 3]), NAMES, title=TITLE, alt=ALT)

    first = plotting.save(make(), tmp_path / "new" / "a.png")
    second = plotting.save(make(), tmp_path / "b.png")
    assert first == tmp_path / "new" / "a.png"
    assert first.read_bytes() == second.read_bytes()
    with Image.open(first) as image:
        assert image.format == "PNG" and "Software" not in image.info
    assert sorted(path.name for path in tmp_path.rglob("*.png")) == ["a.png", "b.png"]
    with raising(ValueError, ".png", "'c.jpg'"):
        plotting.save(make(), tmp_path / "c.jpg")


def test_a_failed_write_leaves_the_older_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a.gif"
    path.write_bytes(b"older")

    def fails(self, target, **options):
        target.write_bytes(b"half of it")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Image.Image, "save", fails)
    with raising(FileError, path, os.strerror(errno.ENOSPC)):
        plotting.animation([flat_images([1, 2])], path)
    assert [file.name for file in tmp_path.iterdir()] == ["a.gif"]
    assert path.read_bytes() == b"older"


def make_save(path):
    return plotting.save(
        plotting.class_counts(np.array([1, 2, 3]), NAMES, title=TITLE, alt=ALT), path
    )


def make_animation(path):
    return plotting.animation([flat_images([1, 2])], path)


WRITERS = pytest.mark.parametrize(
    ("write", "name"), [(make_save, "a.png"), (make_animation, "a.gif")]
)


@WRITERS
def test_a_link_in_the_place_is_replaced_and_not_followed(write, name, tmp_path):
    victim, folder = tmp_path / "victim", tmp_path / "run"
    victim.write_bytes(b"precious")
    folder.mkdir()
    (folder / name).symlink_to(victim)
    write(folder / name)
    assert victim.read_bytes() == b"precious"
    assert not (folder / name).is_symlink()
    assert Image.open(folder / name).format.lower() == name[-3:]


@WRITERS
def test_a_foreseen_temporary_name_is_not_followed(write, name, tmp_path, monkeypatch):
    monkeypatch.setattr(files.secrets, "token_hex", lambda length: "seen")
    victim, folder = tmp_path / "victim", tmp_path / "run"
    victim.write_bytes(b"precious")
    folder.mkdir()
    (folder / f"{files.TEMPORARY}seen-{name}").symlink_to(victim)
    with pytest.raises(FileError):
        write(folder / name)
    assert victim.read_bytes() == b"precious" and not (folder / name).exists()


@WRITERS
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_fails_at_its_end_leaves_the_older_file(
    write, name, step, tmp_path, monkeypatch
):
    def fails(*args):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / name).write_bytes(b"older")
    monkeypatch.setattr(os, step, fails)
    with raising(FileError, tmp_path / name, os.strerror(errno.ENOSPC)):
        write(tmp_path / name)
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_bytes() == b"older"


def test_grey_figures_are_stored_as_grey_and_coloured_ones_in_colour():
    grey = plotting.image_grid(flat_images([3]), title=TITLE, alt=ALT)
    colour = plotting.image_grid(
        flat_images([3], (4, 4, 3)) * np.uint8([1, 5, 9]), title=TITLE, alt=ALT
    )
    stored = [Image.open(io.BytesIO(png_bytes(figure))) for figure in (grey, colour)]
    assert [picture.mode for picture in stored] == ["L", "P"]  # P: a palette
    # Images of three flat colours beside black text on white: no colour is lost to the palette.
    drawn = {colour for _, colour in stored[1].convert("RGB").getcolors()}
    assert {(3, 15, 27), (0, 0, 0), (255, 255, 255)} <= drawn


def test_images_in_many_colours_keep_all_of_them():
    colours = np.random.default_rng(0).integers(0, 256, (60, 8, 8, 3)).astype(np.uint8)
    figure = plotting.image_grid(colours, title=TITLE, alt=ALT)
    stored = np.asarray(Image.open(io.BytesIO(png_bytes(figure))).convert("RGB"))
    drawn = {tuple(colour) for colour in stored.reshape(-1, 3)}
    assert {tuple(colour) for colour in colours.reshape(-1, 3)} <= drawn


def test_a_figure_says_what_it_shows_and_has_two_pixels_for_each_of_the_page():
    figure = plotting.curves([1, 2], {"a": [1, 2]}, title=TITLE, ylabel="y", alt=" it\n rises ")
    bundle, metadata = figure._repr_mimebundle_()
    assert metadata == {"image/png": {"alt": "it rises", "width": 864}}
    assert Image.open(io.BytesIO(bundle["image/png"])).width == 2 * 864
    with pytest.raises(ValueError, match="alt"):
        plotting.curves([1, 2], {"a": [1, 2]}, title=TITLE, ylabel="y", alt=" ")


def test_a_notebook_shows_a_figure_once_with_or_without_pyplot():
    make = "plotting.class_counts([1, 2], 'ab', title='x', alt='two bars')"
    cells = [
        f"from ganlib import plotting\n{make}",
        make.replace("[1, 2]", "[5, 0]"),
        f"import matplotlib.pyplot as plt\n%matplotlib inline\nplt.close()\n{make}",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    NotebookClient(notebook, kernel_name="python3").execute()
    for cell in notebook.cells:
        (output,) = cell.outputs
        assert set(output.data) == {"image/png", "text/plain"}
        assert output.data["text/plain"] == "<ganlib figure>"
        assert output.metadata["image/png"]["alt"] == "two bars"


# --------------------------------------------------------------------------------- animation


def gif_frames(path) -> tuple[list[np.ndarray], list[int], dict]:
    with Image.open(path) as image:
        pictures, times, info = [], [], dict(image.info)
        for number in range(image.n_frames):
            image.seek(number)
            times.append(image.info["duration"])
            pictures.append(np.asarray(image.convert("RGB")))
    return pictures, times, info


def test_animation_has_every_frame_in_order_with_its_time(tmp_path):
    frames = [flat_images([level, 255, 0, level], (8, 8)) for level in (0, 102, 255)]
    path = plotting.animation(frames, tmp_path / "a.gif", milliseconds=120, hold_last=900, scale=3)
    pictures, times, info = gif_frames(path)
    assert times == [120, 120, 900]
    assert info["loop"] == 0, "for ever"
    side = (2 * 8 + 2) * 3
    assert {picture.shape for picture in pictures} == {(side, side, 3)}
    assert [picture[5, 5, 0] for picture in pictures] == [0, 102, 255]
    assert [picture[-5, 5, 0] for picture in pictures] == [0, 0, 0]
    assert [file.name for file in tmp_path.iterdir()] == ["a.gif"]


def test_animation_takes_floats_and_colour(tmp_path):
    frames = np.full((2, 4, 8, 8, 3), -1.0)
    frames[1, ..., 0] = 1.0
    pictures, _, _ = gif_frames(plotting.animation(frames, tmp_path / "a.gif"))
    assert_allclose(pictures[0][4, 4], [0, 0, 0], atol=8)
    assert_allclose(pictures[1][4, 4], [255, 0, 0], atol=8)


def test_colours_in_the_middle_of_an_animation_are_kept(tmp_path):
    """The palette of the first and the last frame, noise and grey here, would have none of them."""
    rng = np.random.default_rng(0)
    noise = rng.uniform(-0.2, 0.2, (4, 16, 16, 3))
    hues = [np.broadcast_to(rng.uniform(-1, 1, (4, 1, 1, 3)), noise.shape) for _ in range(8)]
    frames = [noise, *hues, np.zeros_like(noise)]
    pictures, _, _ = gif_frames(plotting.animation(frames, tmp_path / "a.gif", scale=1))
    for picture, frame in zip(pictures[1:-1], hues, strict=True):
        error = picture.astype(float) - plotting.tile(frame)
        assert np.sqrt((error**2).mean()) < 12


def test_an_animation_of_many_classes_shows_some_and_tells(tmp_path):
    names = [f"class {number}" for number in range(90)]
    frames = [flat_images(range(90), (8, 8)), flat_images(range(90, 180), (8, 8))]
    paths = [tmp_path / "a.gif", tmp_path / "b.gif"]
    plotting.animation(frames, paths[0], titles=["one", "two"], row_labels=names)
    kept = np.linspace(0, 89, 30).astype(int)
    plotting.animation(
        [frame[kept] for frame in frames],
        paths[1],
        titles=["one (30 of 90 classes)", "two (30 of 90 classes)"],
        row_labels=[names[k] for k in kept],
    )
    assert paths[0].read_bytes() == paths[1].read_bytes()
    plotting.animation(frames, paths[0], row_labels=names)
    plotting.animation(frames, paths[1], titles=["", ""], row_labels=names)
    assert gif_frames(paths[0])[0][0].shape[0] == 30 * 20 - 4 + 24, "told without titles too"
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_animation_draws_titles_above_and_labels_beside_the_rows(tmp_path):
    frames = [flat_images([level] * 6, (12, 12)) for level in (0, 51)]
    titles = ["epoch 1", "epoch 2, and a title much wider than the images below it"]
    plain, labelled = tmp_path / "plain.gif", tmp_path / "labelled.gif"
    plotting.animation(frames, plain, columns=2)
    plotting.animation(frames, labelled, titles=titles, row_labels=NAMES)
    (grid, _), _, _ = gif_frames(plain)
    pictures, _, _ = gif_frames(labelled)
    top = len(pictures[0]) - len(grid)
    assert 10 < top < 40
    for picture in pictures:
        assert (picture[:top] < 128).any(), "a title"
    ink = np.flatnonzero((pictures[1][:top] < 128).any((0, 2)))
    assert 2 <= pictures[1].shape[1] - ink[-1] <= 10, "the long title ends before the edge"
    left = int(np.flatnonzero((pictures[0][top:] == 0).all(2).sum(0) > 60)[0])
    for row in range(3):
        beside = pictures[0][top + row * 28 : top + row * 28 + 24, :left]
        assert (beside < 128).any(), f"the label of row {row}"
    assert_array_equal(pictures[0][top:, left : left + grid.shape[1]], grid)


def test_fifty_changing_garments_in_thirty_frames_stay_about_a_megabyte(tmp_path):
    """Half black, half any brightness, all new in each frame: worse than any training."""
    rng = np.random.default_rng(0)
    frames = []
    for _ in range(30):
        images = np.zeros((50, 28, 28), np.uint8)
        images[:, :, 7:21] = rng.normal(160, 25, (50, 28, 14)).clip(0, 255)
        frames.append(images)
    path = plotting.animation(frames, tmp_path / "a.gif")
    assert path.stat().st_size < 1_200_000


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ({"titles": ["one"]}, ["titles", 2, 1]),
        ({"row_labels": NAMES}, [3, 4]),
        ({"milliseconds": 5}, [20, 10, 5]),
        ({"hold_last": 155}, [20, 10, 155]),
        ({"scale": 0}, ["scale", 1, 0]),
        ({"path": "a.mp4"}, [".gif", "'a.mp4'"]),
        ({"frames": []}, ["frames", 0]),
        ({"frames": [flat_images([1]), flat_images([1, 2])]}, ["(1, 4, 5)", "(2, 4, 5)"]),
    ],
)
def test_animation_refuses_what_does_not_fit(tmp_path, options, parts):
    options = {"frames": [flat_images(range(4))] * 2, "path": "a.gif"} | options
    options["path"] = tmp_path / options["path"]
    with raising(ValueError, *parts):
        plotting.animation(**options)
    assert not list(tmp_path.iterdir())
