# %% 1 right but for: in two the counts multiply
coats = {3: [1], 4: [1, 1, 2], 6: [2]}

# %% 1 right but for: Leave out the rim
coats = {3: [1], 4: [1, 2, 4], 6: [1, 2, 4]}

# %% 1 right but for: That is stride 2
coats = {3: [1, 2, 4], 4: [1, 2, 4], 6: [4, 6, 9]}
sizes = {3: 15, 4: 16, 6: 18}

# %% 1 right but for: may cross
coats = {3: [1], 4: [1, 4], 6: [4]}

# %% 1 right but for: what is left after cutting
sizes = {3: 21, 4: 21, 6: 21}

# %% 1 right but for: starts at 3 x 6
sizes = {3: 24, 4: 25, 6: 27}

# %% 1 right but for: reaches K pixels far
sizes = {3: 18, 4: 18, 6: 18}

# %% 1 right but for: a checkerboard
choice = 4

# %% 1 right but for: never overlap
choice = 3

# %% 1 right but for: expected one of 3, 4, 6
choice = 5


# %% 2: has to be flipped
def by_zeros(small, kernel, stride):
    (height, width), size = (small.shape, len(kernel))
    spread = np.zeros((stride * (height - 1) + 1, stride * (width - 1) + 1))
    spread[::stride, ::stride] = small
    padded = np.pad(spread, size - 1)
    flipped = kernel
    large = ops.conv(padded[None, ..., None], flipped[..., None, None].astype(float))
    return np.array(large)[0, ..., 0]


few, stamp = (np.random.default_rng(0).normal(size=(3, 5)), np.arange(16.0).reshape(4, 4))


# %% 2: columns too
def by_zeros(small, kernel, stride):
    (height, width), size = (small.shape, len(kernel))
    spread = np.zeros((stride * (height - 1) + 1, stride * (width - 1) + 1))
    spread[::stride, ::stride] = small
    padded = np.pad(spread, size - 1)
    flipped = kernel[::-1]
    large = ops.conv(padded[None, ..., None], flipped[..., None, None].astype(float))
    return np.array(large)[0, ..., 0]


few, stamp = (np.random.default_rng(0).normal(size=(3, 5)), np.arange(16.0).reshape(4, 4))


# %% 2: rows too
def by_zeros(small, kernel, stride):
    (height, width), size = (small.shape, len(kernel))
    spread = np.zeros((stride * (height - 1) + 1, stride * (width - 1) + 1))
    spread[::stride, ::stride] = small
    padded = np.pad(spread, size - 1)
    flipped = kernel[:, ::-1]
    large = ops.conv(padded[None, ..., None], flipped[..., None, None].astype(float))
    return np.array(large)[0, ..., 0]


few, stamp = (np.random.default_rng(0).normal(size=(3, 5)), np.arange(16.0).reshape(4, 4))


# %% 2: Transposing is not flipping
def by_zeros(small, kernel, stride):
    (height, width), size = (small.shape, len(kernel))
    spread = np.zeros((stride * (height - 1) + 1, stride * (width - 1) + 1))
    spread[::stride, ::stride] = small
    padded = np.pad(spread, size - 1)
    flipped = kernel.T
    large = ops.conv(padded[None, ..., None], flipped[..., None, None].astype(float))
    return np.array(large)[0, ..., 0]


few, stamp = (np.random.default_rng(0).normal(size=(3, 5)), np.arange(16.0).reshape(4, 4))


# %% 2: K - 1 zeros, not K.
def by_zeros(small, kernel, stride):
    (height, width), size = (small.shape, len(kernel))
    spread = np.zeros((stride * (height - 1) + 1, stride * (width - 1) + 1))
    spread[::stride, ::stride] = small
    padded = np.pad(spread, size)
    flipped = kernel[::-1, ::-1]
    large = ops.conv(padded[None, ..., None], flipped[..., None, None].astype(float))
    return np.array(large)[0, ..., 0]


few, stamp = (np.random.default_rng(0).normal(size=(3, 5)), np.arange(16.0).reshape(4, 4))


# %% 2: around the image are missing
def by_zeros(small, kernel, stride):
    (height, width), size = (small.shape, len(kernel))
    spread = np.zeros((stride * (height - 1) + 1, stride * (width - 1) + 1))
    spread[::stride, ::stride] = small
    padded = spread
    flipped = kernel[::-1, ::-1]
    large = ops.conv(padded[None, ..., None], flipped[..., None, None].astype(float))
    return np.array(large)[0, ..., 0]


few, stamp = (np.random.default_rng(0).normal(size=(3, 5)), np.arange(16.0).reshape(4, 4))


# %% 2: No zeros follow the last pixel
def by_zeros(small, kernel, stride):
    (height, width), size = (small.shape, len(kernel))
    spread = np.zeros((stride * height, stride * width))
    spread[::stride, ::stride] = small
    padded = np.pad(spread, size - 1)
    flipped = kernel[::-1, ::-1]
    large = ops.conv(padded[None, ..., None], flipped[..., None, None].astype(float))
    return np.array(large)[0, ..., 0]


few, stamp = (np.random.default_rng(0).normal(size=(3, 5)), np.arange(16.0).reshape(4, 4))


# %% 2: itself must not pad
def by_zeros(small, kernel, stride):
    (height, width), size = (small.shape, len(kernel))
    spread = np.zeros((stride * (height - 1) + 1, stride * (width - 1) + 1))
    spread[::stride, ::stride] = small
    padded = np.pad(spread, size - 1)
    flipped = kernel[::-1, ::-1]
    large = ops.conv(
        padded[None, ..., None], flipped[..., None, None].astype(float), padding="same"
    )
    return np.array(large)[0, ..., 0]


few, stamp = (np.random.default_rng(0).normal(size=(3, 5)), np.arange(16.0).reshape(4, 4))


# %% 2: take the image out of its batch
def by_zeros(small, kernel, stride):
    (height, width), size = (small.shape, len(kernel))
    spread = np.zeros((stride * (height - 1) + 1, stride * (width - 1) + 1))
    spread[::stride, ::stride] = small
    padded = np.pad(spread, size - 1)
    flipped = kernel[::-1, ::-1]
    large = ops.conv(padded[None, ..., None], flipped[..., None, None].astype(float))
    return np.array(large)


few, stamp = (np.random.default_rng(0).normal(size=(3, 5)), np.arange(16.0).reshape(4, 4))


# %% 2: gives None
def by_zeros(small, kernel, stride):
    (height, width), size = (small.shape, len(kernel))
    spread = np.zeros((stride * (height - 1) + 1, stride * (width - 1) + 1))
    spread[::stride, ::stride] = small
    padded = np.pad(spread, size - 1)
    flipped = kernel[::-1, ::-1]
    large = ops.conv(padded[None, ..., None], flipped[..., None, None].astype(float))
    np.array(large)[0, ..., 0]


few, stamp = (np.random.default_rng(0).normal(size=(3, 5)), np.arange(16.0).reshape(4, 4))

# %% 3 right but for: have changed places
fd_averaged, fd_trained = fd_trained, fd_averaged

# %% 3 right but for: always draws from the average
fd_trained = fd_averaged

# %% 3 right but for: used without a root
fd_averaged = 1.75017
fd_trained = 1.7213

# %% 3 right but for: keeps circling
at_constant_rates = "less"

# %% 3 right but for: expected one of
at_constant_rates = "better"

# %% 3 right but for: Is training=False set
fd_trained = 900.0

# %% 3 right but for: below the floor
fd_trained = 0.001
