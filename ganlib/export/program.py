"""A trained network as a program: a list of steps on arrays, in the order in which they are taken.

What only training needs is gone: dropout, and batch norms, which a trained network has as a scale
and a shift and which are folded into the layer before them where that is linear (Jacob et al. 2018,
section 3.2). ``web/program.js`` runs it.

Each step is a dict: ``op``, what to do; ``in``, the numbers of its arguments, an input's name or an
earlier step's index; ``weights``, the indices of its arrays; and what else the op needs. A label is
given as shares of the classes, one row an image, so that classes can be mixed.
"""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ganlib.errors import SettingsError
from ganlib.export.lowering import LOWERED, Program
from ganlib.layers import MinibatchDiscrimination, MinibatchStddev

__all__ = ["Program", "program_of"]


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
    return _needed(program)


def _needed(program: Program) -> Program:
    """The program without the steps whose result no later one asks for, and without their arrays:
    what only training needs hangs beside the way to the last."""
    used = {len(program.steps) - 1}
    for index in reversed(range(len(program.steps))):
        if index in used:
            used |= {source for source in program.steps[index]["in"] if isinstance(source, int)}
    kept, place = Program(), {}
    for index in sorted(used):
        step = program.steps[index]
        told = {key: value for key, value in step.items() if key not in ("op", "in", "weights")}
        sources = [place.get(source, source) for source in step["in"]]
        arrays = [program.arrays[k] for k in step["weights"]]
        place[index] = kept.add(step["op"], sources, *arrays, **told)
    return kept


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
