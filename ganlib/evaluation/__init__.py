"""How good are generated images? The scores, what they are measured against, and their report."""

from ganlib.evaluation import metrics, neighbours
from ganlib.evaluation.classifier import classifier_for
from ganlib.evaluation.reference import reference_for
from ganlib.evaluation.report import SCORES, evaluate, scorer, table
from ganlib.evaluation.synthetic import synthetic_set, train_on

__all__ = [
    "SCORES",
    "classifier_for",
    "evaluate",
    "metrics",
    "neighbours",
    "reference_for",
    "scorer",
    "synthetic_set",
    "table",
    "train_on",
]
