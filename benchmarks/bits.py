"""Whether two versions of ganlib train the same GAN to the bit: a hash of each of some short runs.

Run it in both, on one machine (another processor rounds otherwise), and compare the lines:

    python -m benchmarks.bits
    cd ../older && python ../ganlib/benchmarks/bits.py

It uses only what every version has: ``load_data``, ``train`` and ``generate``.
"""

import hashlib
import tempfile
from pathlib import Path

import keras
import numpy as np

import ganlib

# Between them all that a step may hold: labels, paired losses, lazy penalties, views, turns.
RUNS = {
    "mlp": ("mlp", {}),
    "cgan": ("cgan", {}),
    "cgan-400": ("cgan-400", {"epochs": 1}),
    "dcgan, augmented, three turns": (
        "dcgan",
        {"loss": "wasserstein", "clip": 0.05, "critic_steps": 3, "augment": "diffaugment",
         "instance_noise": 0.2, "normalization": "spectral", "penalty": "gradient_penalty"},
    ),
}  # fmt: skip
IMAGES = 1280


def digest(run: ganlib.Run) -> str:
    """SHA-256 of all variables, the history and 20 images."""
    gan, content = run.gan, hashlib.sha256()
    for owner in (
        gan.generator,
        gan.discriminator,
        gan.ema_generator,
        gan.generator_optimizer,
        gan.discriminator_optimizer,
    ):
        for variable in owner.variables:
            content.update(np.ascontiguousarray(keras.ops.convert_to_numpy(variable)))
    for name, values in sorted(run.history.items()):
        if name != "seconds":
            content.update(np.ascontiguousarray(values))
    content.update(run.generate(20, seed=3))
    return content.hexdigest()


def main() -> None:
    data = ganlib.load_data("sketches").subset(IMAGES)
    for name, (recipe, overrides) in RUNS.items():
        with tempfile.TemporaryDirectory() as folder:
            options = {"epochs": 1, "live": False, "run_dir": Path(folder) / "run"} | overrides
            run = ganlib.train(recipe, data, seed=1, **options)
            print(f"{name:32}{int(run.gan.step):5} steps   {digest(run)}", flush=True)


if __name__ == "__main__":
    main()
