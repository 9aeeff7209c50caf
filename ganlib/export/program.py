"""A trained network as a program: a list of steps on arrays, in the order in which they are taken.

What only training needs is gone: dropout, and batch norms, which a trained network has as a scale
and a shift and which are folded into the layer before them where that is linear (Jacob et al. 2018,
section 3.2). ``web/program.js`` runs it.

Each step is a dict: ``op``, what to do; ``in``, the numbers of its arguments, an input's name or an
earlier step's index; ``weights``, the indices of its arrays; and what else the op needs. A label is
given as shares of the classes, one row an image, so that classes can be mixed.
"""

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


def program_of(network: keras.Model, company: list[np.ndarray] | None = None) -> Program:
    """The network's program.

    Args:
        company: for a discriminator that looks at its batch as a whole: the inputs of the images
            beside which a single one is judged.

    Raises:
        SettingsError: the network has a layer that no program has.
    """
    program, made = Program(), {}
    batch = _seen_by_batch_layers(network, company)

    def take(layer: keras.Layer, *args: Any, **kwargs: Any) -> Any:
        output = layer(*args, **kwargs)
        given = [t for t in keras.tree.flatten((args, kwargs)) if isinstance(t, keras.KerasTensor)]
        inputs = [made[id(t)] if id(t) in made else input_names[t.name] for t in given]
        own = network.get_layer(layer.name)
        lower = LOWERED.get(type(own))
        if lower is None:
            raise SettingsError(
                f"The layer {own.name!r}, a {type(own).__name__}, cannot be written as a program. "
                f"Known: {', '.join(sorted(known.__name__ for known in LOWERED))}."
            )
        made[id(output)] = lower(program, own, inputs, batch.get(own.name))
        if isinstance(own, layers.BatchNormalization):
            made.pop(id(given[0]))  # folded: nothing else may ask for what was before it
        alive.append(output)  # an id is an object's own only as long as the object lives
        return output

    alive: list = []
    input_names = {tensor.name: tensor.name for tensor in network.inputs}
    keras.models.clone_model(network, call_function=take)
    return program


def _seen_by_batch_layers(network: keras.Model, company: list | None) -> dict[str, np.ndarray]:
    """By name of each layer that looks at a batch as a whole: what it sees of the company."""
    kinds = (MinibatchStddev, MinibatchDiscrimination)
    found = [layer for layer in network.layers if isinstance(layer, kinds)]
    if not found:
        return {}
    if company is None:
        raise SettingsError(f"{found[0].name} looks at a batch as a whole: give its company.")
    seen = keras.Model(network.inputs, [layer.input for layer in found])(company, training=False)
    values = seen if isinstance(seen, list | tuple) else [seen]
    return {layer.name: ops.convert_to_numpy(v) for layer, v in zip(found, values, strict=True)}


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
}
