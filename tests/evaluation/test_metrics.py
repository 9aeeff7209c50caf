"""Scores against constructed samples and a second implementation."""

import numpy as np
import pytest
import scipy.linalg
from support import raising

from ganlib.errors import SettingsError
from ganlib.evaluation.metrics import (
    class_counts,
    class_shares,
    frechet_distance,
    frechet_of_moments,
    inception_score,
    kernel_distance,
    kl_from_uniform,
    label_agreement,
    missing_classes,
    moments,
    rare_classes,
)


def samples(mean, covariance, n=200, seed=0):
    """Samples whose mean and covariance are exactly these: whitened, then coloured."""
    raw = np.random.default_rng(seed).normal(size=(n, len(mean)))
    raw -= raw.mean(axis=0)
    found = np.atleast_2d(np.cov(raw, rowvar=False))
    white = raw @ np.linalg.inv(np.linalg.cholesky(found)).T
    return white @ np.linalg.cholesky(np.asarray(covariance, float)).T + mean


def correlated(d, seed):
    matrix = np.random.default_rng(seed).normal(size=(d, d))
    return matrix @ matrix.T + 0.1 * np.eye(d)


def test_frechet_distance_of_shifted_gaussians_is_the_squared_shift():
    a, b = samples([0, 0, 0], np.eye(3)), samples([3, -4, 0], np.eye(3), seed=1)
    assert frechet_distance(a, b) == pytest.approx(25, abs=1e-8)


def test_frechet_distance_of_diagonal_gaussians_worked_by_hand():
    # Commuting covariances: sum of (s_a - s_b)^2 over standard deviations 1, 2, 3 and 4, 2, 1.
    a = samples([0, 0, 0], np.diag([1, 4, 9]))
    b = samples([0, 0, 1], np.diag([16, 4, 1]), n=300, seed=1)
    assert frechet_distance(a, b) == pytest.approx(9 + 0 + 4 + 1, abs=1e-8)


def test_frechet_distance_equals_scipys_matrix_root():
    cov_a, cov_b = correlated(6, 1), correlated(6, 2)
    mean = np.arange(6) / 3
    root = scipy.linalg.sqrtm(cov_a @ cov_b).real
    expected = mean @ mean + np.trace(cov_a + cov_b - 2 * root)
    a, b = samples(np.zeros(6), cov_a), samples(mean, cov_b, seed=3)
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-9)


def test_frechet_distance_is_zero_for_the_same_data_and_symmetric_and_blind_to_order():
    a, b = samples(np.zeros(5), correlated(5, 4)), samples(np.ones(5), correlated(5, 5), seed=6)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(a, b) == pytest.approx(frechet_distance(b, a), rel=1e-9)
    assert frechet_distance(a[::-1], b) == pytest.approx(frechet_distance(a, b), rel=1e-9)


def test_frechet_distance_takes_features_of_rank_below_their_number():
    # A feature that never fires, as a rectified one may be: the covariance is singular.
    a = samples([0, 0], np.diag([1, 4]))
    dead = np.pad(a, ((0, 0), (0, 1)))
    shifted = dead + np.array([3, 0, 0])
    assert frechet_distance(dead, shifted) == pytest.approx(9, abs=1e-6)


def test_frechet_distance_computes_in_float64():
    a, b = (np.float32(samples([1000 + k, 1000], np.eye(2), seed=k)) for k in (0, 1))
    expected = frechet_distance(a.astype(np.float64), b.astype(np.float64))
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-12)


def test_frechet_distance_of_a_single_feature():
    assert frechet_distance(samples([0], [[4]]), samples([1], [[9]])) == pytest.approx(2, abs=1e-9)


@pytest.mark.parametrize("few", [1, 2, 3])
def test_too_few_samples_for_the_covariance_are_refused(few):
    a = samples(np.zeros(3), np.eye(3))
    for pair in ((a[:few], a), (a, a[:few])):
        with raising(SettingsError, few, 3):
            frechet_distance(*pair)
    assert np.isfinite(frechet_distance(a[:4], a))


def test_features_of_different_width_are_refused():
    with raising(SettingsError, "(9, 3)", "(9, 2)"):
        frechet_distance(np.ones((9, 3)), np.ones((9, 2)))
    with raising(SettingsError, "(9,)"):
        frechet_distance(np.ones(9), np.ones(9))


def test_class_counts_hold_a_place_for_every_class():
    assert class_counts(np.array([2, 0, 2]), 5).tolist() == [1, 0, 2, 0, 0]
    assert class_counts(np.array([], int), 3).tolist() == [0, 0, 0]


@pytest.mark.parametrize("label", [-1, 3])
def test_class_counts_refuse_labels_that_are_no_class(label):
    with raising(SettingsError, min(label, 0), max(label, 0), 2):
        class_counts(np.array([0, label]), 3)


def test_missing_classes_are_those_below_the_share():
    assert missing_classes([50, 49, 1, 0]) == [3]  # exactly 1 % is not missing
    assert missing_classes([500, 490, 9, 1]) == [2, 3]
    assert missing_classes([5, 3, 2], share=0.25) == [2]
    assert missing_classes([1, 1, 1]) == []


def test_label_agreement_is_the_share_of_equal_pairs():
    assert label_agreement([0, 1, 2, 3], np.array([0, 1, 2, 0])) == 0.75
    assert label_agreement([1], [0]) == 0


@pytest.mark.parametrize("asked, seen", [([1, 2], [1]), ([[1], [2]], [1, 2]), ([], [])])
def test_label_agreement_refuses_what_would_broadcast(asked, seen):
    with raising(SettingsError, np.shape(asked), np.shape(seen)):
        label_agreement(asked, seen)


def test_frechet_distance_from_moments_is_the_same():
    a, b = samples(np.zeros(5), correlated(5, 4)), samples(np.ones(5), correlated(5, 5), seed=6)
    assert frechet_of_moments(moments(a), moments(b)) == frechet_distance(a, b)


def test_scores_do_not_depend_on_the_order_nor_on_every_sample_coming_twice():
    rng = np.random.default_rng(7)
    features, others = rng.normal(size=(300, 5)), rng.normal(1, 2, size=(200, 5))
    probabilities = rng.dirichlet(np.ones(4), 300)
    labels = probabilities.argmax(axis=1)

    def scores(places):
        return [
            frechet_distance(features[places], others),
            inception_score(probabilities[places]),
            kl_from_uniform(class_counts(labels[places], 4)),
            label_agreement(labels[places], probabilities[places].argmin(axis=1)),
        ]

    plain, shuffled = scores(np.arange(300)), scores(rng.permutation(300))
    np.testing.assert_allclose(shuffled, plain, rtol=1e-9)
    # A covariance divides by one sample less than there are, so twice as many differ by 1/600.
    np.testing.assert_allclose(scores(np.repeat(np.arange(300), 2)), plain, rtol=0.01)
    whole = {"subsets": 1, "subset_size": 200}
    shuffled = kernel_distance(rng.permutation(features[:200]), others, **whole)
    np.testing.assert_allclose(
        shuffled, kernel_distance(features[:200], others, **whole), rtol=1e-9
    )


def naive_squared_mmd(a, b):
    """Bińkowski et al. 2018, equation 4, sum by sum."""
    k = lambda x, y: (x @ y / len(x) + 1) ** 3  # noqa: E731
    m, n = len(a), len(b)
    total = sum(k(a[i], a[j]) for i in range(m) for j in range(m) if i != j) / (m * (m - 1))
    total += sum(k(b[i], b[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    return total - 2 * sum(k(x, y) for x in a for y in b) / (m * n)


def test_kernel_distance_equals_the_formula_written_out():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(12, 4)), rng.normal(1, 2, size=(12, 4))
    mean, spread = kernel_distance(a, b, subsets=3, subset_size=12)
    assert mean == pytest.approx(naive_squared_mmd(a, b), rel=1e-9)
    assert spread == pytest.approx(0, abs=1e-9)  # each subset is all of them, in another order


def test_kernel_distance_is_unbiased_and_sees_a_shift():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 4000, 8))
    mean, spread = kernel_distance(a, b, subsets=40, subset_size=100)
    # With the diagonals in it would be near 2 ((d/d + 1)^3 - 1) / 100 = 0.14.
    assert abs(mean) < 3 * spread / 40**0.5 + 0.01
    assert spread > 0
    assert kernel_distance(a, b + 1, subsets=5, subset_size=100)[0] > 1


def test_kernel_distance_follows_from_its_seed():
    a, b = np.random.default_rng(2).normal(size=(2, 50, 3))
    known = {"subsets": 4, "subset_size": 20}
    assert kernel_distance(a, b, **known) == kernel_distance(a, b, **known)
    assert kernel_distance(a, b, **known) != kernel_distance(a, b, **known, seed=1)


@pytest.mark.parametrize("wrong", [{"subset_size": 10}, {"subset_size": 1}, {"subsets": 0}])
def test_kernel_distance_refuses_impossible_subsets(wrong):
    ((name, value),) = wrong.items()
    with raising(SettingsError, f"{name}={value}", 2, 9):
        kernel_distance(np.ones((9, 3)), np.ones((20, 3)), **{"subset_size": 9} | wrong)


def test_inception_score_of_cases_worked_by_hand():
    assert inception_score(np.eye(10)) == pytest.approx(10)
    assert inception_score(np.full((7, 4), 0.25)) == pytest.approx(1)
    assert inception_score(np.eye(10)[np.zeros(5, int)]) == pytest.approx(1)
    # Sure of two classes, three to one: exp of the entropy of (3/4, 1/4).
    p = np.eye(2)[[0, 0, 0, 1]]
    assert inception_score(p) == pytest.approx(np.exp(-0.75 * np.log(0.75) - 0.25 * np.log(0.25)))


def test_inception_score_refuses_logits():
    for wrong in (np.array([[3.0, -2.0]]), np.ones((4, 3)), np.full((2, 2), np.nan), np.ones(3)):
        with raising(SettingsError, "probabilities"):
            inception_score(wrong)


def test_shares_rare_classes_and_divergence_from_even_ones():
    counts = [70, 69, 161]  # the first has exactly 70 % of an even share
    assert class_shares(counts).tolist() == [70 / 300, 69 / 300, 161 / 300]
    assert rare_classes(counts) == [1]
    assert rare_classes([5, 5]) == []
    assert kl_from_uniform([5, 5, 5]) == pytest.approx(0)
    assert kl_from_uniform([0, 9, 0]) == pytest.approx(np.log(3))
    assert kl_from_uniform([1, 3]) == pytest.approx(0.25 * np.log(0.5) + 0.75 * np.log(1.5))


@pytest.mark.parametrize("counts", [[0, 0], [], [3, -1], [[1, 2]]])
def test_counts_that_are_none_are_refused(counts):
    with raising(SettingsError, "counts"):
        class_shares(counts)
