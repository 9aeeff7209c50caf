"""How soon an explorer answers: milliseconds from a control's new value to the new picture.

python -m benchmarks.explorers

With the shipped weights. "First" is the first answer after the explorer was made, "median" and
"most" of those that follow; what a browser takes to show the picture is not in it.
"""

import time
from collections.abc import Callable

import numpy as np

import ganlib
from ganlib import widgets
from ganlib.widgets.explorer import Explorer

ROUNDS = 30
BOUND = 100  # ms


def moved(value, k: int, control):
    """Another value of the control, the k-th of several."""
    if isinstance(value, float):
        return control.min + (k % 9 + 1) * (control.max - control.min) / 11
    if hasattr(control, "max"):
        return (control.value + 1) % (control.max + 1)
    return control.options[k % len(control.options)][1]


def answers(make: Callable[[], Explorer], name: str) -> list[float]:
    """Milliseconds of every answer to the control of that name."""
    explorer = make()
    explorer.build()
    control, times = explorer.controls[name], []
    for k in range(ROUNDS + 1):
        value = moved(control.value, k, control)
        if value == control.value:
            continue  # nothing would be drawn
        start = time.perf_counter()
        control.value = value
        times.append(1e3 * (time.perf_counter() - start))
        if explorer.error.value:
            raise RuntimeError(explorer.error.value)
    return times


def main() -> None:
    run = ganlib.load_pretrained("cgan")
    train, test = ganlib.load_data(), ganlib.load_data(split="test")
    run.generate(1)  # TensorFlow's own first call
    print(f"{'explorer':20} {'control':8} {'first':>7} {'median':>7} {'most':>7}   ms")
    worst = 0.0
    for make, name in (
        (lambda: widgets.latent_walk(run), "t"),
        (lambda: widgets.class_mix(run), "t"),
        (lambda: widgets.training_time(run), "frame"),
        (lambda: widgets.latent_arithmetic(run), "label"),
        (lambda: widgets.truncation(run), "bound"),
        (lambda: widgets.neighbours(run, train), "sample"),
        (lambda: widgets.opinion(run, test), "number"),
    ):
        times = answers(make, name)
        title = make.__code__.co_names[1]
        print(f"{title:20} {name:8} {times[0]:7.1f} {np.median(times[1:]):7.1f} {max(times):7.1f}")
        worst = max(worst, times[0])
    print(f"slowest first answer {worst:.0f} ms; the bound is {BOUND} ms")


if __name__ == "__main__":
    main()
