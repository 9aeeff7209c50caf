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


# %% 2 right but for: expected a Keras model
def my_generator():
    return [layers.Dense(4)]


# %% 2 right but for: expected (2, 8, 8, 1)
def my_generator():
    return keras.Sequential([keras.Input((latent_size,)), layers.Dense(64, activation="tanh")])


# %% 2 right but for: obeys all four
my_generator = make_generator


# %% 2 right but for: breaks 2 guidelines
def my_generator():
    return keras.Sequential(
        [
            keras.Input((latent_size,)),
            layers.Dense(rows * columns * 96),
            layers.LeakyReLU(),
            layers.Reshape((rows, columns, 96)),
            layers.Conv2DTranspose(48, **stride_two),
            layers.LeakyReLU(),
            layers.Conv2DTranspose(channels, **stride_two, activation="tanh"),
        ]
    )


# %% 2 right but for: it has UpSampling2D
def my_generator():
    latent = keras.Input((latent_size,))
    x = layers.ReLU()(layers.BatchNormalization()(layers.Dense(rows * columns * 96)(latent)))
    x = layers.UpSampling2D()(layers.Reshape((rows, columns, 96))(x))
    x = layers.BatchNormalization()(layers.Conv2D(48, 3, padding="same")(x))
    x = layers.UpSampling2D()(layers.Activation("relu")(x))
    return keras.Model(latent, layers.Conv2D(channels, 3, padding="same", activation="tanh")(x))


# %% 2 right but for: a dense layer beside
def my_generator():
    old = make_generator().layers
    more = [layers.Dense(latent_size), layers.BatchNormalization(), layers.ReLU()]
    return keras.Sequential([keras.Input((latent_size,)), *more, *old])


# %% 2 right but for: the output has no tanh
def my_generator():
    old = make_generator()
    old.layers[-1].activation = keras.activations.sigmoid
    return old


# %% 2 right but for: the output layer has batch norm
def my_generator():
    old = make_generator().layers
    old[-1].activation = keras.activations.linear
    more = [layers.BatchNormalization(), layers.Activation("tanh")]
    return keras.Sequential([keras.Input((latent_size,)), *old, *more])


broken = "strides"


# %% 2 right but for: that is 'batch norm'
broken = "dense layers"

# %% 2 right but for: expected one of
broken = "LeakyReLU"

# %% 2 right but for: one generator scored twice
disobeying = obeying

# %% 2 right but for: the distance of real images
obeying = 0.1

# %% 2 right but for: stopped with TypeError
my_generator = lambda width: make_generator()  # noqa: E731


# %% 3: has to be flipped
def by_zeros(small, kernel, stride):
    (height, width), size = (small.shape, len(kernel))
    spread = np.zeros((stride * (height - 1) + 1, stride * (width - 1) + 1))
    spread[::stride, ::stride] = small
    padded = np.pad(spread, size - 1)
    flipped = kernel
    large = ops.conv(padded[None, ..., None], flipped[..., None, None].astype(float))
    return np.array(large)[0, ..., 0]


few, stamp = (np.random.default_rng(0).normal(size=(3, 5)), np.arange(16.0).reshape(4, 4))


# %% 3: columns too
def by_zeros(small, kernel, stride):
    (height, width), size = (small.shape, len(kernel))
    spread = np.zeros((stride * (height - 1) + 1, stride * (width - 1) + 1))
    spread[::stride, ::stride] = small
    padded = np.pad(spread, size - 1)
    flipped = kernel[::-1]
    large = ops.conv(padded[None, ..., None], flipped[..., None, None].astype(float))
    return np.array(large)[0, ..., 0]


few, stamp = (np.random.default_rng(0).normal(size=(3, 5)), np.arange(16.0).reshape(4, 4))


# %% 3: rows too
def by_zeros(small, kernel, stride):
    (height, width), size = (small.shape, len(kernel))
    spread = np.zeros((stride * (height - 1) + 1, stride * (width - 1) + 1))
    spread[::stride, ::stride] = small
    padded = np.pad(spread, size - 1)
    flipped = kernel[:, ::-1]
    large = ops.conv(padded[None, ..., None], flipped[..., None, None].astype(float))
    return np.array(large)[0, ..., 0]


few, stamp = (np.random.default_rng(0).normal(size=(3, 5)), np.arange(16.0).reshape(4, 4))


# %% 3: Transposing is not flipping
def by_zeros(small, kernel, stride):
    (height, width), size = (small.shape, len(kernel))
    spread = np.zeros((stride * (height - 1) + 1, stride * (width - 1) + 1))
    spread[::stride, ::stride] = small
    padded = np.pad(spread, size - 1)
    flipped = kernel.T
    large = ops.conv(padded[None, ..., None], flipped[..., None, None].astype(float))
    return np.array(large)[0, ..., 0]


few, stamp = (np.random.default_rng(0).normal(size=(3, 5)), np.arange(16.0).reshape(4, 4))


# %% 3: K - 1 zeros, not K.
def by_zeros(small, kernel, stride):
    (height, width), size = (small.shape, len(kernel))
    spread = np.zeros((stride * (height - 1) + 1, stride * (width - 1) + 1))
    spread[::stride, ::stride] = small
    padded = np.pad(spread, size)
    flipped = kernel[::-1, ::-1]
    large = ops.conv(padded[None, ..., None], flipped[..., None, None].astype(float))
    return np.array(large)[0, ..., 0]


few, stamp = (np.random.default_rng(0).normal(size=(3, 5)), np.arange(16.0).reshape(4, 4))


# %% 3: around the image are missing
def by_zeros(small, kernel, stride):
    (height, width), size = (small.shape, len(kernel))
    spread = np.zeros((stride * (height - 1) + 1, stride * (width - 1) + 1))
    spread[::stride, ::stride] = small
    padded = spread
    flipped = kernel[::-1, ::-1]
    large = ops.conv(padded[None, ..., None], flipped[..., None, None].astype(float))
    return np.array(large)[0, ..., 0]


few, stamp = (np.random.default_rng(0).normal(size=(3, 5)), np.arange(16.0).reshape(4, 4))


# %% 3: No zeros follow the last pixel
def by_zeros(small, kernel, stride):
    (height, width), size = (small.shape, len(kernel))
    spread = np.zeros((stride * height, stride * width))
    spread[::stride, ::stride] = small
    padded = np.pad(spread, size - 1)
    flipped = kernel[::-1, ::-1]
    large = ops.conv(padded[None, ..., None], flipped[..., None, None].astype(float))
    return np.array(large)[0, ..., 0]


few, stamp = (np.random.default_rng(0).normal(size=(3, 5)), np.arange(16.0).reshape(4, 4))


# %% 3: itself must not pad
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


# %% 3: take the image out of its batch
def by_zeros(small, kernel, stride):
    (height, width), size = (small.shape, len(kernel))
    spread = np.zeros((stride * (height - 1) + 1, stride * (width - 1) + 1))
    spread[::stride, ::stride] = small
    padded = np.pad(spread, size - 1)
    flipped = kernel[::-1, ::-1]
    large = ops.conv(padded[None, ..., None], flipped[..., None, None].astype(float))
    return np.array(large)


few, stamp = (np.random.default_rng(0).normal(size=(3, 5)), np.arange(16.0).reshape(4, 4))


# %% 3: gives None
def by_zeros(small, kernel, stride):
    (height, width), size = (small.shape, len(kernel))
    spread = np.zeros((stride * (height - 1) + 1, stride * (width - 1) + 1))
    spread[::stride, ::stride] = small
    padded = np.pad(spread, size - 1)
    flipped = kernel[::-1, ::-1]
    large = ops.conv(padded[None, ..., None], flipped[..., None, None].astype(float))
    np.array(large)[0, ..., 0]


few, stamp = (np.random.default_rng(0).normal(size=(3, 5)), np.arange(16.0).reshape(4, 4))
