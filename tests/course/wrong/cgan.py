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

# %% 1 right but for: grows['weights']: you said False
grows = {"rows": True, "weights": False}

# %% 1 right but for: expected True or False
grows = {"rows": "perhaps", "weights": True}


# %% 2 right but for: Keep the second axis
def projection(features, label, class_vectors):
    return tf.reduce_sum(features * tf.gather(class_vectors, label), axis=1)


# %% 2 right but for: sum over the features
def projection(features, label, class_vectors):
    return tf.reduce_sum(features * tf.gather(class_vectors, label), axis=0)


# %% 2 right but for: take each image's own class
def projection(features, label, class_vectors):
    return features @ tf.transpose(class_vectors)


# %% 2 right but for: look up the label's
def projection(features, label, class_vectors):
    return tf.reduce_sum(features * class_vectors[:3], axis=1, keepdims=True)


# %% 2 right but for: projection stopped with
def projection(features, label, class_vectors):
    return tf.reduce_sum(features * class_vectors, axis=1, keepdims=True)


# %% 2 right but for: the labels that they were made for
def labelled_losses(generator, discriminator, real, label, noise):
    fake = generator([noise, label], training=True)
    on_real = discriminator([real, label], training=True)
    on_fake = discriminator([fake, tf.reverse(label, [0])], training=True)
    d_loss = tf.reduce_mean(tf.math.softplus(-on_real)) + tf.reduce_mean(tf.math.softplus(on_fake))
    return d_loss, tf.reduce_mean(tf.math.softplus(-on_fake))


# %% 2 right but for: labels of the real batch
def labelled_losses(generator, discriminator, real, label, noise):
    fake = generator([noise, 0 * label], training=True)
    on_real = discriminator([real, label], training=True)
    on_fake = discriminator([fake, label], training=True)
    d_loss = tf.reduce_mean(tf.math.softplus(-on_real)) + tf.reduce_mean(tf.math.softplus(on_fake))
    return d_loss, tf.reduce_mean(tf.math.softplus(-on_fake))


# %% 2 right but for: targets are exchanged
def labelled_losses(generator, discriminator, real, label, noise):
    fake = generator([noise, label], training=True)
    on_real = discriminator([real, label], training=True)
    on_fake = discriminator([fake, label], training=True)
    d_loss = tf.reduce_mean(tf.math.softplus(on_real)) + tf.reduce_mean(tf.math.softplus(-on_fake))
    return d_loss, tf.reduce_mean(tf.math.softplus(-on_fake))


# %% 2 right but for: That one saturates
def labelled_losses(generator, discriminator, real, label, noise):
    fake = generator([noise, label], training=True)
    on_real = discriminator([real, label], training=True)
    on_fake = discriminator([fake, label], training=True)
    d_loss = tf.reduce_mean(tf.math.softplus(-on_real)) + tf.reduce_mean(tf.math.softplus(on_fake))
    return d_loss, -tf.reduce_mean(tf.math.softplus(on_fake))


# %% 2 right but for: labelled_losses stopped with
def labelled_losses(generator, discriminator, real, label, noise):
    fake = generator(noise, training=True)
    return discriminator(real, training=True), discriminator(fake, training=True)


# %% 2 right but for: give two losses
def labelled_losses(generator, discriminator, real, label, noise):
    return tf.reduce_mean(discriminator([real, label], training=True))


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
