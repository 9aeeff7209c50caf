# %% 1 right but for: is no step: it is dropped
per_epoch = {32: (1875, 0), 64: (938, 0), 256: (235, 0)}

# %% 1 right but for: The other way round
per_epoch = {32: (0, 1875), 64: (32, 937), 256: (96, 234)}

# %% 1 right but for: round down
per_epoch = {32: (1875.0, 0), 64: (937.5, 0), 256: (234.375, 0)}

# %% 1 right but for: are missing to fill the last batch
per_epoch = {32: (1875, 0), 64: (937, 32), 256: (234, 160)}

# %% 1 right but for: expected two numbers
per_epoch = {32: 1875, 64: 937, 256: 234}

# %% 1 right but for: counts an image that is dropped twice
dropped_once = 0.016

# %% 1 right but for: never being dropped
dropped_once = 0.984115

# %% 1 right but for: That is one epoch
dropped_once = 0.0016

# %% 1 right but for: That is per cent
dropped_once = 1.59

# %% 1 right but for: no entry for 256
per_epoch = {32: (1875, 0), 64: (937, 32)}


# %% 2: ends after 4 batches
def numpy_batches(data, batch_size, seed, first_step=0):
    per_epoch = len(data) // batch_size
    step = first_step
    while step < per_epoch:
        epoch, place = divmod(step, per_epoch)
        order = np.random.default_rng([seed, epoch]).permutation(len(data))
        chosen = order[place * batch_size : (place + 1) * batch_size]
        yield (ganlib.scale(data.images[chosen]), data.labels[chosen])
        step += 1


small = train.subset(22)


# %% 2: the epoch must be part of the seed
def numpy_batches(data, batch_size, seed, first_step=0):
    per_epoch = len(data) // batch_size
    step = first_step
    while True:
        epoch, place = divmod(step, per_epoch)
        order = np.random.default_rng(seed).permutation(len(data))
        chosen = order[place * batch_size : (place + 1) * batch_size]
        yield (ganlib.scale(data.images[chosen]), data.labels[chosen])
        step += 1


small = train.subset(22)


# %% 2: the seed is not used
def numpy_batches(data, batch_size, seed, first_step=0):
    per_epoch = len(data) // batch_size
    step = first_step
    while True:
        epoch, place = divmod(step, per_epoch)
        order = np.random.default_rng([epoch]).permutation(len(data))
        chosen = order[place * batch_size : (place + 1) * batch_size]
        yield (ganlib.scale(data.images[chosen]), data.labels[chosen])
        step += 1


small = train.subset(22)


# %% 2: not with a sum
def numpy_batches(data, batch_size, seed, first_step=0):
    per_epoch = len(data) // batch_size
    step = first_step
    while True:
        epoch, place = divmod(step, per_epoch)
        order = np.random.default_rng(seed + epoch).permutation(len(data))
        chosen = order[place * batch_size : (place + 1) * batch_size]
        yield (ganlib.scale(data.images[chosen]), data.labels[chosen])
        step += 1


small = train.subset(22)


# %% 2: Called twice
def numpy_batches(data, batch_size, seed, first_step=0):
    per_epoch = len(data) // batch_size
    step = first_step
    while True:
        epoch, place = divmod(step, per_epoch)
        order = np.random.default_rng(None).permutation(len(data))
        chosen = order[place * batch_size : (place + 1) * batch_size]
        yield (ganlib.scale(data.images[chosen]), data.labels[chosen])
        step += 1


small = train.subset(22)


# %% 2: use the same indices for both
def numpy_batches(data, batch_size, seed, first_step=0):
    per_epoch = len(data) // batch_size
    step = first_step
    while True:
        epoch, place = divmod(step, per_epoch)
        order = np.random.default_rng([seed, epoch]).permutation(len(data))
        chosen = order[place * batch_size : (place + 1) * batch_size]
        yield (ganlib.scale(data.images[chosen]), data.labels[:batch_size])
        step += 1


small = train.subset(22)


# %% 2: scale it with ganlib.scale
def numpy_batches(data, batch_size, seed, first_step=0):
    per_epoch = len(data) // batch_size
    step = first_step
    while True:
        epoch, place = divmod(step, per_epoch)
        order = np.random.default_rng([seed, epoch]).permutation(len(data))
        chosen = order[place * batch_size : (place + 1) * batch_size]
        yield (data.images[chosen], data.labels[chosen])
        step += 1


small = train.subset(22)


# %% 2: not scaled as the networks expect
def numpy_batches(data, batch_size, seed, first_step=0):
    per_epoch = len(data) // batch_size
    step = first_step
    while True:
        epoch, place = divmod(step, per_epoch)
        order = np.random.default_rng([seed, epoch]).permutation(len(data))
        chosen = order[place * batch_size : (place + 1) * batch_size]
        yield (data.images[chosen] / 255, data.labels[chosen])
        step += 1


small = train.subset(22)


# %% 2: first_step is not used
def numpy_batches(data, batch_size, seed, first_step=0):
    per_epoch = len(data) // batch_size
    step = 0
    while True:
        epoch, place = divmod(step, per_epoch)
        order = np.random.default_rng([seed, epoch]).permutation(len(data))
        chosen = order[place * batch_size : (place + 1) * batch_size]
        yield (ganlib.scale(data.images[chosen]), data.labels[chosen])
        step += 1


small = train.subset(22)


# %% 2: begins the epoch again
def numpy_batches(data, batch_size, seed, first_step=0):
    per_epoch = len(data) // batch_size
    step = first_step // per_epoch * per_epoch
    while True:
        epoch, place = divmod(step, per_epoch)
        order = np.random.default_rng([seed, epoch]).permutation(len(data))
        chosen = order[place * batch_size : (place + 1) * batch_size]
        yield (ganlib.scale(data.images[chosen]), data.labels[chosen])
        step += 1


small = train.subset(22)


# %% 2: last, short batch
def numpy_batches(data, batch_size, seed, first_step=0):
    per_epoch = -(-len(data) // batch_size)
    step = first_step
    while True:
        epoch, place = divmod(step, per_epoch)
        order = np.random.default_rng([seed, epoch]).permutation(len(data))
        chosen = order[place * batch_size : (place + 1) * batch_size]
        yield (ganlib.scale(data.images[chosen]), data.labels[chosen])
        step += 1


small = train.subset(22)


# %% 2: without replacement
def numpy_batches(data, batch_size, seed, first_step=0):
    per_epoch = len(data) // batch_size
    step = first_step
    while True:
        epoch, place = divmod(step, per_epoch)
        order = np.random.default_rng([seed, epoch]).integers(0, len(data), len(data))
        chosen = order[place * batch_size : (place + 1) * batch_size]
        yield (ganlib.scale(data.images[chosen]), data.labels[chosen])
        step += 1


small = train.subset(22)


# %% 2: is not shuffled
def numpy_batches(data, batch_size, seed, first_step=0):
    per_epoch = len(data) // batch_size
    step = first_step
    while True:
        epoch, place = divmod(step, per_epoch)
        order = np.arange(len(data))
        chosen = order[place * batch_size : (place + 1) * batch_size]
        yield (ganlib.scale(data.images[chosen]), data.labels[chosen])
        step += 1


small = train.subset(22)


# %% 2: use `yield`
def numpy_batches(*args, **kwargs):
    return [1, 2]


# %% 2: the line that returns the result is missing
def numpy_batches(data, batch_size, seed, first_step=0):
    order = np.arange(9)


# %% 3 right but for: Were the labels sorted?
classes_seen = {1000: 10, 10000: 10, 60000: 10}

# %% 3 right but for: not the images
classes_seen = {1000: 128, 10000: 128, 60000: 128}

# %% 3 right but for: before batch
classes_seen = {1000: 1, 10000: 1, 60000: 1}

# %% 3 right but for: the largest label
classes_seen = {1000: 0, 10000: 1, 60000: 9}

# %% 3 right but for: has no buffer
ganlib_has_it = True

# %% 3: the larger buffer sees more classes
classes_seen = {1_000: 10, 10_000: 2, 60_000: 1}
ganlib_has_it = False
