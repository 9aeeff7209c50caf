"""The explorers' pure functions: paths and sums of latents, and pictures made of arrays."""

import io
from statistics import NormalDist

import numpy as np
import pytest
from PIL import EpsImagePlugin, Image
from support import raising

from ganlib.errors import SettingsError
from ganlib.widgets import latents
from ganlib.widgets.sheets import (
    CAPTION,
    beside,
    logit_strips,
    painted,
    read_picture,
    shape_line,
    sheet,
    stacked,
)

T = np.linspace(0, 1, 5)


@pytest.fixture
def ends():
    rng = np.random.default_rng(0)
    return rng.normal(size=64), 2 * rng.normal(size=64)


@pytest.mark.parametrize("path", [latents.straight, latents.great_circle])
def test_paths_begin_and_end_at_their_ends(path, ends):
    walk = path(*ends, T)
    assert walk.shape == (5, 64) and walk.dtype == np.float32
    np.testing.assert_allclose(walk[[0, -1]], ends, rtol=1e-5)


def test_the_great_circle_turns_evenly_and_keeps_the_length():
    walk = latents.great_circle(np.array([3.0, 0, 0]), np.array([0, 3.0, 0]), T)
    angles = np.degrees(np.arctan2(walk[:, 1], walk[:, 0]))
    np.testing.assert_allclose(angles, [0, 22.5, 45, 67.5, 90], atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(walk, axis=1), 3, rtol=1e-6)
    middle = latents.straight(np.array([3.0, 0, 0]), np.array([0, 3.0, 0]), T)[2]
    np.testing.assert_allclose(middle, [1.5, 1.5, 0])


def test_the_length_on_the_great_circle_goes_evenly_from_one_to_the_other():
    walk = latents.great_circle(np.array([1.0, 0]), np.array([0, 3.0]), T)
    np.testing.assert_allclose(np.linalg.norm(walk, axis=1), [1, 1.5, 2, 2.5, 3], rtol=1e-6)


@pytest.mark.parametrize("factor", [1.0, 2.0, -1.0])
def test_ends_on_one_line_have_no_arc_and_still_a_path(factor, ends):
    walk = latents.great_circle(ends[0], factor * ends[0], T)
    assert np.isfinite(walk).all()
    np.testing.assert_allclose(walk[[0, -1]], [ends[0], factor * ends[0]], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("bound", [0.3, 1.0, 2.5])
def test_truncated_numbers_have_the_rank_of_the_old_ones(bound):
    z = np.random.default_rng(1).normal(size=(20, 30))
    kept = latents.truncated(z, bound)
    assert kept.shape == z.shape and kept.dtype == np.float32 and np.abs(kept).max() <= bound
    normal = NormalDist()
    low = normal.cdf(-bound)
    ranks = [(normal.cdf(k) - low) / (1 - 2 * low) for k in kept.astype(float).flat]
    np.testing.assert_allclose(ranks, [normal.cdf(k) for k in z.flat], atol=1e-6)


def test_a_wide_bound_changes_nothing_and_far_numbers_stay_finite():
    z = np.random.default_rng(1).normal(size=(5, 9))
    np.testing.assert_allclose(latents.truncated(z, 8), z, rtol=1e-4, atol=1e-6)
    far = latents.truncated(np.array([[-50.0, -9, 9, 50]]), 4)
    assert np.isfinite(far).all() and (np.diff(far[0]) >= 0).all() and far[0, 3] > 3.99


@pytest.mark.parametrize("bound", [0, -1, float("nan")])
def test_a_bound_that_bounds_nothing_is_refused(bound):
    with raising(SettingsError, f"bound={bound}", 0):
        latents.truncated(np.zeros((1, 2)), bound)


def test_arithmetic_adds_and_subtracts_means():
    zs = np.array([[4.0, 0], [2, 0], [0, 1], [1, 1]])
    result = latents.arithmetic(zs, [0, 1], [2], [3], keep_length=False)
    np.testing.assert_allclose(result, [4, 0])  # (3, 0) - (0, 1) + (1, 1)
    usual = (4 + 2 + 1 + np.sqrt(2)) / 4
    np.testing.assert_allclose(latents.arithmetic(zs, [0, 1], [2], [3]), [usual, 0], rtol=1e-6)


def test_arithmetic_with_nothing_chosen_says_so():
    with raising(SettingsError, "minus") as caught:
        latents.arithmetic(np.ones((3, 2)), [0], [], [1])
    assert "plus" not in str(caught.value)
    with raising(SettingsError, "plus", "also"):
        latents.arithmetic(np.ones((3, 2)), [], [0], [])


def test_a_sheet_has_each_image_in_its_place():
    images = (
        np.arange(3, dtype=np.uint8).reshape(3, 1, 1, 1) * 100 * np.ones((1, 4, 6, 1), np.uint8)
    )
    picture = np.asarray(sheet(images, columns=2, scale=3, marked=[2]))
    cell = (4 * 3 + 6, 6 * 3 + 6)
    assert picture.shape == (2 * cell[0], 2 * cell[1], 3)
    for k in range(3):
        top, left = k // 2 * cell[0] + 3, k % 2 * cell[1] + 3
        assert (picture[top : top + 12, left : left + 18] == 100 * k).all()
    frame = picture[cell[0] : 2 * cell[0], : cell[1]]
    orange = (frame == (230, 159, 0)).all(axis=-1)
    assert orange.sum() == cell[0] * cell[1] - 12 * 18  # all around the third image
    assert not (picture[: cell[0]] == (230, 159, 0)).all(axis=-1).any()
    assert (picture[cell[0] :, cell[1] :] == 255).all()  # the empty place


def test_captions_are_cut_to_their_image_and_colour_stays():
    images = np.zeros((2, 8, 8, 3), np.uint8)
    images[..., 0] = 200
    short, long = (
        sheet(images, columns=2, captions=["a", "b"]),
        sheet(images, columns=2, captions=["a", "b" * 99]),
    )
    assert short.size == long.size
    pixels = np.asarray(long)
    assert (pixels[10, 10] == (200, 0, 0)).all()
    caption = pixels[-CAPTION:]
    assert (caption[:, :22] == np.asarray(short)[-CAPTION:, :22]).all()
    assert (caption[:, 22:] != 255).any()


def test_parts_stand_side_by_side_and_below_each_other():
    grey, black = Image.new("RGB", (30, 20), "grey"), Image.new("RGB", (10, 40), "black")
    both = beside(grey, black)
    assert both.size == (30 + 16 + 10, 40)
    assert both.getpixel((0, 0)) == (128, 128, 128) and both.getpixel((46, 39)) == (0, 0, 0)
    pile = stacked(("one", grey), ("two", black))
    assert pile.height == 20 + 40 + 2 * (CAPTION + 4)
    assert pile.getpixel((5, pile.height - 3)) == (0, 0, 0)


def test_logit_strips_draw_the_line_where_the_logit_is():
    real, fake = np.array([0.0, 10.0]), np.array([-10.0])
    for logit, column in ((0.0, 210), (10.0, 410), (-10.0, 10)):
        pixels = np.asarray(logit_strips(logit, real, fake, width=420))
        black = (pixels[30:100] == 0).all(axis=(0, 2))
        assert abs(np.flatnonzero(black).mean() - column) <= 1
    rows = [(pixels[30:40] == (0, 158, 115)).all(-1), (pixels[85:95] == (213, 94, 0)).all(-1)]
    assert [sorted(set(np.nonzero(row)[1])) for row in rows] == [[210, 410], []]  # -10 is covered


def test_shapes_are_painted_in_their_order():
    image = painted(np.zeros((6, 8, 1), np.uint8), "box 1-4 2-5 200\n\n  box  2-3  3-4 0 ")
    expected = np.zeros((6, 8), np.uint8)
    expected[2:5, 1:4] = 200
    expected[3, 2] = 0
    np.testing.assert_array_equal(image[..., 0], expected)


def test_an_ellipse_fills_its_box_but_for_the_corners():
    image = painted(np.zeros((20, 40, 1), np.uint8), "ellipse 0-40 0-20 255")[..., 0]
    assert abs((image > 0).mean() - np.pi / 4) < 0.02
    assert image[10, 0] == image[0, 20] == 255 and image[0, 0] == image[-1, -1] == 0


def test_painting_leaves_the_original_alone_and_empty_shapes_paint_nothing():
    before = np.full((4, 4, 3), 7, np.uint8)
    after = painted(before, shape_line("box", (0, 4), (0, 2), 9))
    assert (before == 7).all() and (after[:2] == 9).all() and (after[2:] == 7).all()
    assert (painted(before, "ellipse 2-2 0-4 9\nbox 3-1 0-4 9") == 7).all()


@pytest.mark.parametrize("line", ["circle 0-1 0-1 3", "box 0-1 0-1", "box 0-1 0-1 256", "box a"])
def test_a_line_that_is_no_shape_is_named(line):
    with raising(SettingsError, 2, repr(line), "box 4-20 6-22 255"):
        painted(np.zeros((4, 4, 1), np.uint8), f"box 0-1 0-1 3\n{line}")


def encoded(picture, kind="png"):
    buffer = io.BytesIO()
    picture.save(buffer, kind)
    return buffer.getvalue()


def test_an_uploaded_picture_is_fitted_in_without_distortion():
    image = read_picture(encoded(Image.new("RGB", (90, 45), (255, 0, 0))), (28, 28, 3))
    assert image.shape == (28, 28, 3) and image.dtype == np.uint8
    red = (image == (255, 0, 0)).all(axis=-1)
    assert red[7:21].all() and not red[:7].any() and not red[21:].any()


def test_what_is_transparent_becomes_black_and_grey_is_made_where_asked_for():
    assert (
        read_picture(encoded(Image.new("RGBA", (9, 9), (255, 255, 255, 0))), (8, 8, 1)) == 0
    ).all()
    grey = read_picture(encoded(Image.new("L", (40, 40), 90), "jpeg"), (8, 8, 1))
    assert grey.shape == (8, 8, 1) and abs(int(grey.mean()) - 90) <= 2


def test_a_kind_that_would_start_another_program_is_refused(monkeypatch):
    # Pillow goes by the content, whatever the name, and hands EPS to Ghostscript.
    started = []
    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", lambda *a, **k: started.append(a))
    with raising(SettingsError, "PNG"):
        read_picture(encoded(Image.new("L", (8, 8)), "eps"), (8, 8, 1))
    assert started == []


def test_what_is_no_picture_or_too_large_is_refused():
    whole = encoded(Image.effect_noise((64, 64), 50))
    for content in (b"", b"not a picture", whole[: len(whole) // 2]):
        with raising(SettingsError, "boot.jpg", "PNG"):
            read_picture(content, (8, 8, 1), "boot.jpg")
    with raising(SettingsError, "boot.jpg", "5000 x 2", 4096):
        read_picture(encoded(Image.new("L", (5000, 2))), (8, 8, 1), "boot.jpg")
