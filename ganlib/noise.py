"""Random numbers that are a function of where they are used, and the generator's moving average.

Nothing here has a state: a run that goes on from a checkpoint draws what it would have drawn.
"""

import keras
import tensorflow as tf

# Streams of random numbers that must not meet: noise for training, noise for sampling, the mixing
# weights of a penalty, and the views of the discriminator's two batches and the generator's two.
TRAIN, SAMPLE, MIX, REAL_VIEW, FAKE_VIEW, GENERATOR_VIEW, PARTNER_VIEW = range(7)


def key_of(seed: int, step, stream: int, turn: int = 0):
    """The key of one use of random numbers: a turn of the discriminator's in a step; 0 is the last
    one, which it shares with the generator."""
    key = tf.random.fold_in(tf.stack([seed, step]), stream)
    return tf.random.fold_in(key, turn) if turn else key


def latents(n, latent_dim: int, key):
    """``n`` latents ``(n, latent_dim)`` from N(0, 1)."""
    return tf.random.stateless_normal((n, latent_dim), key)


def move_average(average: keras.Model, model: keras.Model, steps, decay: float) -> None:
    """Moves ``average``, batch-norm statistics included, towards ``model``.

    The decay warms up, (1 + t) / (10 + t), so that a short run's average is not mostly the
    untrained weights.
    """
    steps = tf.cast(steps, tf.float32)
    decay = tf.minimum(decay, (1 + steps) / (10 + steps))
    for averaged, variable in zip(average.variables, model.variables, strict=True):
        if averaged.dtype == "float32":  # not a state of random numbers
            averaged.assign(decay * averaged + (1 - decay) * tf.cast(variable, "float32"))


def averaged_copy(model: keras.Model) -> keras.Model:
    """A copy for the moving average, which is not trained: in float32, since in float16 its small
    movements would be rounded away."""
    copy = keras.models.clone_model(model, clone_function=_in_float32)
    copy.set_weights(model.get_weights())
    copy.trainable = False
    return copy


def _in_float32(layer: keras.layers.Layer) -> keras.layers.Layer:
    if isinstance(layer, keras.Model):
        return keras.models.clone_model(layer, clone_function=_in_float32)
    return type(layer).from_config(layer.get_config() | {"dtype": "float32"})
