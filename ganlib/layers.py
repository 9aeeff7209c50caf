"""Layers that Keras does not have, or has otherwise: label planes, batch norm by class, a spectral
norm that leaves the kernel alone, and two ways to let a discriminator see a batch as a whole."""

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable("ganlib")
class LabelPlanes(layers.Layer):
    """Joins to an image one plane per class: all ones for the image's class, zeros for the others.

    ``(B, H, W, C)`` and labels ``(B,)`` give ``(B, H, W, C + num_classes)``. The one-hot vector
    runs along the channel axis: plane ``c`` is constant over the whole image (Mirza and Osindero
    2014 put the label beside the input; repeating it along a spatial axis instead, as is often
    met, gives bands of rows).
    """

    def __init__(self, num_classes: int, **kwargs) -> None:
        super().__init__(**kwargs)
        self.num_classes = num_classes

    def call(self, image, label):
        onehot = ops.one_hot(label, self.num_classes, dtype=image.dtype)
        planes = ops.zeros_like(image[..., :1]) + onehot[:, None, None, :]
        return ops.concatenate([image, planes], axis=-1)

    def get_config(self) -> dict:
        return {**super().get_config(), "num_classes": self.num_classes}


@keras.saving.register_keras_serializable("ganlib")
class ConditionalBatchNorm(layers.Layer):
    """Batch norm whose scale and shift are learnt for each class (de Vries et al. 2017, section 3).

    Features ``(B, ..., C)`` and labels ``(B,)`` give features of the same shape. At the start every
    class has scale 1 and shift 0, as plain batch norm has.
    """

    def __init__(self, num_classes: int, momentum: float = 0.9, **kwargs) -> None:
        super().__init__(**kwargs)
        self.num_classes, self.momentum = num_classes, momentum
        self.norm = layers.BatchNormalization(momentum=momentum, center=False, scale=False)

    def build(self, input_shape) -> None:
        self.norm.build(input_shape)
        shape = (self.num_classes, input_shape[-1])
        self.scale = self.add_weight(shape=shape, initializer="ones", name="scale")
        self.shift = self.add_weight(shape=shape, initializer="zeros", name="shift")

    def call(self, x, label, training=None):
        rows = (-1, *[1] * (len(x.shape) - 2), x.shape[-1])
        scale, shift = (ops.take(each, label, axis=0) for each in (self.scale, self.shift))
        x = self.norm(x, training=training)
        return x * ops.reshape(scale, rows) + ops.reshape(shift, rows)

    def get_config(self) -> dict:
        own = {"num_classes": self.num_classes, "momentum": self.momentum}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable("ganlib")
class SpectralNorm(layers.Wrapper):
    """A dense or convolution layer whose kernel is divided by its largest singular value
    (Miyato et al. 2018, algorithm 1); ``layer`` must have no bias, which is added afterwards.

    The kernel is seen as the matrix ``(inputs, outputs)``, for a convolution
    ``(height * width * channels, filters)``. Since the layer is linear, its output is divided
    instead of its kernel. ``iterate``, called once a training step, improves the estimate by one
    power iteration; calls never change anything, so that every pass between two of them, on real
    and on generated images, sees the same kernel. (Keras's own ``SpectralNormalization`` overwrites
    the kernel in each training call.)
    """

    def __init__(self, layer: keras.Layer, **kwargs) -> None:
        super().__init__(layer, **kwargs)
        if layer.use_bias:
            raise ValueError("SpectralNorm takes a layer with use_bias=False and adds the bias.")

    def build(self, input_shape=None) -> None:
        super().build(input_shape)
        outputs = self.layer.kernel.shape[-1]
        self.bias = self.add_weight(shape=(outputs,), initializer="zeros", name="bias")
        # The estimate of the right singular vector, always of length 1.
        self.direction = self.add_weight(
            shape=(outputs,),
            initializer=keras.initializers.Constant(outputs**-0.5),
            trainable=False,
            name="direction",
        )

    def _kernel(self):
        return ops.reshape(self.layer.kernel, (-1, self.layer.kernel.shape[-1]))

    def iterate(self) -> None:
        """One power iteration: v becomes W^T W v, at length 1."""
        kernel = self._kernel()
        v = ops.matmul(ops.transpose(kernel), ops.matmul(kernel, self.direction[:, None]))[:, 0]
        self.direction.assign(v / (ops.norm(v) + 1e-12))

    def sigma(self):
        """The estimate of the largest singular value: ``|W v|`` with v at length 1.

        v is a constant to the gradient, as in the paper; the kernel is not.
        """
        return ops.norm(ops.matmul(self._kernel(), self.direction[:, None])) + 1e-12

    def call(self, inputs):
        return self.layer(inputs) / self.sigma() + self.bias


def iterate_spectral_norms(network: keras.Model) -> None:
    """One power iteration for each ``SpectralNorm`` of the network and of the models inside it."""
    for layer in network.layers:
        if isinstance(layer, SpectralNorm):
            layer.iterate()
        elif isinstance(layer, keras.Model):
            iterate_spectral_norms(layer)


@keras.saving.register_keras_serializable("ganlib")
class MinibatchStddev(layers.Layer):
    """Joins to features ``(B, F)`` one number, the same for the whole batch: the standard deviation
    of each feature over the batch, averaged over the features (Karras et al. 2018, section 3).

    A batch of equal images gives 0, which tells the discriminator of a collapse.
    """

    def call(self, features):
        variance = ops.var(features, axis=0)
        deviation = ops.mean(ops.sqrt(variance + 1e-8))  # finite slope where a feature is constant
        column = ops.zeros_like(features[:, :1]) + deviation
        return ops.concatenate([features, column], axis=1)


@keras.saving.register_keras_serializable("ganlib")
class MinibatchDiscrimination(layers.Layer):
    """Joins to features ``(B, F)`` how close each image is to the others of its batch
    (Salimans et al. 2016, section 3.2): ``(B, F + kernels)``.

    The features are mapped to ``kernels`` points of ``dims`` numbers; for each kernel,
    ``sum_j exp(-|M_i - M_j|_1)`` over the other images j.
    """

    def __init__(self, kernels: int = 16, dims: int = 8, **kwargs) -> None:
        super().__init__(**kwargs)
        self.kernels, self.dims = kernels, dims

    def build(self, input_shape) -> None:
        self.tensor = self.add_weight(
            shape=(input_shape[-1], self.kernels * self.dims), name="tensor"
        )

    def call(self, features):
        points = ops.reshape(ops.matmul(features, self.tensor), (-1, self.kernels, self.dims))
        distance = ops.sum(ops.abs(points[:, None] - points[None]), axis=-1)  # (B, B, kernels)
        closeness = ops.sum(ops.exp(-distance), axis=1) - 1  # without the image itself
        return ops.concatenate([features, closeness], axis=1)

    def get_config(self) -> dict:
        return {**super().get_config(), "kernels": self.kernels, "dims": self.dims}
