"""The same distances over ImageNet's Inception features, for comparison with papers.

Optional: the weights (about 90 MB) are Keras's own, downloaded on first use into its cache. They
are not the weights of 2015 on which published figures rest, so even these scores compare with them
in order of magnitude only. 10,000 images take tens of minutes on two cores.
"""

import os
import socket
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from ganlib import download
from ganlib.classifier import as_network_input
from ganlib.errors import DataError, SettingsError
from ganlib.metrics import frechet_distance, kernel_distance

SIDE = 299
FEATURES = 2048
WEIGHTS = "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5"
TIMEOUT_SECONDS = 30


def load_inception() -> keras.Model:
    """InceptionV3 up to its last average pool: images ``(B, 299, 299, 3)`` in [-1, 1] to features
    ``(B, 2048)``.

    Raises:
        DataError: the weights are neither in Keras's cache nor to be downloaded.
    """
    cached = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "models" / WEIGHTS
    if not cached.exists() and download.offline():
        raise DataError(
            f"Inception's weights are not at {cached}, and GANLIB_OFFLINE forbids their download. "
            "Unset it, or copy the file there."
        )
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(TIMEOUT_SECONDS)  # Keras's download has none of its own
    try:
        return build_inception("imagenet")
    except Exception as error:  # Keras raises no narrower one
        raise DataError(
            f"Inception's weights cannot be had: {error}. Allow the network, or copy {WEIGHTS} "
            f"to {cached.parent}; ganlib's own scores (ganlib.evaluation) need no download."
        ) from error
    finally:
        socket.setdefaulttimeout(before)


def build_inception(weights: str | None) -> keras.Model:
    """The network with Keras's weights of that name; None for random ones."""
    return keras.applications.InceptionV3(
        weights=weights, include_top=False, pooling="avg", input_shape=(SIDE, SIDE, 3)
    )


def as_inception_input(images: np.ndarray) -> tf.Tensor:
    """float32 ``(N, 299, 299, 3)`` in [-1, 1]: grey is tiled to three channels, then resized by
    antialiased bilinear interpolation. Images are uint8, or float in [-1, 1].

    Raises:
        SettingsError: the images have neither one channel nor three.
    """
    images = as_network_input(images)
    if images.ndim != 4 or images.shape[-1] not in (1, 3):
        raise SettingsError(f"images must be (N, H, W, 1 or 3), not {images.shape}.")
    colour = np.repeat(images, 3, axis=-1) if images.shape[-1] == 1 else images
    return tf.image.resize(colour, (SIDE, SIDE), method="bilinear", antialias=True)


def inception_features(
    images: np.ndarray, network: keras.Model | None = None, *, batch_size: int = 32
) -> np.ndarray:
    """Features float32 ``(N, 2048)``, a batch at a time: 10,000 images of 299 x 299 would not fit.

    ``network`` is what ``load_inception`` gives; it is called where None.
    """
    network = load_inception() if network is None else network
    parts = [
        network(as_inception_input(images[k : k + batch_size]), training=False).numpy()
        for k in range(0, len(images), batch_size)
    ]
    return np.concatenate(parts)


def inception_distances(
    fake: np.ndarray, real: np.ndarray, network: keras.Model | None = None
) -> dict[str, float]:
    """Fréchet and kernel distance over Inception's features; 10,000 images against 10,000 is the
    usual count.

    Raises:
        DataError: there are no weights.
        SettingsError: 2,048 images or fewer, too few for the covariance of as many features.
    """
    if min(len(fake), len(real)) <= FEATURES:
        raise SettingsError(
            f"{len(fake)} against {len(real)} images: {FEATURES} features need more than "
            f"{FEATURES} images of each kind."
        )
    network = load_inception() if network is None else network
    a, b = (inception_features(x, network) for x in (fake, real))
    mean, spread = kernel_distance(a, b, subset_size=min(1000, len(a), len(b)))
    return {
        "inception_frechet_distance": frechet_distance(a, b),
        "inception_kernel_distance": mean,
        "inception_kernel_spread": spread,
    }
