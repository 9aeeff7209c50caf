"""Figures of several runs in the plane: what stands where, and what is refused."""

import numpy as np
import pytest
from support import raising

from ganlib.course.plots.failing import SHOWN, modes_over_steps, points_grid

REAL = np.array([[0.5, 0.5], [-0.5, 0.5], [0.0, 0.0]])


def test_every_run_has_its_panel_in_the_row_of_its_kind():
    rng = np.random.default_rng(0)
    rows = {
        kind: [(f"{kind} {k}", rng.normal(size=(SHOWN + 5, 2))) for k in (1, 2, 3)]
        for kind in ("slow", "fast")
    }
    figure = points_grid(rows, REAL, extent=1.5, title="runs", alt="what it shows")
    assert [axes.get_title() for axes in figure.axes] == [
        caption for row in rows.values() for caption, _ in row
    ]
    assert [axes.get_ylabel() for axes in figure.axes] == ["slow", "", "", "fast", "", ""]
    for axes, (_, points) in zip(figure.axes, [*rows["slow"], *rows["fast"]], strict=True):
        data, generated = (each.get_offsets() for each in axes.collections)
        np.testing.assert_allclose(data, REAL)
        np.testing.assert_allclose(generated, points[:SHOWN])
        assert axes.get_xlim() == axes.get_ylim() == (-1.5, 1.5)
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["data", "generated"]
    assert figure.alt == "what it shows"


def test_rows_of_unequal_length_and_points_that_are_none_are_refused():
    point, known = ("one", np.zeros((4, 2))), {"extent": 1, "title": "t", "alt": "a"}
    with raising(ValueError, "as many panels", "[1, 2]"):
        points_grid({"a": [point], "b": [point, point]}, REAL, **known)
    with raising(ValueError, "as many panels"):
        points_grid({}, REAL, **known)
    with raising(ValueError, "(4, 3)"):
        points_grid({"a": [("one", np.zeros((4, 3)))]}, REAL, **known)


def test_a_panel_for_each_setting_and_a_line_for_each_seed():
    steps, panels = [100, 200, 300], {"slow": [[1, 0, 1], [2, 1, 0]], "fast": [[7, 8, 8], [8] * 3]}
    figure = modes_over_steps(steps, panels, modes=8, title="modes", alt="what it shows")
    assert [axes.get_title() for axes in figure.axes] == ["slow", "fast"]
    for axes, counts in zip(figure.axes, panels.values(), strict=True):
        every, *lines = axes.lines
        assert set(every.get_ydata()) == {8}
        for line, count in zip(lines, counts, strict=True):
            np.testing.assert_array_equal(line.get_xdata(), steps)
            np.testing.assert_array_equal(line.get_ydata(), count)
        assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == 2
        assert axes.get_ylim()[0] < 0 < 8 < axes.get_ylim()[1]
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["run 1", "run 2"]


@pytest.mark.parametrize("counts", [[1, 2, 3], [[1, 2]], [[1, 2, 3]] * 5])
def test_counts_of_another_shape_are_refused(counts):
    with raising(ValueError, "'slow'"):
        modes_over_steps([1, 2, 3], {"slow": counts}, modes=8, title="t", alt="a")
