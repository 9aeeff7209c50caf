"""What a training shows: how often, how much of the time it may take, and what is left behind."""

import base64
import io
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from support import says

from ganlib import live
from ganlib.live import Budget
from ganlib.plotting.progress import progress_figure, quick_png
from ganlib.training import progress
from ganlib.training.display import LivePicture
from ganlib.training.progress import Progress, Samples

EPOCH_STEPS, EPOCHS = 40, 3
SETTINGS = {
    "recipe": {"name": "cgan", "epochs": EPOCHS, "batch_size": 4},
    "dataset": {"name": "tiny", "title": "tiny sketches", "images": 160},
}


def history(steps, **more):
    """A line of history every two steps, up to ``steps``."""
    step = np.arange(2, steps + 1, 2)
    rows = {"step": step, "epoch": step / EPOCH_STEPS, "seconds": step / 10}
    rows |= {"generator_loss": 2 + 0 * step, "discriminator_loss": 1 + 0.0 * step}
    return rows | {"real_accuracy": 0.75 + 0 * step, "fake_accuracy": 0.5 + 0 * step} | more


def samples():
    return Samples(np.zeros((30, 8, 8, 1), np.float32), np.ones((30, 8, 8, 1), np.float32))


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def spend(budget, clock, seconds):
    with budget.spending():
        clock.now += seconds


def test_a_slow_refresh_puts_off_the_next_one_until_it_was_a_small_share():
    clock = Clock()
    budget = Budget(0.02, clock)
    assert budget.is_due()
    spend(budget, clock, 0.2)
    clock.now = 100 + 9.9
    assert not budget.is_due()
    clock.now = 100 + 10.1  # 0.2 s are 2 % of 10 s
    assert budget.is_due()


def test_a_quick_refresh_comes_twice_a_second_at_most():
    clock = Clock()
    budget = Budget(0.02, clock)
    spend(budget, clock, 1e-4)
    clock.now = 100.45
    assert not budget.is_due()
    clock.now = 100.51
    assert budget.is_due()


def test_refreshes_of_any_cost_stay_within_their_share_of_a_long_run():
    clock, rng, spent = Clock(), np.random.default_rng(0), 0.0
    budget, start = Budget(0.02, clock), clock.now
    for _ in range(20_000):
        clock.now += 0.05  # an interval of training
        if budget.is_due():
            cost = rng.uniform(0.01, 0.3)
            spend(budget, clock, cost)
            spent += cost
    assert 0.01 < spent / (clock.now - start) <= 0.0202


def test_a_refresh_that_fails_costs_too():
    clock = Clock()
    budget = Budget(0.02, clock)
    with pytest.raises(ZeroDivisionError), budget.spending():
        clock.now += 1
        1 / 0  # noqa: B018
    assert not budget.is_due()


def test_all_shares_are_together_below_two_per_cent():
    assert progress.FIGURES_SHARE + progress.TEXTS_SHARE < 0.02


@pytest.fixture
def told(capsys):
    """A headless run of three epochs: what it printed."""
    shown = Progress(SETTINGS, EPOCHS * EPOCH_STEPS, live=None)
    shown.begin(0, EPOCH_STEPS, 4, left_over=0)
    shown.wait(history(0), samples)
    for step in range(2, EPOCHS * EPOCH_STEPS + 1, 2):
        shown.report(history(step), lambda: pytest.fail("nobody sees a figure"))
    shown.finish(history(EPOCHS * EPOCH_STEPS), lambda: pytest.fail("nobody sees a figure"))
    shown.close()
    return capsys.readouterr().out.splitlines()


def test_headless_there_is_one_line_an_epoch(told):
    says(told[0], "cgan", 160, "tiny sketches", 3, 40)
    for line, epoch in zip(told[1:], ("1.00", "2.00", "3.00"), strict=True):
        says(line, epoch, "G 2.000", "D 1.000", "75%", "50%")
    assert "images/s" in told[2] and told[3].count("0:00:00") == 1


def test_the_line_counts_images_seconds_and_the_score_beside_its_floor(monkeypatch):
    shown = Progress(SETTINGS, 120, live=False, floor=2.5)
    shown.begin(0, EPOCH_STEPS, images_per_step=8, left_over=0)
    score = np.array([np.nan, 7.25, np.nan])
    line = shown._line(history(6, score=score), seconds_per_step=0.5)
    says(line, "16 images/s")  # 8 images each half second
    says(line, "0:00:57")  # 114 steps
    says(line, "score 7.25", "2.50")
    assert "score" not in shown._line(history(6), 0.5)


class Notebook:
    """Stands for the notebook that displays go to."""

    def __init__(self):
        self.shown, self.updates = [], []

    def display(self, content, **kwargs):
        self.shown.append((content, kwargs))
        return self

    def update(self, content, **kwargs):
        self.updates.append((content, kwargs))


@pytest.fixture
def notebook(monkeypatch):
    notebook = Notebook()
    monkeypatch.setattr("ganlib.training.display.display", notebook.display)
    monkeypatch.setattr(progress, "in_kernel", lambda: True)
    return notebook


@pytest.mark.parametrize(("live", "figures"), [(None, 1), (False, 0)])
def test_where_nobody_watches_a_notebook_there_is_one_figure_or_none(
    live, figures, notebook, monkeypatch
):
    monkeypatch.setattr(progress, "is_watched", lambda: False)
    monkeypatch.setattr("IPython.display.display", notebook.display)
    shown = Progress(SETTINGS, 120, live=live)
    shown.begin(0, EPOCH_STEPS, 4, 0)
    shown.wait(history(0), samples)
    shown.report(history(60), samples)
    shown.finish(history(120), samples)
    shown.close()
    assert (len(notebook.shown), len(notebook.updates)) == (figures, 0)


def test_live_one_display_refreshes_and_a_static_picture_is_left(notebook, capsys):
    shown = Progress(SETTINGS, 120, live=True)
    shown.begin(0, EPOCH_STEPS, 4, 0)
    shown.wait(history(0), samples)
    first = shown.picture.image.value
    for budget in (shown.figures, shown.texts):
        budget.is_due = lambda: True
    shown.report(history(2), samples)
    shown.report(history(4), samples)
    second = shown.picture.image.value
    assert first != second
    assert "images/s" in shown.picture.text.value
    assert len(notebook.shown) == 1 and notebook.updates == []
    assert "application/vnd.jupyter.widget-view+json" in notebook.shown[0][0]
    shown.finish(history(4), samples)
    shown.close()
    ((bundle, kwargs),) = notebook.updates
    assert bundle.keys() == {"image/png", "text/plain"}  # no widget in the saved notebook
    assert base64.b64decode(bundle["image/png"]) == shown.picture.image.value != second
    says(bundle["text/plain"], 4, 120)
    assert kwargs["metadata"]["image/png"]["alt"] == bundle["text/plain"]
    assert "2.000" not in capsys.readouterr().out  # the picture tells the losses


def test_live_nothing_is_drawn_before_it_is_due(notebook):
    shown = Progress(SETTINGS, 120, live=True)
    shown.begin(0, EPOCH_STEPS, 4, 0)
    shown.wait(history(0), samples)  # took time, so that the next is not due
    before = shown.picture.image.value
    shown.report(history(2), lambda: pytest.fail("not due, and samples cost time"))
    assert shown.picture.image.value == before


def test_after_an_error_the_last_picture_stays(notebook):
    shown = Progress(SETTINGS, 120, live=True)
    shown.begin(0, EPOCH_STEPS, 4, 0)
    shown.wait(history(0), samples)
    shown.close()  # as train does when it raises
    ((bundle, _),) = notebook.updates
    assert base64.b64decode(bundle["image/png"]) == shown.picture.image.value


def test_a_finished_run_shows_its_picture_again(notebook):
    shown = Progress(SETTINGS, 120, live=True)
    shown.finish(history(120), samples)
    shown.close()
    says(notebook.updates[0][0]["text/plain"], 120, "0:00:12")


def kernel(allow_stdin):
    parent = {"content": {"allow_stdin": allow_stdin}}
    return SimpleNamespace(kernel=SimpleNamespace(get_parent=lambda channel: parent))


@pytest.mark.parametrize(
    ("shell", "no_live", "watched"),
    [
        (kernel(True), "", True),
        (kernel(False), "", False),  # papermill, nbconvert, nbval
        (kernel(True), "1", False),
        (SimpleNamespace(), "", False),  # IPython in a terminal
        (None, "", False),
    ],
)
def test_who_watches(monkeypatch, shell, no_live, watched):
    ipython = SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setenv("GANLIB_NO_LIVE", no_live)
    assert live.is_watched() is watched
    assert Progress(SETTINGS, 120, live=None).live is watched


def test_the_status_is_text_and_no_markup():
    picture = LivePicture()
    picture.tell("<b>a run</b>", 0.25)
    assert "&lt;b&gt;" in picture.text.value and 'value="0.2500"' in picture.text.value


def lines_by_name(figure):
    return {line.get_label(): line for axes in figure.axes for line in axes.lines}


def test_the_figure_holds_the_curves_and_both_grids():
    score = np.array([np.nan, 9.0, np.nan, 7.0, np.nan])
    figure = progress_figure(history(10, score=score), samples(), title="t", floor=2.5)
    lines = lines_by_name(figure)
    assert lines["generator"].get_ydata().tolist() == [2] * 5
    assert lines["generated"].get_ydata().tolist() == [0.5] * 5
    assert lines["moving average"].get_ydata().tolist() == [9, 7]  # where it was measured
    (floor,) = (line for name, line in lines.items() if "2.50" in name)
    assert floor.get_ydata()[0] == 2.5
    # The score begins at the second interval, and still lies below the losses of its own epoch.
    assert len({axes.get_xlim() for axes in figure.axes[2:]}) == 1
    fixed, fresh = (axes.images[0].get_array() for axes in figure.axes[:2])
    assert fixed.shape == fresh.shape == (24, 80)
    assert fixed.max() == 128 and fresh.min() == 255


def test_the_figure_does_without_history_and_without_score():
    assert lines_by_name(progress_figure({"seconds": np.array([])}, samples(), title="t")) == {}
    assert len(progress_figure(history(4), samples(), title="t").axes) == 4


def test_colour_images_are_drawn_in_colour():
    red = np.full((30, 8, 12, 3), -1, np.float32)
    red[..., 0] = 1
    figure = progress_figure(history(4), Samples(red, red), title="t")
    pixels = np.asarray(Image.open(io.BytesIO(quick_png(figure))))
    assert ((pixels == (255, 0, 0)).all(axis=-1)).sum() > 5000
