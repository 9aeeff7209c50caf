# %% 1 right but for: the term is -log(1 - D)
discriminator_before = 1.42712

# %% 1 right but for: discriminator_before: expected 0.5798
discriminator_before = 0.133531

# %% 1 right but for: as it is written
generator_before = -0.356675

# %% 1 right but for: is -log D, not
generator_before = 0.356675

# %% 1 right but for: this one still does not
above = False
discriminator_after = 1.38629

# %% 1 right but for: not the logarithm of the mean
discriminator_after = 1.39634

# %% 1 right but for: is above 1.386, is it not
above = False

# %% 1: The logarithm is the natural one
discriminator_before, generator_before = 0.2518, 1.204
discriminator_after, above = 1.697, True

# %% 2 right but for: expected the shape (17, 1)
my_discriminator = keras.Sequential([dense(8, "relu"), dense(2)])

# %% 2 right but for: the last layer out
my_discriminator = keras.Sequential([dense(8, "relu"), dense(1, "sigmoid")])

# %% 2 right but for: one linear function
my_discriminator = keras.Sequential([dense(8), dense(1)])

# %% 2 right but for: do not depend on the pixels
my_discriminator = keras.Sequential([dense(8, "relu"), dense(1, kernel_initializer="zeros")])


# %% 2 right but for: the targets are exchanged
def my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    size = tf.shape(real)[0]
    with tf.GradientTape() as tape:
        on_real = discriminator(real)
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        first = cross_entropy(tf.zeros_like(on_real), on_real) + cross_entropy(
            tf.ones_like(on_fake), on_fake
        )
    gradients = tape.gradient(first, discriminator.trainable_variables)
    discriminator_optimizer.apply(gradients, discriminator.trainable_variables)

    with tf.GradientTape() as tape:
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        second = cross_entropy(tf.ones_like(on_fake), on_fake)
    gradients = tape.gradient(second, generator.trainable_variables)
    generator_optimizer.apply(gradients, generator.trainable_variables)
    return first, second


# %% 2 right but for: a cross-entropy takes the targets first
def my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    size = tf.shape(real)[0]
    with tf.GradientTape() as tape:
        on_real = discriminator(real)
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        first = cross_entropy(on_real, tf.ones_like(on_real)) + cross_entropy(
            on_fake, tf.zeros_like(on_fake)
        )
    gradients = tape.gradient(first, discriminator.trainable_variables)
    discriminator_optimizer.apply(gradients, discriminator.trainable_variables)

    with tf.GradientTape() as tape:
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        second = cross_entropy(tf.ones_like(on_fake), on_fake)
    gradients = tape.gradient(second, generator.trainable_variables)
    generator_optimizer.apply(gradients, generator.trainable_variables)
    return first, second


# %% 2 right but for: generator's weights: a cross-entropy takes
def my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    size = tf.shape(real)[0]
    with tf.GradientTape() as tape:
        on_real = discriminator(real)
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        first = cross_entropy(tf.ones_like(on_real), on_real) + cross_entropy(
            tf.zeros_like(on_fake), on_fake
        )
    gradients = tape.gradient(first, discriminator.trainable_variables)
    discriminator_optimizer.apply(gradients, discriminator.trainable_variables)

    with tf.GradientTape() as tape:
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        second = cross_entropy(on_fake, tf.ones_like(on_fake))
    gradients = tape.gradient(second, generator.trainable_variables)
    generator_optimizer.apply(gradients, generator.trainable_variables)
    return first, second


# %% 2 right but for: The generator's weights: its target is 0
def my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    size = tf.shape(real)[0]
    with tf.GradientTape() as tape:
        on_real = discriminator(real)
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        first = cross_entropy(tf.ones_like(on_real), on_real) + cross_entropy(
            tf.zeros_like(on_fake), on_fake
        )
    gradients = tape.gradient(first, discriminator.trainable_variables)
    discriminator_optimizer.apply(gradients, discriminator.trainable_variables)

    with tf.GradientTape() as tape:
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        second = cross_entropy(tf.zeros_like(on_fake), on_fake)
    gradients = tape.gradient(second, generator.trainable_variables)
    generator_optimizer.apply(gradients, generator.trainable_variables)
    return first, second


# %% 2 right but for: the loss of the game
def my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    size = tf.shape(real)[0]
    with tf.GradientTape() as tape:
        on_real = discriminator(real)
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        first = cross_entropy(tf.ones_like(on_real), on_real) + cross_entropy(
            tf.zeros_like(on_fake), on_fake
        )
    gradients = tape.gradient(first, discriminator.trainable_variables)
    discriminator_optimizer.apply(gradients, discriminator.trainable_variables)

    with tf.GradientTape() as tape:
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        second = -cross_entropy(tf.zeros_like(on_fake), on_fake)
    gradients = tape.gradient(second, generator.trainable_variables)
    generator_optimizer.apply(gradients, generator.trainable_variables)
    return first, second


# %% 2 right but for: The discriminator's weights: the cross-entropy took
def my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real):
    cross_entropy = keras.losses.BinaryCrossentropy()
    size = tf.shape(real)[0]
    with tf.GradientTape() as tape:
        on_real = discriminator(real)
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        first = cross_entropy(tf.ones_like(on_real), on_real) + cross_entropy(
            tf.zeros_like(on_fake), on_fake
        )
    gradients = tape.gradient(first, discriminator.trainable_variables)
    discriminator_optimizer.apply(gradients, discriminator.trainable_variables)

    with tf.GradientTape() as tape:
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        second = cross_entropy(tf.ones_like(on_fake), on_fake)
    gradients = tape.gradient(second, generator.trainable_variables)
    generator_optimizer.apply(gradients, generator.trainable_variables)
    return first, second


# %% 2 right but for: the real images are missing
def my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    size = tf.shape(real)[0]
    with tf.GradientTape() as tape:
        on_real = discriminator(real)
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        first = cross_entropy(tf.zeros_like(on_fake), on_fake)
    gradients = tape.gradient(first, discriminator.trainable_variables)
    discriminator_optimizer.apply(gradients, discriminator.trainable_variables)

    with tf.GradientTape() as tape:
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        second = cross_entropy(tf.ones_like(on_fake), on_fake)
    gradients = tape.gradient(second, generator.trainable_variables)
    generator_optimizer.apply(gradients, generator.trainable_variables)
    return first, second


# %% 2 right but for: the generated images are missing
def my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    size = tf.shape(real)[0]
    with tf.GradientTape() as tape:
        on_real = discriminator(real)
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        first = cross_entropy(tf.ones_like(on_real), on_real)
    gradients = tape.gradient(first, discriminator.trainable_variables)
    discriminator_optimizer.apply(gradients, discriminator.trainable_variables)

    with tf.GradientTape() as tape:
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        second = cross_entropy(tf.ones_like(on_fake), on_fake)
    gradients = tape.gradient(second, generator.trainable_variables)
    generator_optimizer.apply(gradients, generator.trainable_variables)
    return first, second


# %% 2 right but for: halved here
def my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    size = tf.shape(real)[0]
    with tf.GradientTape() as tape:
        on_real = discriminator(real)
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        first = (
            cross_entropy(tf.ones_like(on_real), on_real)
            + cross_entropy(tf.zeros_like(on_fake), on_fake)
        ) / 2
    gradients = tape.gradient(first, discriminator.trainable_variables)
    discriminator_optimizer.apply(gradients, discriminator.trainable_variables)

    with tf.GradientTape() as tape:
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        second = cross_entropy(tf.ones_like(on_fake), on_fake)
    gradients = tape.gradient(second, generator.trainable_variables)
    generator_optimizer.apply(gradients, generator.trainable_variables)
    return first, second


# %% 2 right but for: it moved in the generator's turn too
def my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    size = tf.shape(real)[0]
    with tf.GradientTape() as tape:
        on_real = discriminator(real)
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        first = cross_entropy(tf.ones_like(on_real), on_real) + cross_entropy(
            tf.zeros_like(on_fake), on_fake
        )
    gradients = tape.gradient(first, discriminator.trainable_variables)
    discriminator_optimizer.apply(gradients, discriminator.trainable_variables)

    with tf.GradientTape() as tape:
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        second = cross_entropy(tf.ones_like(on_fake), on_fake)
    both = generator.trainable_variables, discriminator.trainable_variables
    for_generator, for_discriminator = tape.gradient(second, both)
    generator_optimizer.apply(for_generator, both[0])
    discriminator_optimizer.apply(for_discriminator, both[1])
    return first, second


# %% 2 right but for: it moved in the generator's turn too: that turn
def my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    size = tf.shape(real)[0]
    with tf.GradientTape() as tape:
        on_real = discriminator(real)
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        first = cross_entropy(tf.ones_like(on_real), on_real) + cross_entropy(
            tf.zeros_like(on_fake), on_fake
        )
    gradients = tape.gradient(first, discriminator.trainable_variables)
    discriminator_optimizer.apply(gradients, discriminator.trainable_variables)

    with tf.GradientTape() as tape:
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        second = cross_entropy(tf.ones_like(on_fake), on_fake)
    gradients = tape.gradient(second, discriminator.trainable_variables)
    generator_optimizer.apply(gradients, discriminator.trainable_variables)
    return first, second


# %% 2 right but for: it moved in the discriminator's turn too
def my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    size = tf.shape(real)[0]
    with tf.GradientTape() as tape:
        on_real = discriminator(real)
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        first = cross_entropy(tf.ones_like(on_real), on_real) + cross_entropy(
            tf.zeros_like(on_fake), on_fake
        )
    both = discriminator.trainable_variables, generator.trainable_variables
    for_discriminator, for_generator = tape.gradient(first, both)
    discriminator_optimizer.apply(for_discriminator, both[0])
    generator_optimizer.apply(for_generator, both[1])

    with tf.GradientTape() as tape:
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        second = cross_entropy(tf.ones_like(on_fake), on_fake)
    gradients = tape.gradient(second, generator.trainable_variables)
    generator_optimizer.apply(gradients, generator.trainable_variables)
    return first, second


# %% 2 right but for: it was moved by the generator's optimizer
def my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    size = tf.shape(real)[0]
    with tf.GradientTape() as tape:
        on_real = discriminator(real)
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        first = cross_entropy(tf.ones_like(on_real), on_real) + cross_entropy(
            tf.zeros_like(on_fake), on_fake
        )
    gradients = tape.gradient(first, discriminator.trainable_variables)
    generator_optimizer.apply(gradients, discriminator.trainable_variables)

    with tf.GradientTape() as tape:
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        second = cross_entropy(tf.ones_like(on_fake), on_fake)
    gradients = tape.gradient(second, generator.trainable_variables)
    discriminator_optimizer.apply(gradients, generator.trainable_variables)
    return first, second


# %% 2 right but for: The discriminator's weights: it did not move
def my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    size = tf.shape(real)[0]
    with tf.GradientTape() as tape:
        on_real = discriminator(real)
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        first = cross_entropy(tf.ones_like(on_real), on_real) + cross_entropy(
            tf.zeros_like(on_fake), on_fake
        )
    gradients = tape.gradient(first, discriminator.trainable_variables)
    pass

    with tf.GradientTape() as tape:
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        second = cross_entropy(tf.ones_like(on_fake), on_fake)
    gradients = tape.gradient(second, generator.trainable_variables)
    generator_optimizer.apply(gradients, generator.trainable_variables)
    return first, second


# %% 2 right but for: The generator's weights: it did not move
def my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    size = tf.shape(real)[0]
    with tf.GradientTape() as tape:
        on_real = discriminator(real)
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        first = cross_entropy(tf.ones_like(on_real), on_real) + cross_entropy(
            tf.zeros_like(on_fake), on_fake
        )
    gradients = tape.gradient(first, discriminator.trainable_variables)
    discriminator_optimizer.apply(gradients, discriminator.trainable_variables)

    with tf.GradientTape() as tape:
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        second = cross_entropy(tf.ones_like(on_fake), on_fake)
    gradients = tape.gradient(second, generator.trainable_variables)
    return first, second


# %% 2 right but for: The discriminator's weights: it climbed
def my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    size = tf.shape(real)[0]
    with tf.GradientTape() as tape:
        on_real = discriminator(real)
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        first = cross_entropy(tf.ones_like(on_real), on_real) + cross_entropy(
            tf.zeros_like(on_fake), on_fake
        )
    gradients = tape.gradient(first, discriminator.trainable_variables)
    gradients = [-gradient for gradient in gradients]
    discriminator_optimizer.apply(gradients, discriminator.trainable_variables)

    with tf.GradientTape() as tape:
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        second = cross_entropy(tf.ones_like(on_fake), on_fake)
    gradients = tape.gradient(second, generator.trainable_variables)
    generator_optimizer.apply(gradients, generator.trainable_variables)
    return first, second


# %% 2 right but for: have changed places
def my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    size = tf.shape(real)[0]
    with tf.GradientTape() as tape:
        on_real = discriminator(real)
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        first = cross_entropy(tf.ones_like(on_real), on_real) + cross_entropy(
            tf.zeros_like(on_fake), on_fake
        )
    gradients = tape.gradient(first, discriminator.trainable_variables)
    discriminator_optimizer.apply(gradients, discriminator.trainable_variables)

    with tf.GradientTape() as tape:
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        second = cross_entropy(tf.ones_like(on_fake), on_fake)
    gradients = tape.gradient(second, generator.trainable_variables)
    generator_optimizer.apply(gradients, generator.trainable_variables)
    return second, first


# %% 2 right but for: expected two losses
def my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    size = tf.shape(real)[0]
    with tf.GradientTape() as tape:
        on_real = discriminator(real)
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        first = cross_entropy(tf.ones_like(on_real), on_real) + cross_entropy(
            tf.zeros_like(on_fake), on_fake
        )
    gradients = tape.gradient(first, discriminator.trainable_variables)
    discriminator_optimizer.apply(gradients, discriminator.trainable_variables)

    with tf.GradientTape() as tape:
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        second = cross_entropy(tf.ones_like(on_fake), on_fake)
    gradients = tape.gradient(second, generator.trainable_variables)
    generator_optimizer.apply(gradients, generator.trainable_variables)
    return first + second


# %% 2 right but for: gives None
def my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    size = tf.shape(real)[0]
    with tf.GradientTape() as tape:
        on_real = discriminator(real)
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        first = cross_entropy(tf.ones_like(on_real), on_real) + cross_entropy(
            tf.zeros_like(on_fake), on_fake
        )
    gradients = tape.gradient(first, discriminator.trainable_variables)
    discriminator_optimizer.apply(gradients, discriminator.trainable_variables)

    with tf.GradientTape() as tape:
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        second = cross_entropy(tf.ones_like(on_fake), on_fake)
    gradients = tape.gradient(second, generator.trainable_variables)
    generator_optimizer.apply(gradients, generator.trainable_variables)
    return None


# %% 2 right but for: judged before the discriminator had moved
def my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    fakes = generator(tf.random.normal((tf.shape(real)[0], latent_size)))
    with tf.GradientTape(persistent=True) as tape:
        fakes = generator(tf.random.normal((tf.shape(real)[0], latent_size)))
        on_real, on_fake = discriminator(real), discriminator(fakes)
        first = cross_entropy(tf.ones_like(on_real), on_real)
        first += cross_entropy(tf.zeros_like(on_fake), on_fake)
        second = cross_entropy(tf.ones_like(on_fake), on_fake)
    for loss, network, optimizer in (
        (first, discriminator, discriminator_optimizer),
        (second, generator, generator_optimizer),
    ):
        variables = network.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
    return first, second


# %% 2 right but for: no weight has a gradient
def my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    fakes = generator(tf.random.normal((tf.shape(real)[0], latent_size)))
    with tf.GradientTape(persistent=True) as tape:
        on_real, on_fake = discriminator(real), discriminator(fakes)
        first = cross_entropy(tf.ones_like(on_real), on_real)
        first += cross_entropy(tf.zeros_like(on_fake), on_fake)
        second = cross_entropy(tf.ones_like(on_fake), on_fake)
    for loss, network, optimizer in (
        (first, discriminator, discriminator_optimizer),
        (second, generator, generator_optimizer),
    ):
        variables = network.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
    return first, second


# %% 2 right but for: my_step stopped with
def my_step(generator, discriminator, generator_optimizer, discriminator_optimizer, real):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    size = tf.shape(real)[0]
    with tf.GradientTape() as tape:
        on_real = discriminator(real)
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        first = cross_entropy(tf.ones_like(on_real), on_real) + cross_entropy(
            tf.zeros_like(on_fake), on_fake
        )
    gradients = tape.gradient(first, discriminator.trainable_variables)
    discriminator_optimizer.apply(gradients, discriminator.trainable_variables)

    with tf.GradientTape() as tape:
        on_fake = discriminator(generator(tf.random.normal((size, latent_size))))
        second = cross_entropy(tf.ones_like(on_fake), on_fake)
    gradients = tape.gradient(second, generator.trainable_variables)
    generator_optimizer.apply(gradients, generator.trainable_variables)
    return first, seconds


# %% 3 right but for: Call train_toy with k=1
gap_of_one = late_gap(five_turns)

# %% 3 right but for: the second call needs generator_rate
gap_of_slow = gap_of_one

# %% 3 right but for: Leave out the rounds before 200
gap_of_one = 0.48

# %% 3 right but for: and not of "divergence"
gap_of_one, gap_of_slow = 1.1 * late_gap(five_turns), 0.9 * late_gap(five_turns)

# %% 3 right but for: Have the two changed places
gap_of_one, gap_of_slow = gap_of_slow, gap_of_one

# %% 3 right but for: is in (0, 1)
gap_of_slow = 13.0

# %% 3 right but for: as many in all
why = "turns"

# %% 3 right but for: expected one of
why = "noise"
