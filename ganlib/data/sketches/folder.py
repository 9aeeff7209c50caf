"""Drawn garments as a folder of pictures, such as a user brings."""

from pathlib import Path

from PIL import Image

from ganlib.data.sketches.drawing import CLASS_NAMES, draw


def write_folder(folder: str | Path, n: int = 6000, *, size: int = 64, seed: int = 0) -> Path:
    """Writes ``n`` garments in colour as PNG files, ``folder``/class/number.png; gives the folder.

    One that is complete is left as it is: a second call writes nothing. What is in the folder
    besides is not touched.
    """
    folder = Path(folder)
    done = folder / f".{n}-{size}-{seed}"  # written last
    if done.exists():
        return folder
    images, labels = draw(n, size=size, channels=3, seed=seed)
    for name in CLASS_NAMES:
        (folder / name.replace("/", "-")).mkdir(parents=True, exist_ok=True)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        name = CLASS_NAMES[label].replace("/", "-")
        Image.fromarray(image).save(folder / name / f"{number:05d}.png")
    done.touch()
    return folder
