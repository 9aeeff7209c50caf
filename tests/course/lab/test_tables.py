"""The stored comparisons, as tables."""

import numpy as np
import pytest

from ganlib.course.lab import tables


def test_the_toy_table_has_a_row_a_loss_with_mean_and_spread():
    head, rule, *rows = tables.toy_table().splitlines()
    assert head == "| loss | none | clipping | gradient penalty | R1 | R1 + R2 |"
    assert rule.count("---") == 6
    assert len(rows) == len(tables.toy_runs()["cells"])
    cells = [cell.strip() for cell in rows[0].strip("|").split("|")]
    good = [0.7116, 0.7096, 0.6732, 0.6668, 0.7196]  # as the file has it
    spread = np.std([24, 25, 23, 25, 25], ddof=1), 100 * np.std(good, ddof=1)
    assert cells[0] == "non-saturating"
    assert cells[1] == f"24.4 ± {spread[0]:.1f}, 70 ± {spread[1]:.0f} %"


def test_the_image_table_has_a_row_a_game_and_the_real_images():
    head, _, *rows = tables.image_table().splitlines()
    assert head.startswith("| game | normalisation | Fréchet distance |")
    games = {run["game"] for run in tables.image_runs()["runs"]}
    assert len(rows) == len(games) + 1
    (r1,) = [row for row in rows if row.startswith("| non-saturating + R1 |")]
    assert "| none | 5.49 ± 0.14 |" in r1
    assert rows[-1].startswith("| *real images* |") and "0.08" in rows[-1]
    assert not any("_" in row for row in rows)


def test_scores_by_seed():
    assert tables.image_scores("hinge", "recall") == pytest.approx([0.76, 0.77, 0.75], abs=0.006)
    assert tables.toy_scores("wasserstein", "none", "modes").shape == (5,)
