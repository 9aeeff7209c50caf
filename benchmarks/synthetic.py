"""Train on synthetic, test on real, of the shipped ``cgan``: with as many images as real ones, as
they come; and with two of the three steps of the best published pipeline (GaFi, arXiv 2305.10118):
no image is shown twice, and latents are spread wider than in training.

    python -m benchmarks.synthetic --seeds 0 1 2 --spread 1.15
"""

import argparse

import numpy as np

import ganlib
from ganlib.evaluation.synthetic import BATCH, STEPS, synthetic_set, train_on


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--spread", type=float, default=1.15)
    arguments = parser.parse_args()
    train, test = (ganlib.load_data("fashion_mnist", split=split) for split in ("train", "test"))
    run = ganlib.load_pretrained("cgan")

    def wider(n: int, labels: np.ndarray, seed: int) -> np.ndarray:
        latents = arguments.spread * run.gan.sample_latents(n, seed=seed)
        return run.generate(n, labels, latents=latents)

    print("accuracy on the real test images; seed, real, as they come, new and wider")
    for seed in arguments.seeds:
        sets = (
            train,
            synthetic_set(run.generate, train, seed=seed + 1),
            synthetic_set(wider, train, samples=STEPS * BATCH, seed=seed + 1),
        )
        accuracies = [train_on(each, test, seed=seed) for each in sets]
        print(seed, *(f"{accuracy:.4f}" for accuracy in accuracies), flush=True)


if __name__ == "__main__":
    main()
