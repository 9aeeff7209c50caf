"""What each layer of a trained network adds to its program, see ``program``."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ganlib.errors import SettingsError
from ganlib.layers import (
    ConditionalBatchNorm,
    LabelPlanes,
    MinibatchDiscrimination,
    MinibatchStddev,
    SpectralNorm,
)
from ganlib.models.modulation import (
    TINY,
    Doubled,
    FromConstant,
    MixStyles,
    ModulatedConv,
    Neighbours,
    PixelNoise,
    StyleOf,
)

UNIT_EPSILON = 1e-12  # Keras's
LINEAR = ("dense", "convolve", "transposed")


@dataclass
class Program:
    """Steps and their arrays; the last step gives the result."""

    steps: list[dict] = field(default_factory=list)
    arrays: list[np.ndarray] = field(default_factory=list)

    def add(self, op: str, inputs: list, *arrays: np.ndarray, **told: Any) -> int:
        """A further step; its index."""
        first = len(self.arrays)
        self.arrays += [np.asarray(array, np.float64) for array in arrays]
        numbers = list(range(first, len(self.arrays)))
        self.steps.append({"op": op, "in": inputs, "weights": numbers, **told})
        return len(self.steps) - 1


def _numbers(variable: keras.Variable) -> np.ndarray:
    return ops.convert_to_numpy(variable).astype(np.float64)


def _activated(program: Program, index: int, activation: Callable) -> int:
    name = activation.__name__
    return index if name == "linear" else program.add(_activation(name), [index])


def _activation(name: str) -> str:
    if name not in ("relu", "tanh", "sigmoid"):
        raise SettingsError(f"The activation {name!r} cannot be written as a program.")
    return name


def _linear(program: Program, layer: keras.Layer, inputs: list, divisor: float = 1.0) -> int:
    """A dense layer or a convolution. A bias that the layer lacks is 0."""
    kernel = _numbers(layer.kernel) / divisor
    told = {}
    if isinstance(layer, layers.Dense):
        op, outputs = "dense", kernel.shape[-1]
    else:
        if (
            layer.padding != "same"
            or len(set(layer.strides)) > 1
            or set(layer.dilation_rate) != {1}
        ):
            raise SettingsError(f"{layer.name}: only padding 'same' and one stride can be written.")
        transposed = isinstance(layer, layers.Conv2DTranspose)
        if transposed:  # as a convolution's: height, width, inputs, outputs
            kernel = kernel.transpose(0, 1, 3, 2)
        op, outputs = "transposed" if transposed else "convolve", kernel.shape[-1]
        told["stride"] = layer.strides[0]
    bias = _numbers(layer.bias) if layer.use_bias else np.zeros(outputs)
    index = program.add(op, inputs, kernel, bias, **told)
    return _activated(program, index, layer.activation)


def _spectral(program: Program, layer: SpectralNorm, inputs: list, _: Any) -> int:
    index = _linear(program, layer.layer, inputs, float(layer.sigma()))
    program.arrays[program.steps[index]["weights"][1]] = _numbers(layer.bias)
    return index


def _normalizer(layer: layers.BatchNormalization) -> tuple[np.ndarray, np.ndarray]:
    """A trained batch norm as scale and shift."""
    mean, variance = _numbers(layer.moving_mean), _numbers(layer.moving_variance)
    scale = 1 / np.sqrt(variance + layer.epsilon)
    if layer.scale:
        scale = scale * _numbers(layer.gamma)
    shift = -mean * scale
    return scale, shift + _numbers(layer.beta) if layer.center else shift


def _batch_norm(program: Program, layer: layers.BatchNormalization, inputs: list, _: Any) -> int:
    scale, shift = _normalizer(layer)
    before = inputs[0]
    if isinstance(before, int) and program.steps[before]["op"] in LINEAR:
        kernel, bias = program.steps[before]["weights"]
        program.arrays[kernel] = program.arrays[kernel] * scale
        program.arrays[bias] = program.arrays[bias] * scale + shift
        return before
    return program.add("affine", inputs, scale, shift)


def _conditional_norm(program: Program, layer: ConditionalBatchNorm, inputs: list, _: Any) -> int:
    scale, shift = _normalizer(layer.norm)
    by_class = _numbers(layer.scale)
    shifts = _numbers(layer.shift) + shift * by_class
    return program.add("affine_by_class", inputs, scale * by_class, shifts)


def _layer_norm(program: Program, layer: layers.LayerNormalization, inputs: list, _: Any) -> int:
    gamma, beta = _numbers(layer.gamma), _numbers(layer.beta)
    return program.add("layer_norm", inputs, gamma, beta, epsilon=layer.epsilon)


def _closeness(
    program: Program, layer: MinibatchDiscrimination, inputs: list, seen: np.ndarray
) -> int:
    points = seen @ _numbers(layer.tensor)
    return program.add(
        "closeness", inputs, _numbers(layer.tensor), points, kernels=layer.kernels, dims=layer.dims
    )


def _deviation(program: Program, layer: MinibatchStddev, inputs: list, seen: np.ndarray) -> int:
    """The one number that it joins, as it is for the company."""
    return program.add("column", inputs, value=float(layer(ops.convert_to_tensor(seen))[0, -1]))


def _reshape(program: Program, layer: keras.Layer, inputs: list, _: Any) -> int:
    return program.add("reshape", inputs, shape=list(layer.output.shape[1:]))


def _concatenate(program: Program, layer: layers.Concatenate, inputs: list, _: Any) -> int:
    return program.add("concatenate", inputs)


def _average(program: Program, layer: layers.AveragePooling2D, inputs: list, _: Any) -> int:
    size = layer.pool_size[0]
    if {*layer.pool_size, *layer.strides} != {size}:
        raise SettingsError(f"{layer.name}: only averages of squares side by side can be written.")
    return program.add("average", inputs, size=size)


def _rescaling(program: Program, layer: layers.Rescaling, inputs: list, _: Any) -> int:
    return program.add("affine", inputs, np.array([layer.scale]), np.array([layer.offset]))


def _modulated(program: Program, layer: ModulatedConv, inputs: list, _: Any) -> int:
    features, style = inputs
    kernel = ops.convert_to_numpy(layer.doubling_kernel() if layer.double else layer.kernel)
    filters = layer.filters
    scales = _linear(program, layer.scales, [style])
    scaled = program.add("by_channel", [features, scales])
    op, told = ("transposed", {"stride": 2}) if layer.double else ("convolve", {"stride": 1})
    made = program.add(op, [scaled], kernel, np.zeros(filters), **told)
    if layer.demodulate:
        power = ops.convert_to_numpy(layer.power())
        lengths = program.add("demodulation", [scales], power, epsilon=TINY)
        made = program.add("by_channel", [made, lengths])
    return program.add("affine", [made], np.ones(filters), _numbers(layer.bias))


def _doubled(program: Program, layer: Doubled, inputs: list, _: Any) -> int:
    kernel = layer.kernel
    return program.add("transposed", inputs, kernel, np.zeros(kernel.shape[-1]), stride=2)


def _noise(program: Program, layer: PixelNoise, inputs: list, _: Any) -> int:
    return program.add("plane", inputs, _numbers(layer.strength) * _numbers(layer.kept))


def _upsample(program: Program, layer: layers.UpSampling2D, inputs: list, _: Any) -> int:
    if layer.interpolation != "nearest" or len(set(layer.size)) > 1:
        raise SettingsError(f"{layer.name}: only upsampling by repetition can be written.")
    return program.add("repeat", inputs, size=layer.size[0])


# One entry a layer: what it adds to the program, given where its inputs come from and, for a layer
# that looks at a batch as a whole, what it sees of the company. Gives the index of its result.
LOWERED: dict[type, Callable] = {
    layers.Dense: lambda program, layer, inputs, _: _linear(program, layer, inputs),
    layers.Conv2D: lambda program, layer, inputs, _: _linear(program, layer, inputs),
    layers.Conv2DTranspose: lambda program, layer, inputs, _: _linear(program, layer, inputs),
    SpectralNorm: _spectral,
    layers.BatchNormalization: _batch_norm,
    ConditionalBatchNorm: _conditional_norm,
    layers.LayerNormalization: _layer_norm,
    MinibatchStddev: _deviation,
    MinibatchDiscrimination: _closeness,
    layers.LeakyReLU: lambda program, layer, inputs, _: program.add(
        "leaky_relu", inputs, slope=float(layer.negative_slope)
    ),
    layers.ReLU: lambda program, layer, inputs, _: program.add("relu", inputs),
    layers.Dropout: lambda program, layer, inputs, _: inputs[0],
    layers.Flatten: _reshape,
    layers.Reshape: _reshape,
    layers.UpSampling2D: _upsample,
    layers.Concatenate: _concatenate,
    layers.Add: lambda program, layer, inputs, _: program.add("add", inputs),
    layers.Dot: lambda program, layer, inputs, _: program.add("dot", inputs),
    layers.Embedding: lambda program, layer, inputs, _: program.add(
        "embed", inputs, _numbers(layer.embeddings)
    ),
    LabelPlanes: lambda program, layer, inputs, _: program.add("planes", inputs),
    layers.AveragePooling2D: _average,
    layers.UnitNormalization: lambda program, layer, inputs, _: program.add(
        "unit", inputs, epsilon=UNIT_EPSILON
    ),
    layers.Rescaling: _rescaling,
    layers.Activation: lambda program, layer, inputs, _: _activated(
        program, inputs[0], layer.activation
    ),
    # Styles are mixed in training alone: afterwards every size has the image's own.
    Neighbours: lambda program, layer, inputs, _: inputs[0],
    MixStyles: lambda program, layer, inputs, _: inputs[0],
    StyleOf: lambda program, layer, inputs, _: inputs[0],
    FromConstant: lambda program, layer, inputs, _: program.add(
        "constant", inputs, _numbers(layer.constant)
    ),
    ModulatedConv: _modulated,
    Doubled: _doubled,
    PixelNoise: _noise,
}
