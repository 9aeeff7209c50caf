# %% 1 right but for: inception_score does: p(y) is no longer even
raised = ["frechet_distance", "kernel_distance", "class_kl"]

# %% 1 right but for: class_kl does: one class holds
raised = ["frechet_distance", "kernel_distance", "inception_score"]

# %% 1 right but for: precision does not: every
raised = ["frechet_distance", "kernel_distance", "inception_score", "class_kl", "precision"]

# %% 1 right but for: recall does not: rare garments
raised = ["frechet_distance", "kernel_distance", "inception_score", "class_kl", "recall"]

# %% 1 right but for: kernel_distance does: pairs
raised = ["frechet_distance", "inception_score", "class_kl"]

# %% 1 right but for: expected one of
raised = ["frechet_distance", "kernel_distance", "inception", "class_kl"]


# %% 1: not of a half
class Uneven:
    def generate(self, n, labels=None, seed=0):
        shares = np.full(classes, 0.5 / (classes - 1))
        shares[:] = 1 / classes
        labels = np.random.default_rng(seed).choice(classes, size=n, p=shares)
        return Stock(fresh, fresh_labels).generate(n, labels, seed=seed)


report = ganlib.evaluate(Uneven(), train, test, seeds=[0], reference=reference)
raised = ["frechet_distance", "kernel_distance", "inception_score", "class_kl"]
for key, score in report["scores"].items():
    print(f"{key:24s} {score['mean']:8.3f}   held-out real {honest.get(key, float('nan')):8.3f}")

# %% 1 right but for: list
raised = "fd"

# %% 1: what ganlib.evaluate gives
report, raised = 20.9, ["frechet_distance"]


# %% 2: That is the slope
def frechet_at_infinity(a, b, counts, draws=5):
    points = []
    for count in counts:
        for _ in range(draws):
            i, j = (rng.choice(len(x), count, replace=False) for x in (a, b))
            points.append((1 / count, metrics.frechet_distance(a[i], b[j])))
    slope, intercept = np.polyfit(*np.transpose(points), 1)
    return slope


half = len(pool) // 2


# %% 2: over 1/n, not over n
def frechet_at_infinity(a, b, counts, draws=5):
    points = []
    for count in counts:
        for _ in range(draws):
            i, j = (rng.choice(len(x), count, replace=False) for x in (a, b))
            points.append((count, metrics.frechet_distance(a[i], b[j])))
    slope, intercept = np.polyfit(*np.transpose(points), 1)
    return intercept


half = len(pool) // 2


# %% 2: nothing was extrapolated
def frechet_at_infinity(a, b, counts, draws=5):
    points = []
    for count in counts:
        for _ in range(draws):
            i, j = (rng.choice(len(x), count, replace=False) for x in (a, b))
            points.append((1 / count, metrics.frechet_distance(a[i], b[j])))
    slope, intercept = np.polyfit(*np.transpose(points), 1)
    return points[-1][1]


half = len(pool) // 2


# %% 2: the mean over the counts
def frechet_at_infinity(a, b, counts, draws=5):
    points = []
    for count in counts:
        for _ in range(draws):
            i, j = (rng.choice(len(x), count, replace=False) for x in (a, b))
            points.append((1 / count, metrics.frechet_distance(a[i], b[j])))
    slope, intercept = np.polyfit(*np.transpose(points), 1)
    return np.mean([d for _, d in points])


half = len(pool) // 2


# %% 2: Expected one number
def frechet_at_infinity(a, b, counts, draws=5):
    points = []
    for count in counts:
        for _ in range(draws):
            i, j = (rng.choice(len(x), count, replace=False) for x in (a, b))
            points.append((1 / count, metrics.frechet_distance(a[i], b[j])))
    slope, intercept = np.polyfit(*np.transpose(points), 1)
    return (slope, intercept)


half = len(pool) // 2


# %% 2: gives None
def frechet_at_infinity(a, b, counts, draws=5):
    points = []
    for count in counts:
        for _ in range(draws):
            i, j = (rng.choice(len(x), count, replace=False) for x in (a, b))
            points.append((1 / count, metrics.frechet_distance(a[i], b[j])))
    slope, intercept = np.polyfit(*np.transpose(points), 1)
    intercept


half = len(pool) // 2


# %% 2: at the smallest count
def frechet_at_infinity(a, b, counts, draws=5):
    points = []
    for count in counts:
        for _ in range(draws):
            i, j = (rng.choice(len(x), count, replace=False) for x in (a, b))
            points.append((1 / count, metrics.frechet_distance(a[i], b[j])))
    slope, intercept = np.polyfit(*np.transpose(points), 1)
    return points[0][1]


half = len(pool) // 2

# %% 3: That is precision
one_each = ganlib.unscale(gallery["one image a class"].generate(n, reference.labels, seed=0))
one_each = classifier.features(one_each)

recall_at = {}
for k in (1, 3, 5, 10, 20):
    for name, each in (("held-out real", held_out_features), ("one image a class", one_each)):
        found = neighbours.precision_recall_density_coverage(reference_features, each, k=k)
        print(k, f"{name:18s}", {key: round(value, 2) for key, value in found.items()})
        if name == "held-out real":
            recall_at[k] = found["precision"]
most = "coverage"

# %% 3: That is coverage
one_each = ganlib.unscale(gallery["one image a class"].generate(n, reference.labels, seed=0))
one_each = classifier.features(one_each)

recall_at = {}
for k in (1, 3, 5, 10, 20):
    for name, each in (("held-out real", held_out_features), ("one image a class", one_each)):
        found = neighbours.precision_recall_density_coverage(reference_features, each, k=k)
        print(k, f"{name:18s}", {key: round(value, 2) for key, value in found.items()})
        if name == "held-out real":
            recall_at[k] = found["coverage"]
most = "coverage"

# %% 3: not its own first neighbour
one_each = ganlib.unscale(gallery["one image a class"].generate(n, reference.labels, seed=0))
one_each = classifier.features(one_each)

recall_at = {}
for k in (1, 3, 5, 10, 20):
    for name, each in (("held-out real", held_out_features), ("one image a class", one_each)):
        found = neighbours.precision_recall_density_coverage(reference_features, each, k=k)
        print(k, f"{name:18s}", {key: round(value, 2) for key, value in found.items()})
        if name != "held-out real":
            recall_at[k] = found["recall"]
most = "coverage"

# %% 3: Density is divided by k
one_each = ganlib.unscale(gallery["one image a class"].generate(n, reference.labels, seed=0))
one_each = classifier.features(one_each)

recall_at = {}
for k in (1, 3, 5, 10, 20):
    for name, each in (("held-out real", held_out_features), ("one image a class", one_each)):
        found = neighbours.precision_recall_density_coverage(reference_features, each, k=k)
        print(k, f"{name:18s}", {key: round(value, 2) for key, value in found.items()})
        if name == "held-out real":
            recall_at[k] = found["recall"]
most = "density"

# %% 3: coverage by
one_each = ganlib.unscale(gallery["one image a class"].generate(n, reference.labels, seed=0))
one_each = classifier.features(one_each)

recall_at = {}
for k in (1, 3, 5, 10, 20):
    for name, each in (("held-out real", held_out_features), ("one image a class", one_each)):
        found = neighbours.precision_recall_density_coverage(reference_features, each, k=k)
        print(k, f"{name:18s}", {key: round(value, 2) for key, value in found.items()})
        if name == "held-out real":
            recall_at[k] = found["recall"]
most = "precision"

# %% 3: changed places
one_each = ganlib.unscale(gallery["one image a class"].generate(n, reference.labels, seed=0))
one_each = classifier.features(one_each)

recall_at = {}
for k in (1, 3, 5, 10, 20):
    for name, each in (("held-out real", held_out_features), ("one image a class", one_each)):
        found = neighbours.precision_recall_density_coverage(reference_features, each, k=k)
        print(k, f"{name:18s}", {key: round(value, 2) for key, value in found.items()})
        if name == "held-out real":
            recall_at[21 - k] = found["recall"]
most = "coverage"
