"""Drawn garments: what is drawn, and with what."""

import numpy as np
import pytest
from support import raising

from ganlib.data.load import load_data
from ganlib.data.sketches import drawing as drawing_module
from ganlib.data.sketches import shapes
from ganlib.data.sketches.drawing import CLASS_NAMES, draw
from ganlib.data.sketches.folder import write_folder
from ganlib.data.sketches.garments import GARMENTS
from ganlib.errors import SettingsError

CLASSES = range(len(CLASS_NAMES))


@pytest.fixture(scope="module")
def drawn():
    """3,000 grey 28 x 28 sketches and their labels."""
    return draw(3000, seed=7)


def make_pen(size=28, n=40, seed=0):
    return shapes.Pen(np.random.default_rng(seed), n, size)


# What draw returns --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [8, 13, 28, 36, 64])
@pytest.mark.parametrize("channels", [1, 3])
def test_shape_and_type_at_any_size(size, channels):
    images, labels = draw(25, size=size, channels=channels)
    assert images.shape == ((25, size, size) if channels == 1 else (25, size, size, 3))
    assert images.dtype == np.uint8
    assert labels.shape == (25,) and labels.dtype == np.int64
    assert all(image.max() > 60 for image in images)  # no garment is lost at a coarse size


def test_one_image_is_enough():
    images, labels = draw(1)
    assert images.shape == (1, 28, 28) and labels[0] in CLASSES


def test_same_arguments_same_bytes_whatever_the_number_of_processors(monkeypatch):
    images, labels = draw(1500, seed=3)
    for processors in (1, 7):
        monkeypatch.setattr(drawing_module.os, "cpu_count", lambda count=processors: count)
        again, labels_again = draw(1500, seed=3)
        np.testing.assert_array_equal(again, images)
        np.testing.assert_array_equal(labels_again, labels)


def test_another_seed_gives_other_garments_in_another_order():
    images, labels = draw(200, seed=0)
    others, other_labels = draw(200, seed=1)
    assert (labels != other_labels).any()
    seen = {image.tobytes() for image in images}
    assert not any(image.tobytes() in seen for image in others)


@pytest.mark.parametrize("n", [9, 1000, 1003])
def test_classes_are_balanced(n):
    counts = np.bincount(draw(n, size=8)[1], minlength=10)
    assert counts.max() - counts.min() <= 1


def test_classes_are_shuffled(drawn):
    _, labels = drawn
    for part in np.split(labels, 10):
        assert np.bincount(part, minlength=10).min() > 10


def test_the_functions_stand_in_the_order_of_the_class_names():
    for name, function in zip(CLASS_NAMES, GARMENTS, strict=True):
        word = name.split("/")[0].lower().replace("-", "_").replace(" ", "_")
        assert function.__name__ == word


@pytest.mark.parametrize(
    "wrong",
    [
        {"n": 0}, {"n": -5}, {"n": 2.0}, {"n": True}, {"n": "10"}, {"size": 7}, {"size": 28.0},
        {"channels": 2}, {"channels": 0}, {"channels": True}, {"channels": 3.0}, {"seed": -1},
        {"seed": None}, {"size": 513}, {"size": 2048},
    ],
)  # fmt: skip
def test_wrong_arguments_are_named(wrong):
    (name, value), *_ = wrong.items()
    with raising(SettingsError, f"{name}={value!r}"):
        draw(**({"n": 10} | wrong))


@pytest.mark.parametrize("n, size, channels", [(60_000, 512, 1), (10**9, 28, 3), (2**60, 8, 1)])
def test_more_than_memory_holds_is_refused_with_the_remedy(n, size, channels):
    with raising(SettingsError, f"{n:,}", f"{size} x {size}", "size"):
        draw(n, size=size, channels=channels)


def test_numpy_integers_are_numbers_too():
    images, _ = draw(np.int64(3), size=np.uint8(8), channels=np.int8(3), seed=np.int32(1))
    np.testing.assert_array_equal(images, draw(3, size=8, channels=3, seed=1)[0])


# What the images look like ------------------------------------------------------------------------


def test_bright_garments_on_a_black_background(drawn):
    images, _ = drawn
    black = (images == 0).mean((1, 2))
    assert black.min() > 0.15 and black.max() < 0.95
    brightness = np.array([image[image > 0].mean() for image in images])
    assert brightness.min() > 30 and 110 < brightness.mean() < 200
    assert np.percentile(brightness, 95) - np.percentile(brightness, 5) > 70  # dark ones, bright


def test_garments_fill_the_frame_and_are_centred(drawn):
    images, labels = drawn
    for label in CLASSES:
        ink = images[labels == label] > 0
        rows, columns = ink.any(2), ink.any(1)
        extent = np.maximum(rows.sum(1), columns.sum(1))
        assert extent.min() >= 20, CLASS_NAMES[label]
        for across in (rows, columns):
            first, last = across.argmax(1), 27 - across[:, ::-1].argmax(1)
            middle = (first + last) / 2
            assert abs(middle.mean() - 13.5) < 3.5, CLASS_NAMES[label]


def test_every_class_varies_in_outline_and_in_shade(drawn):
    images, labels = drawn
    assert len({image.tobytes() for image in images}) == len(images)
    for label in CLASSES:
        some = images[labels == label]
        assert some.std(0).mean() > 15
        outlines = {(image > 0).tobytes() for image in some}
        assert len(outlines) > 0.95 * len(some), CLASS_NAMES[label]


def test_classes_can_be_told_apart(drawn):
    """Ridge regression on the raw pixels: far blunter than a convolution, yet nearly enough."""
    images, labels = drawn
    pixels = np.column_stack([images.reshape(3000, -1) / 255, np.ones(3000)])
    known, asked = pixels[:2000], pixels[2000:]
    penalty = 10 * np.eye(known.shape[1])
    weights = np.linalg.solve(known.T @ known + penalty, known.T @ np.eye(10)[labels[:2000]])
    predicted, true = (asked @ weights).argmax(1), labels[2000:]
    for label in CLASSES:
        assert (predicted[true == label] == label).mean() > 0.8, CLASS_NAMES[label]


def test_sleeves_tell_t_shirts_from_pullovers(drawn):
    """Half way down, a pullover has sleeves beside the body and a T-shirt has nothing."""
    images, labels = drawn
    widths = (images[:, 18] > 0).sum(1)
    assert widths[labels == 0].mean() + 4 < widths[labels == 2].mean()


def test_trousers_have_two_legs(drawn):
    images, labels = drawn
    row = images[labels == 1][:, 20] > 20
    runs = (np.diff(row.astype(int), axis=1) == 1).sum(1)
    assert (runs == 2).mean() > 0.8


def test_colours_are_colourful_and_of_every_hue():
    images, _ = draw(400, size=16, channels=3)
    mean = np.array([image[image.any(-1)].mean(0) for image in images])
    assert (np.ptp(mean, axis=1) > 20).mean() > 0.6
    assert np.bincount(mean.argmax(1), minlength=3).min() > 80


def test_sizes_and_colour_show_the_same_garments():
    small, labels = draw(200, seed=5)
    large, large_labels = draw(200, size=56, channels=3, seed=5)
    np.testing.assert_array_equal(large_labels, labels)
    halved = (large.max(-1) > 0).reshape(200, 28, 2, 28, 2).mean((2, 4))
    differs = ((halved > 0.5) != (small > 0))[(halved == 0) | (halved == 1)]
    assert differs.mean() < 0.01
    brightness = small.mean((1, 2)), large.max(-1).mean((1, 2))
    assert np.corrcoef(*brightness)[0, 1] > 0.98


# Garments and shapes ------------------------------------------------------------------------------


@pytest.mark.parametrize("garment", GARMENTS, ids=lambda f: f.__name__)
def test_a_garments_layers_are_in_range_soft_edged_and_float32(garment):
    cover, accent, shade = garment(make_pen())
    for layer in (cover, accent, shade):
        assert np.broadcast_shapes(layer.shape, (40, 28, 28)) == (40, 28, 28)
        assert layer.dtype == np.float32  # float64 would double the time
    assert cover.min() == 0 and cover.max() == 1
    assert accent.min() >= 0 and accent.max() <= 1
    assert shade.min() >= 0 and shade.max() <= 1.2
    assert ((cover > 0.05) & (cover < 0.95)).mean() > 0.02


def test_ink_covers_the_area_of_the_shape():
    pen = make_pen(size=64, n=1)
    disc = pen.fill(shapes.ellipse(pen.x, pen.y, 0.5, 0.5))
    oval = pen.fill(shapes.ellipse(pen.x, pen.y, 0.8, 0.4))
    rectangle = pen.fill(shapes.box(pen.x, pen.y, -0.5, 0.25, -0.75, 0.75))
    for ink, area in ((disc, np.pi / 4), (oval, np.pi * 0.32), (rectangle, 0.75 * 1.5)):
        assert ink.sum() * pen.px**2 == pytest.approx(area, rel=0.01)


def test_ellipse_is_a_distance_along_its_axes():
    x, y = np.array([0.9, 0.0, 0.7, 0.8]), np.array([0.0, 0.5, 0.0, 0.0])
    np.testing.assert_allclose(shapes.ellipse(x, y, 0.8, 0.4), [0.1, 0.1, -0.1, 0], atol=1e-5)


def test_a_thin_line_is_a_pixel_wide_at_every_size():
    for size in (8, 28, 64):
        pen = make_pen(size, n=1)
        assert pen.line(pen.x - 0.3, 0.001).sum() == pytest.approx(1, abs=1e-3)


def test_segment_gives_distance_and_place():
    distance, along = shapes.segment(np.array([0.5, 4.0]), np.array([2.0, 4.0]), 0, 0, 1, 0)
    np.testing.assert_allclose(distance, [2, 5])  # above the middle; 3-4-5 beyond the end
    np.testing.assert_allclose(along, [0.5, 4])


def test_profile_passes_through_its_knots():
    at = np.array([-9, 0, 1, 2, 4, 9.0])
    heights = shapes.profile(at, (0, 1), (2, 5), (4, -1))
    np.testing.assert_allclose(heights, [1, 1, 3, 5, -1, -1])


def test_a_slope_is_as_thick_as_a_level_edge():
    """`under` divides by the steepness: |x| - y = 0 is at 45 degrees, so 0.1 up is 0.07 away."""
    pen = make_pen(size=64, n=1)
    distance = shapes.under(pen.x * 1, pen.y, pen, 2)
    np.testing.assert_allclose(distance, (pen.y - pen.x) / np.sqrt(2), atol=1e-4)


def test_a_wave_is_never_finer_than_the_pixels():
    """Above half the sampling rate stripes turn into other, wider stripes."""
    pen = make_pen(size=16, n=200)
    steps = np.diff(pen.wave(pen.x, 20, 25), axis=2)
    assert np.abs(steps).max() <= 1.4


def test_plain_share_of_patterns():
    pen = make_pen(n=2000, size=8)
    assert (shapes.pattern(pen, 1.0) == 0).all()
    plain = (shapes.pattern(pen, 0.5).max((1, 2)) == 0).mean()
    assert 0.45 < plain < 0.6


def test_a_folder_of_garments_is_read_as_a_users_own(tmp_path, capsys):
    folder = write_folder(tmp_path / "garments", 40, size=32, seed=3)
    data = load_data("images", folder, image_size=32)
    assert list(data.class_names) == sorted(name.replace("/", "-") for name in CLASS_NAMES)
    held_out = load_data("images", folder, split="test", image_size=32)
    assert len(data) + len(held_out) == 40
    images, labels = draw(40, size=32, channels=3, seed=3)
    first = data.class_names.index("Bag")
    found = np.concatenate([d.images[d.labels == first] for d in (data, held_out)])
    drawn = images[labels == CLASS_NAMES.index("Bag")]
    assert sorted(map(bytes, found)) == sorted(map(bytes, drawn))


def test_a_complete_folder_is_left_alone_and_a_cut_off_one_made_anew(tmp_path):
    folder = write_folder(tmp_path, 20, size=16)
    pictures = sorted(folder.rglob("*.png"))
    assert len(pictures) == 20
    pictures[0].write_bytes(b"the user's")
    write_folder(tmp_path, 20, size=16)
    assert pictures[0].read_bytes() == b"the user's"
    (folder / ".20-16-0").unlink()  # as if it had been killed before its end
    write_folder(tmp_path, 20, size=16)
    assert pictures[0].read_bytes() != b"the user's"
