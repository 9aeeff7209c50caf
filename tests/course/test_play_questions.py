"""The questions that are answered by playing, on states of a game."""

from types import SimpleNamespace

import pytest

from ganlib.course.exercises import DIFFERS, NOT_TRIED, RIGHT, play

RING = {"data": "ring", "loss": "minimax", "networks": "layers", "updates": "alternating"}


def state(settings=RING, changes=(), **report):
    report = {"step": 2100, "modes": 8, "of": 8, "divergence": 0.1} | report
    return SimpleNamespace(report=report | {"settings": settings, "changes": changes})


def on_ring(**report):
    return play.covers_the_ring(state(**report), loss="minimax", steps=2000).state


def test_all_modes_of_the_ring_with_one_loss_from_the_first_step_on():
    assert on_ring() == RIGHT
    assert on_ring(changes=[[10, "learning_rate", 0.1]]) == RIGHT
    assert on_ring(changes=[[10, "loss", "hinge"]]) == DIFFERS
    assert on_ring(step=1999) == DIFFERS
    assert on_ring(modes=7) == DIFFERS
    assert on_ring(settings=RING | {"loss": "hinge"}) == DIFFERS
    assert on_ring(settings=RING | {"data": "grid"}) == DIFFERS


@pytest.mark.parametrize(("data", "modes", "found"), [
    ("heap", 1, RIGHT), ("heap", 0, DIFFERS), ("ring", 1, DIFFERS),
])  # fmt: skip
def test_the_heap_is_reached(data, modes, found):
    settings = RING | {"data": data}
    assert play.reaches_the_data(state(settings, modes=modes, of=1)).state == found


@pytest.mark.parametrize(("networks", "step", "modes", "found"), [
    ("dirac", 500, 1, RIGHT), ("dirac", 500, 0, DIFFERS), ("dirac", 99, 1, DIFFERS),
    ("layers", 500, 1, DIFFERS),
])  # fmt: skip
def test_the_point_comes_to_rest(networks, step, modes, found):
    settings = RING | {"networks": networks}
    assert play.comes_to_rest(state(settings, step=step, modes=modes, of=1)).state == found


def test_it_comes_to_rest_with_the_updates_asked_for():
    settings = RING | {"networks": "dirac", "updates": "simultaneous"}
    game = state(settings, step=500, modes=1, of=1)
    assert play.comes_to_rest(game, updates="simultaneous").state == RIGHT
    assert play.comes_to_rest(game, updates="alternating").state == DIFFERS


LUMP = RING | {"loss": "non_saturating", "optimizer": "sgd", "penalty": "none", "noise": 0}


@pytest.mark.parametrize(("changed", "without", "modes", "found"), [
    ({"penalty": "r1"}, "noise", 7, RIGHT), ({"penalty": "r1"}, "noise", 6, DIFFERS),
    ({"noise": 0.1}, "penalty", 8, RIGHT), ({"penalty": "r1"}, "penalty", 8, DIFFERS),
    ({"noise": 0.1}, "noise", 8, DIFFERS), ({"optimizer": "adam"}, "noise", 8, DIFFERS),
])  # fmt: skip
def test_the_lump_spreads_out_by_other_means(changed, without, modes, found):
    assert play.spreads_out(state(LUMP | changed, modes=modes), without=without).state == found


def test_a_drawing_is_covered():
    drawing = RING | {"data": "drawn", "points": [[0, 0], [1, 1]]}
    assert play.covers_a_drawing(state(drawing)).state == RIGHT
    assert play.covers_a_drawing(state(drawing, modes=7)).state == DIFFERS
    assert play.covers_a_drawing(state(drawing | {"points": []})).state == DIFFERS
    assert play.covers_a_drawing(state()).state == DIFFERS


@pytest.mark.parametrize("report", [{}, {"step": 0}])
def test_a_game_that_was_not_played_is_not_tried_yet(report):
    game = SimpleNamespace(report=report)
    verdicts = [
        play.reaches_the_data(game), play.comes_to_rest(game),
        play.covers_the_ring(game, loss="minimax", steps=2000),
    ]  # fmt: skip
    assert {each.state for each in verdicts} == {NOT_TRIED}
