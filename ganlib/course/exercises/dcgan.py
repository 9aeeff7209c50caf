"""The checks of notebook 02_dcgan."""

import math
from collections.abc import Callable

import keras
import numpy as np
from keras import layers

from ganlib.course.exercises.core import (
    Mistake,
    call,
    check,
    entries,
    number,
    one_of,
    same_array,
    same_number,
    show,
    truth,
)


@check("Predict first", "Put guesses in place of ... in the cell at the top, run it and this cell.")
def classes_guess(rarest, commonest, missing, *, counts: np.ndarray, class_names) -> str:
    """Names of the rarest and the most frequent class, and whether any is missing (below 1 %)."""
    names = [
        one_of(rarest, class_names, "the rarest"),
        one_of(commonest, class_names, "most frequent"),
    ]
    several = len(class_names) > 1
    if several and names[0] == names[1]:
        raise Mistake(f"{names[0]} cannot be both the rarest and the most frequent.")
    order = [class_names[k] for k in np.argsort(counts, kind="stable")]
    if several and names == [order[-1], order[0]]:
        raise Mistake(
            f"The other way round: the rarest is {order[0]}, most frequent is {order[-1]}."
        )
    told, wrong = [], 0
    for guess, found, what in zip(
        names, (order[0], order[-1]), ("rarest", "most frequent"), strict=True
    ):
        share = counts[class_names.index(guess)] / counts.sum()
        wrong += guess != found
        told.append(f"{what}: you guessed {guess} ({share:.1%}), it is {found}.")
    any_missing = bool(counts.min() < 0.01 * counts.sum())
    wrong += truth(missing, "missing") != any_missing
    told.append(f"a class below 1 %: {'yes' if any_missing else 'none'}.")
    if wrong:
        raise Mistake(" ".join(told))
    return " ".join(told)


STRIDE, SIDE = 3, 7


@check("Exercise 1", "Put your answers in place of ... in this cell and run it again.")
def coats_of_three(coats, sizes, choice) -> str:
    """At stride 3: kernel size to the numbers of coats on inner pixels, and to the side of the
    result of a 7 x 7 image; and the kernel to choose."""
    for kernel, answer in entries(coats, (3, 4, 6), "coats").items():
        _compare_coats(kernel, answer)
    for kernel, answer in entries(sizes, (3, 4, 6), "sizes").items():
        same_number(
            answer,
            STRIDE * (SIDE - 1) + kernel,
            f"the side with kernel {kernel}",
            [
                (STRIDE * SIDE, "That is what is left after cutting."),
                (STRIDE * SIDE + kernel, "The last pixel starts at 3 x 6, not at 3 x 7."),
                (STRIDE * (SIDE - 1), "The last kernel starts there and reaches K pixels far."),
                (2 * (SIDE - 1) + kernel, "The stride is 3 here."),
                (STRIDE * (SIDE - 1) + kernel - 1, "Count the pixels, both ends included."),
            ],
            tolerance=1e-9,
        )
    chosen = one_of(choice, (3, 4, 6), "choice")
    if chosen == 4:
        raise Mistake(
            "choice: 3 does not divide 4, so some pixels are covered once and others four "
            "times: a checkerboard before anything is learnt."
        )
    if chosen == 3:
        raise Mistake(
            "choice: kernel 3 is even, but its kernels lie side by side and never overlap: "
            "seams run between them. Which other kernel does 3 divide?"
        )
    return "Even counts, and each pixel is drawn by four kernels together."


def _compare_coats(kernel: int, answer) -> None:
    line = sorted({len(range(start, kernel, STRIDE)) for start in range(STRIDE)})
    expected = sorted({a * b for a in line for b in line})
    try:
        given = sorted({int(each) for each in np.ravel(answer)})
    except (TypeError, ValueError):
        raise Mistake(
            f"kernel {kernel}: expected a list of numbers, given {show(answer)}."
        ) from None
    if given == expected:
        return
    told = f"kernel {kernel}: expected {expected}, given {given}."
    if given == line:
        raise Mistake(f"{told} That is one dimension; in two the counts multiply.")
    if given == sorted({a * a for a in line}):
        raise Mistake(f"{told} A row with few may cross a column with many.")
    if given == [round(kernel**2 / STRIDE**2)]:
        raise Mistake(f"{told} That is the mean; some pixels have more and some fewer.")
    two = sorted({math.ceil(kernel / 2), kernel // 2})
    if given == sorted({a * b for a in two for b in two}):
        raise Mistake(f"{told} That is stride 2; here it is 3.")
    if set(expected) < set(given):
        raise Mistake(f"{told} Leave out the rim, which fewer kernels reach.")
    raise Mistake(told)


GUIDELINES = ("strides", "batch norm", "dense layers", "ReLU and tanh")
LINEAR = (layers.Dense, layers.Conv2D, layers.Conv2DTranspose)
RESIZING = (
    layers.UpSampling2D, layers.Resizing, layers.MaxPooling2D, layers.AveragePooling2D,
)  # fmt: skip


@check("Exercise 2", "Write my_generator, put answers in place of ... and run this cell again.")
def one_guideline_less(
    make: Callable, broken, obeying, disobeying, *, like: Callable, floor: float
) -> str:
    """``make()`` is a generator that breaks one guideline of the DCGAN paper, ``broken`` its name
    in ``GUIDELINES``; Fréchet distances of the notebook's generator and of this one.

    ``like()`` is the notebook's generator, ``floor`` the distance of real images."""
    network, model = call(make), like()
    if not isinstance(network, keras.Model):
        raise Mistake(f"my_generator gives {show(network)}: expected a Keras model.")
    given = np.asarray(call(network, np.zeros((2, *model.input_shape[1:]), np.float32)))
    expected = (2, *model.output_shape[1:])
    if given.shape != expected:
        raise Mistake(
            f"Two latents become an array {given.shape}: expected {expected}, two images."
        )
    found = guidelines_broken(network)
    if not found:
        raise Mistake("my_generator obeys all four guidelines of the generator: break one.")
    if len(found) > 1:
        raise Mistake(
            f"my_generator breaks {len(found)} guidelines: {'; '.join(found.values())}. With more "
            "than one changed you cannot tell which of them made the difference."
        )
    ((name, why),) = found.items()
    if one_of(broken, GUIDELINES, "broken") != name:
        raise Mistake(f"broken: you wrote {broken!r}, but {why}: that is {name!r}.")
    first, second = number(obeying, "obeying"), number(disobeying, "disobeying")
    for what, distance in (("obeying", first), ("disobeying", second)):
        if distance < floor:
            raise Mistake(
                f"{what}: {show(distance)} is below {show(floor)}, the distance of real images. "
                "Score the generator's images with distance_of."
            )
    if first == second:
        raise Mistake("Both distances are the same number: was one generator scored twice?")
    told = f"You broke {name!r} ({why}), and the distance is {second / first:.2f} times as large."
    if 2 / 3 < second / first < 3 / 2:
        told += (
            " One pair of runs cannot tell so small a difference from chance: try two more seeds."
        )
    return told


def guidelines_broken(network: keras.Model) -> dict[str, str]:
    """The guidelines that a generator breaks, each with what shows it."""
    flat = _flat(network)
    places = [k for k, layer in enumerate(flat) if isinstance(layer, LINEAR)]
    # Each linear layer with what stands between it and the next one.
    groups = [flat[a:b] for a, b in zip(places, [*places[1:], None], strict=True)]
    *hidden, output = [(_normalised(group), _activations(group)) for group in groups]
    broken = {}
    resizing = [type(layer).__name__ for layer in flat if isinstance(layer, RESIZING)]
    strided = [x for x in flat if isinstance(x, layers.Conv2DTranspose) and max(x.strides) > 1]
    if resizing or not strided:
        broken["strides"] = f"it has {resizing[0] if resizing else 'no transposed convolution'}"
    if not all(norm for norm, _ in hidden):
        broken["batch norm"] = "a hidden layer has no batch norm"
    elif output[0]:
        broken["batch norm"] = "the output layer has batch norm"
    if sum(isinstance(layer, layers.Dense) for layer in flat) > 1:
        broken["dense layers"] = "it has a dense layer beside the one that the latent enters"
    if any(found != ["relu"] for _, found in hidden):
        broken["ReLU and tanh"] = "a hidden layer has no ReLU"
    elif output[1] != ["tanh"]:
        broken["ReLU and tanh"] = "the output has no tanh"
    return broken


def _flat(network: keras.Model) -> list[layers.Layer]:
    parts = ([x] if not isinstance(x, keras.Model) else _flat(x) for x in network.layers)
    return [layer for part in parts for layer in part]


def _normalised(group: list[layers.Layer]) -> bool:
    return any(isinstance(layer, layers.BatchNormalization) for layer in group)


def _activations(group: list[layers.Layer]) -> list[str]:
    """The names of the activations in a group of layers."""
    found = []
    for layer in group:
        if isinstance(layer, layers.ReLU):
            found.append("leaky_relu" if layer.negative_slope else "relu")
        elif isinstance(layer, layers.LeakyReLU | layers.PReLU | layers.ELU | layers.Softmax):
            found.append(type(layer).__name__)
        elif hasattr(layer, "activation"):
            found.append(getattr(layer.activation, "__name__", "unknown"))
    return [name for name in found if name != "linear"]


@check("Exercise 3", "Write by_zeros in this cell and run it again.")
def by_zeros(function: Callable) -> str:
    """``by_zeros(small, kernel, stride)`` on an image of 3 x 5 pixels and a kernel of 4 x 4 that is
    not symmetric, at strides 2, 1 and 3."""
    small = np.array([[1.0, 2, 0, 0, 3], [0, 4, 1, 2, 0], [5, 0, 0, 1, 2]])
    kernel = np.arange(16.0).reshape(4, 4)
    for stride in (2, 1, 3):
        expected = _stamped(small, kernel, stride)
        given = np.asarray(call(function, small, kernel, stride))
        if given.ndim == 4:
            raise Mistake(
                f"The shape is {given.shape}: take the image out of its batch, [0, ..., 0]."
            )
        n = len(kernel)
        height, width = expected.shape
        shapes = {
            (height - 2 * n + 2, width - 2 * n + 2): "The zeros around the image are missing.",
            (height + 2, width + 2): "Around the image go K - 1 zeros, not K.",
            (height - 2, width - 2): "Around the image go K - 1 zeros, not K - 2.",
            (height + n - 1, width + n - 1): "The convolution itself must not pad.",
            (
                height + stride - 1,
                width + stride - 1,
            ): "No zeros follow the last pixel: spread takes s (n - 1) + 1 pixels.",
            (
                height + small.shape[0] - 1,
                width + small.shape[1] - 1,
            ): "Between two pixels go s - 1 zeros, not s.",
        }
        if given.shape != expected.shape and given.shape in shapes:
            raise Mistake(
                f"At stride {stride} expected the shape {expected.shape}, given {given.shape}. "
                f"{shapes[given.shape]}"
            )
        same_array(
            given,
            expected,
            f"At stride {stride}, with the kernel 0 to 15",
            [
                (_stamped(small, kernel[::-1, ::-1], stride), "The kernel has to be flipped."),
                (_stamped(small, kernel[::-1], stride), "Flip it in both directions: rows too."),
                (
                    _stamped(small, kernel[:, ::-1], stride),
                    "Flip it in both directions: columns too.",
                ),
                (_stamped(small, kernel.T[::-1, ::-1], stride), "Transposing is not flipping."),
                (_stamped(small, kernel.T, stride), "The kernel was transposed as well."),
            ],
        )
    return "An ordinary convolution of an image with zeros put in is a transposed one."


def _stamped(small: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """The transposed convolution: every pixel prints the kernel, and overlaps add up."""
    (height, width), n = small.shape, len(kernel)
    large = np.zeros((stride * (height - 1) + n, stride * (width - 1) + n))
    for row, column in np.ndindex(height, width):
        top, left = stride * row, stride * column
        large[top : top + n, left : left + n] += small[row, column] * kernel
    return large
