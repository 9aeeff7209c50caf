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

# %% 2: One-sided means
from ganlib.losses import get_loss


def smoothed_loss(real_logits, fake_logits, t=0.9):
    real = t * tf.math.log_sigmoid(real_logits) + (1 - t) * tf.math.log_sigmoid(-real_logits)
    return -tf.reduce_mean(real) - tf.reduce_mean(
        t * tf.math.log_sigmoid(-fake_logits) + (1 - t) * tf.math.log_sigmoid(fake_logits)
    )


real_logits, fake_logits = (tf.constant([3.0, -0.5, 1.0]), tf.constant([-2.0, 0.3, 4.0]))
theirs = get_loss("non_saturating", label_smoothing=0.1).discriminator(real_logits, fake_logits)
y, a, b, t = (np.linspace(0.0005, 0.9995, 1999), 0.3, 0.3, 0.9)
payoff = a * (t * np.log(y) + (1 - t) * np.log(1 - y)) + b * np.log(1 - y)
against_perfect = y[np.argmax(payoff)]

# %% 2: is missing
from ganlib.losses import get_loss


def smoothed_loss(real_logits, fake_logits, t=0.9):
    real = t * tf.math.log_sigmoid(real_logits)
    return -tf.reduce_mean(real) - tf.reduce_mean(tf.math.log_sigmoid(-fake_logits))


real_logits, fake_logits = (tf.constant([3.0, -0.5, 1.0]), tf.constant([-2.0, 0.3, 4.0]))
theirs = get_loss("non_saturating", label_smoothing=0.1).discriminator(real_logits, fake_logits)
y, a, b, t = (np.linspace(0.0005, 0.9995, 1999), 0.3, 0.3, 0.9)
payoff = a * (t * np.log(y) + (1 - t) * np.log(1 - y)) + b * np.log(1 - y)
against_perfect = y[np.argmax(payoff)]

# %% 2: That is the loss without smoothing
from ganlib.losses import get_loss


def smoothed_loss(real_logits, fake_logits, t=0.9):
    real = tf.math.log_sigmoid(real_logits)
    return -tf.reduce_mean(real) - tf.reduce_mean(tf.math.log_sigmoid(-fake_logits))


real_logits, fake_logits = (tf.constant([3.0, -0.5, 1.0]), tf.constant([-2.0, 0.3, 4.0]))
theirs = get_loss("non_saturating", label_smoothing=0.1).discriminator(real_logits, fake_logits)
y, a, b, t = (np.linspace(0.0005, 0.9995, 1999), 0.3, 0.3, 0.9)
payoff = a * (t * np.log(y) + (1 - t) * np.log(1 - y)) + b * np.log(1 - y)
against_perfect = y[np.argmax(payoff)]

# %% 2: t and 1 - t have changed places
from ganlib.losses import get_loss


def smoothed_loss(real_logits, fake_logits, t=0.9):
    real = (1 - t) * tf.math.log_sigmoid(real_logits) + t * tf.math.log_sigmoid(-real_logits)
    return -tf.reduce_mean(real) - tf.reduce_mean(tf.math.log_sigmoid(-fake_logits))


real_logits, fake_logits = (tf.constant([3.0, -0.5, 1.0]), tf.constant([-2.0, 0.3, 4.0]))
theirs = get_loss("non_saturating", label_smoothing=0.1).discriminator(real_logits, fake_logits)
y, a, b, t = (np.linspace(0.0005, 0.9995, 1999), 0.3, 0.3, 0.9)
payoff = a * (t * np.log(y) + (1 - t) * np.log(1 - y)) + b * np.log(1 - y)
against_perfect = y[np.argmax(payoff)]

# %% 2: That is the payoff
from ganlib.losses import get_loss


def smoothed_loss(real_logits, fake_logits, t=0.9):
    real = t * tf.math.log_sigmoid(real_logits) + (1 - t) * tf.math.log_sigmoid(-real_logits)
    return tf.reduce_mean(real) + tf.reduce_mean(tf.math.log_sigmoid(-fake_logits))


real_logits, fake_logits = (tf.constant([3.0, -0.5, 1.0]), tf.constant([-2.0, 0.3, 4.0]))
theirs = get_loss("non_saturating", label_smoothing=0.1).discriminator(real_logits, fake_logits)
y, a, b, t = (np.linspace(0.0005, 0.9995, 1999), 0.3, 0.3, 0.9)
payoff = a * (t * np.log(y) + (1 - t) * np.log(1 - y)) + b * np.log(1 - y)
against_perfect = y[np.argmax(payoff)]

# %% 2: the logarithm of a rounded 0
from ganlib.losses import get_loss


def smoothed_loss(real_logits, fake_logits, t=0.9):
    real = t * tf.math.log_sigmoid(real_logits) + (1 - t) * tf.math.log_sigmoid(-real_logits)
    return -tf.reduce_mean(real) - tf.reduce_mean(tf.math.log(1 - tf.sigmoid(fake_logits)))


real_logits, fake_logits = (tf.constant([3.0, -0.5, 1.0]), tf.constant([-2.0, 0.3, 4.0]))
theirs = get_loss("non_saturating", label_smoothing=0.1).discriminator(real_logits, fake_logits)
y, a, b, t = (np.linspace(0.0005, 0.9995, 1999), 0.3, 0.3, 0.9)
payoff = a * (t * np.log(y) + (1 - t) * np.log(1 - y)) + b * np.log(1 - y)
against_perfect = y[np.argmax(payoff)]

# %% 2: 1 - sigmoid(s)
from ganlib.losses import get_loss


def smoothed_loss(real_logits, fake_logits, t=0.9):
    real = t * tf.math.log_sigmoid(real_logits) + (1 - t) * tf.math.log_sigmoid(-real_logits)
    return -tf.reduce_mean(real) - tf.reduce_mean(tf.math.log_sigmoid(fake_logits))


real_logits, fake_logits = (tf.constant([3.0, -0.5, 1.0]), tf.constant([-2.0, 0.3, 4.0]))
theirs = get_loss("non_saturating", label_smoothing=0.1).discriminator(real_logits, fake_logits)
y, a, b, t = (np.linspace(0.0005, 0.9995, 1999), 0.3, 0.3, 0.9)
payoff = a * (t * np.log(y) + (1 - t) * np.log(1 - y)) + b * np.log(1 - y)
against_perfect = y[np.argmax(payoff)]

# %% 2: 0.9 is only its default
from ganlib.losses import get_loss


def smoothed_loss(real_logits, fake_logits, t=0.9):
    t = 0.9
    real = t * tf.math.log_sigmoid(real_logits) + (1 - t) * tf.math.log_sigmoid(-real_logits)
    return -tf.reduce_mean(real) - tf.reduce_mean(tf.math.log_sigmoid(-fake_logits))


real_logits, fake_logits = (tf.constant([3.0, -0.5, 1.0]), tf.constant([-2.0, 0.3, 4.0]))
theirs = get_loss("non_saturating", label_smoothing=0.1).discriminator(real_logits, fake_logits)
y, a, b, t = (np.linspace(0.0005, 0.9995, 1999), 0.3, 0.3, 0.9)
payoff = a * (t * np.log(y) + (1 - t) * np.log(1 - y)) + b * np.log(1 - y)
against_perfect = y[np.argmax(payoff)]

# %% 2: take the mean
from ganlib.losses import get_loss


def smoothed_loss(real_logits, fake_logits, t=0.9):
    real = t * tf.math.log_sigmoid(real_logits) + (1 - t) * tf.math.log_sigmoid(-real_logits)
    return -real - tf.reduce_mean(tf.math.log_sigmoid(-fake_logits))


real_logits, fake_logits = (tf.constant([3.0, -0.5, 1.0]), tf.constant([-2.0, 0.3, 4.0]))
theirs = get_loss("non_saturating", label_smoothing=0.1).discriminator(real_logits, fake_logits)
y, a, b, t = (np.linspace(0.0005, 0.9995, 1999), 0.3, 0.3, 0.9)
payoff = a * (t * np.log(y) + (1 - t) * np.log(1 - y)) + b * np.log(1 - y)
against_perfect = y[np.argmax(payoff)]

# %% 2: not finite
from ganlib.losses import get_loss


def smoothed_loss(real_logits, fake_logits, t=0.9):
    real = t * tf.math.log(real_logits) + (1 - t) * tf.math.log_sigmoid(-real_logits)
    return -tf.reduce_mean(real) - tf.reduce_mean(tf.math.log_sigmoid(-fake_logits))


real_logits, fake_logits = (tf.constant([3.0, -0.5, 1.0]), tf.constant([-2.0, 0.3, 4.0]))
theirs = get_loss("non_saturating", label_smoothing=0.1).discriminator(real_logits, fake_logits)
y, a, b, t = (np.linspace(0.0005, 0.9995, 1999), 0.3, 0.3, 0.9)
payoff = a * (t * np.log(y) + (1 - t) * np.log(1 - y)) + b * np.log(1 - y)
against_perfect = y[np.argmax(payoff)]

# %% 2: without smoothing: the
from ganlib.losses import get_loss


def smoothed_loss(real_logits, fake_logits, t=0.9):
    real = t * tf.math.log_sigmoid(real_logits) + (1 - t) * tf.math.log_sigmoid(-real_logits)
    return -tf.reduce_mean(real) - tf.reduce_mean(tf.math.log_sigmoid(-fake_logits))


real_logits, fake_logits = (tf.constant([3.0, -0.5, 1.0]), tf.constant([-2.0, 0.3, 4.0]))
theirs = get_loss("non_saturating", label_smoothing=0.1).discriminator(real_logits, fake_logits)
y, a, b, t = (np.linspace(0.0005, 0.9995, 1999), 0.3, 0.3, 0.9)
payoff = a * (t * np.log(y) + (1 - t) * np.log(1 - y)) + b * np.log(1 - y)
against_perfect = 0.5

# %% 2: every image is real
from ganlib.losses import get_loss


def smoothed_loss(real_logits, fake_logits, t=0.9):
    real = t * tf.math.log_sigmoid(real_logits) + (1 - t) * tf.math.log_sigmoid(-real_logits)
    return -tf.reduce_mean(real) - tf.reduce_mean(tf.math.log_sigmoid(-fake_logits))


real_logits, fake_logits = (tf.constant([3.0, -0.5, 1.0]), tf.constant([-2.0, 0.3, 4.0]))
theirs = get_loss("non_saturating", label_smoothing=0.1).discriminator(real_logits, fake_logits)
y, a, b, t = (np.linspace(0.0005, 0.9995, 1999), 0.3, 0.3, 0.9)
payoff = a * (t * np.log(y) + (1 - t) * np.log(1 - y)) + b * np.log(1 - y)
against_perfect = 0.9

# %% 3: the old K
gap_of_one = gap_of_five = toy_table[2:, 1].mean()
closer = 5

# %% 3: Leave out the rounds before 25
gap_of_one, gap_of_five, closer = 0.15, toy_table[:, 1].mean(), 5

# %% 3: the sum; asked for is the mean
gap_of_one, gap_of_five, closer = 0.15, toy_table[2:, 1].sum(), 5

# %% 3: made anew by toy_players
gap_of_one, gap_of_five, closer = 0.01, toy_table[2:, 1].mean(), 5

# %% 3: is in (0, 1)
gap_of_one, gap_of_five, closer = 13.0, toy_table[2:, 1].mean(), 5

# %% 3: and not the divergence
gap_of_five = toy_table[2:, 1].mean()
gap_of_one, closer = 1.1 * gap_of_five, 5

# %% 3: given its turn, too
gap_of_one, gap_of_five, closer = 0.6, toy_table[2:, 1].mean(), 5

# %% 3: with K = 5 is less than
gap_of_one, gap_of_five, closer = 0.15, toy_table[2:, 1].mean(), 1
