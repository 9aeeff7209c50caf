# %% 1 right but for: That is the range [0, 1]
becomes = {0: -1, 102: 0.4, 255: 1.0}

# %% 1 right but for: One is still to be taken away
becomes = {0: 0.0, 102: 0.8, 255: 2.0}

# %% 1 right but for: black becomes -1
becomes = {0: 1.0, 102: 0.2, 255: -1.0}

# %% 1 right but for: the level of 0.2 in [0, 1]
level_of = 51

# %% 1 right but for: level of -0.2
level_of = 102

# %% 1 right but for: Divide by 255
in_unit_range = 0.8

# %% 1 right but for: expected a dictionary
becomes = [-1, -0.2, 1]


# %% 2: the farthest mean
def nearest_mean(images, labels, queries):
    means = np.stack([images[labels == k].mean(axis=0).ravel() for k in range(3)])
    flat = queries.reshape(len(queries), -1).astype(float)
    return np.argmax([((flat - mean) ** 2).sum(axis=1) for mean in means], axis=0)


# %% 2: which class is it
def nearest_mean(images, labels, queries):
    means = np.stack([images[labels == k].mean(axis=0).ravel() for k in range(3)])
    flat = queries.reshape(len(queries), -1).astype(float)
    return np.min([((flat - mean) ** 2).sum(axis=1) for mean in means], axis=0)


# %% 2: wrap round
def nearest_mean(images, labels, queries):
    means = np.stack([images[labels == k].mean(axis=0).ravel() for k in range(3)]).astype(np.uint8)
    flat = queries.reshape(len(queries), -1)
    return np.argmin([((flat - mean) ** 2).sum(axis=1) for mean in means], axis=0)


# %% 2: take the mean of each class
def nearest_mean(images, labels, queries):
    firsts = np.stack([images[labels == k][0].ravel() for k in range(3)]).astype(float)
    flat = queries.reshape(len(queries), -1).astype(float)
    return np.argmin([((flat - first) ** 2).sum(axis=1) for first in firsts], axis=0)


# %% 2: gives None
def nearest_mean(images, labels, queries):
    means = np.stack([images[labels == k].mean(axis=0).ravel() for k in range(3)])


# %% 3 right but for: take the mean of both
rule = {"noise 0": 2.0, "uniform noise": 0.5}

# %% 3 right but for: this scale, 128
rule = {"noise 0": 0.5, "uniform noise": 0.5}

# %% 3 right but for: has the noise been added
rule = {"noise 0": 1.0, "uniform noise": 1.0}

# %% 3 right but for: right on all the generated
rule = {"noise 0": 1.0, "uniform noise": 0.0}
