# %% 1 right but for: has a length, too
shares = {"before": 0.170128, "after": 1.43282}

# %% 1 right but for: noise's part against the label's
shares = {"before": 66.501, "after": 7.89612}

# %% 1 right but for: The weights alone
shares = {"before": 1.01099, "after": 3.01895}

# %% 1 right but for: The noise comes first
shares = {"before": 0.014797, "after": 0.0277991}

# %% 1 right but for: shares['before']
shares = {"before": 0.00415695, "after": 0.0349856}

# %% 1 right but for: other generator
shares = {"before": 0.126644, "after": 0.126644}

# %% 1 right but for: you chose rows, it is both
which = "rows"

# %% 1 right but for: expected one of
which = "noise"


# %% 2: a row is an
def class_scores(judge, images):
    phi = keras.Model(judge.inputs[0], judge.get_layer("logit").input)
    v = judge.get_layer("class_vector").get_weights()[0]
    return v @ phi.predict(images, verbose=0).T


real = ganlib.scale(test.images.reshape(-1, *test.image_shape))


# %% 2: Those are the features
def class_scores(judge, images):
    phi = keras.Model(judge.inputs[0], judge.get_layer("logit").input)
    v = judge.get_layer("class_vector").get_weights()[0]
    return phi.predict(images, verbose=0)


real = ganlib.scale(test.images.reshape(-1, *test.image_shape))


# %% 2: psi is in it, too
def class_scores(judge, images):
    phi = keras.Model(judge.inputs[0], judge.get_layer("logit").input)
    v = judge.get_layer("class_vector").get_weights()[0]
    return (
        phi.predict(images, verbose=0) @ v.T
        + judge.get_layer("logit")(phi.predict(images, verbose=0)).numpy()
    )


real = ganlib.scale(test.images.reshape(-1, *test.image_shape))


# %% 2: stopped with ValueError
def class_scores(judge, images):
    phi = keras.Model(judge.inputs[0], judge.get_layer("logit").input)
    v = judge.get_layer("class_vector").get_weights()[0]
    return phi.predict(images, verbose=0) @ v


real = ganlib.scale(test.images.reshape(-1, *test.image_shape))


# %% 2: the largest is taken afterwards
def class_scores(judge, images):
    phi = keras.Model(judge.inputs[0], judge.get_layer("logit").input)
    v = judge.get_layer("class_vector").get_weights()[0]
    return (phi.predict(images, verbose=0) @ v.T).argmax(axis=1)


real = ganlib.scale(test.images.reshape(-1, *test.image_shape))


# %% 2: no softmax
def class_scores(judge, images):
    phi = keras.Model(judge.inputs[0], judge.get_layer("logit").input)
    v = judge.get_layer("class_vector").get_weights()[0]
    return tf.nn.softmax(phi.predict(images, verbose=0) @ v.T)


real = ganlib.scale(test.images.reshape(-1, *test.image_shape))


# %% 2: stopped with ValueError: matmul
def class_scores(judge, images):
    phi = keras.Model(judge.inputs[0], judge.get_layer("logit").output)
    v = judge.get_layer("class_vector").get_weights()[0]
    return phi.predict(images, verbose=0) @ v.T


real = ganlib.scale(test.images.reshape(-1, *test.image_shape))

# %% 3 right but for: the right one in one case of
perfect = {0.0: 1.0, 0.5: 0.5, 1.0: 0.0}

# %% 3 right but for: that were left alone are right, too
perfect = {0.0: 0.0, 0.5: 0.05, 1.0: 0.1}

# %% 3 right but for: That is per cent
perfect = {0.0: 100.0, 0.5: 55.0, 1.0: 10.0}

# %% 3 right but for: may be any
perfect = {0.0: 1.0, 0.5: 0.555556, 1.0: 0.111111}

# %% 3 right but for: hold
measured = {0.0: 1.0, 0.5: 1.0, 1.0: 1.0}

# %% 3 right but for: write a share, not per cent
measured = {0.0: 100.0, 0.5: 55.4, 1.0: 9.8}

# %% 3: the two have changed places
perfect = {0.5: 0.55, 1.0: 0.1}
measured = {0.5: 0.1, 1.0: 0.3}

# %% 3: less than chance
perfect = {0.5: 0.55, 1.0: 0.1}
measured = {0.5: 0.02, 1.0: 0.01}
