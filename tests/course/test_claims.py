"""Claims of the text hold, or fail the notebook that makes them."""

import numpy as np
import pytest
from support import raising, says

from ganlib.course.claims import ClaimError, Claims, claims


@pytest.mark.parametrize(
    ("value", "bounds", "holds"),
    [
        (3, {"at_most": 3}, True),
        (3, {"at_most": 2.9}, False),
        (3, {"at_least": 3}, True),
        (3, {"at_least": 3.1}, False),
        (3, {"at_least": 1, "at_most": 2}, False),
        (3, {"at_least": 4, "at_most": 5}, False),
        (np.nan, {"at_most": 2}, False),
        (np.nan, {"near": 2}, False),
        ([1, 5], {"at_most": 4}, False),
        ([1, 5], {"at_least": 2}, False),
        (2.1, {"near": 2, "within": 0.2}, True),
        (2.3, {"near": 2, "within": 0.2}, False),
        ([1.0, 2.0], {"near": [1, 2]}, True),
        ([1.0, 2.1], {"near": [1, 2]}, False),
        ("mlp", {"equals": "mlp"}, True),
        ("mlp", {"equals": "dcgan"}, False),
        (0, {"equals": 0}, True),
        (0, {"equals": 1}, False),
    ],
)
def test_a_claim_holds_where_every_number_keeps_to_its_bounds(value, bounds, holds):
    table = Claims()
    table("it", value, **bounds)
    assert table.rows[0][-1] is holds


def test_a_claim_without_a_bound_is_refused():
    with pytest.raises(ValueError, match="at_least"):
        Claims()("it", 3)


def test_a_binding_claim_that_does_not_hold_is_an_error_with_its_value(capsys):
    with raising(ClaimError, "too large", 7, "≤ 5"), claims(binding=True) as claim:
        claim("small enough", 3, at_most=5)
        claim("too large", 7, at_most=5)
    with claims(binding=False) as claim:
        claim("small enough", 3, at_most=5)
        claim("too large", 7, at_most=5)
    told = capsys.readouterr().out.splitlines()[-1]
    says(told, "too large", 7, "≤ 5")
    assert "small enough" not in told


def test_an_error_in_the_block_is_told_as_it_is():
    with pytest.raises(ZeroDivisionError), claims(binding=True) as claim:
        claim("no number", 1 / 0, at_most=5)


def test_the_table_is_html_whose_words_are_no_markup():
    table = Claims()
    table("a < b", [1.0, 2.5], at_most=2)
    shown = table._repr_html_()
    assert "a &lt; b" in shown and "1 to 2.5" in shown and "<b>no</b>" in shown
