"""Heat maps: equal colours are equal values, and every number stands in its own cell."""

import numpy as np
import pytest
from support import raising

from ganlib import plotting


def test_one_colour_scale_for_all_panels():
    figure = plotting.heat_maps(
        {"a": np.eye(2), "b": 4 * np.eye(3)}, title="t", alt="what it shows"
    )
    limits = {axes.images[0].get_clim() for axes in figure.axes[:2]}
    assert limits == {(0.0, 4.0)}


def test_a_negative_value_makes_the_scale_symmetrical():
    figure = plotting.heat_maps(
        {"a": np.array([[-3.0, 1.0]]), "b": np.ones((1, 1))}, title="t", alt="what it shows"
    )
    assert {axes.images[0].get_clim() for axes in figure.axes[:2]} == {(-3.0, 3.0)}


def test_each_number_is_in_its_cell_and_nan_in_none():
    figure = plotting.heat_maps(
        {"a": np.array([[1, 2, 3], [4, np.nan, 0.5]])},
        title="t",
        numbers="{:g}",
        alt="what it shows",
    )
    written = {t.get_position(): t.get_text() for t in figure.axes[0].texts}
    assert written == {(0, 0): "1", (1, 0): "2", (2, 0): "3", (0, 1): "4", (2, 1): "0.5"}
    assert len(figure.axes) == 1  # numbers need no colour bar


def test_a_matrix_of_zeros_can_be_drawn():
    figure = plotting.heat_maps({"a": np.zeros((2, 2))}, title="t", alt="what it shows")
    assert figure.axes[0].images[0].get_clim() == (0.0, 1.0)


@pytest.mark.parametrize(
    "panels, parts",
    [
        ({}, ["panels", 0]),
        ({"a": np.zeros(3)}, ["'a'", "(3,)"]),
        ({"a": np.zeros((0, 2))}, ["'a'", "(0, 2)"]),
    ],
)
def test_what_is_no_matrix_is_refused(panels, parts):
    with raising(ValueError, *parts):
        plotting.heat_maps(panels, title="t", alt="what it shows")
