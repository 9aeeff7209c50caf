"""The checks of notebook 00_data."""

from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np

from ganlib.course.exercises.core import (
    Mistake,
    call,
    check,
    count,
    entries,
    number,
    one_of,
    same_number,
    truth,
)
from ganlib.data.dataset import DataSet

SHUFFLES = 10  # of which a right answer is the result, or lies near them
BATCH, FIRST_STEP, TAKEN = 5, 5, 12  # of the small case: 22 images, so 4 batches an epoch


@check("Predict first", "Put guesses in place of ... in the cell at the top, run it and this cell.")
def guesses(copies, other_label, pair, *, counts, pairs, class_names, of) -> str:
    """Three guesses against ``counts``, the two numbers that were found among ``of`` test images,
    and ``pairs``, the worst pair of classes in a list (empty where no neighbours disagree)."""
    told, wrong = [], False
    for answer, found, what in (
        (copies, counts[0], "exact copies"),
        (other_label, counts[1], "neighbours of another label"),
    ):
        guess = count(answer, what, of)
        side = "too low" if guess < found / 2 else "too high" if guess > 2 * found else "right"
        wrong |= side != "right"
        told.append(f"{what}: {side}, you guessed {guess:,}, the count is {found:,}.")
    if not isinstance(pair, (tuple, list, set)) or len(pair) != 2:
        raise Mistake('the pair: write two names of classes, such as ("Bag", "Coat").')
    names = {one_of(name, class_names, "the pair") for name in pair}
    if len(names) == 1 < len(class_names):
        raise Mistake(f"the pair: {pair[0]} stands there twice; a pair is two different classes.")
    for a, b in pairs:
        side = "right" if names == {a, b} else "another"
        wrong |= side != "right"
        told.append(f"the worst pair: {side}, you guessed {' and '.join(pair)}, it is {a} and {b}.")
    if wrong:
        raise Mistake(" ".join(told))
    return " ".join(["Each count within a factor of two.", *told])


SIZE, EPOCHS = 60_000, 10


@check("Exercise 1", "Put your answers in place of ... in this cell and run it again.")
def steps_and_rest(per_epoch, dropped_once) -> str:
    """``per_epoch``: batch size to (steps, images dropped); ``dropped_once``: the probability that
    one image is dropped at least once in ten epochs with batches of 128."""
    for batch, answer in entries(per_epoch, (32, 64, 256), "per_epoch").items():
        _steps_of(batch, answer)
    p = 96 / SIZE
    same_number(
        dropped_once,
        1 - (1 - p) ** EPOCHS,
        "dropped_once",
        [
            (
                EPOCHS * p,
                "Rounded? Give four decimals. Added up? The sum of the ten probabilities counts an "
                "image that is dropped twice twice.",
            ),
            ((1 - p) ** EPOCHS, "That is the probability of never being dropped: take it from 1."),
            (p**EPOCHS, "That is the probability of being dropped in every one of the ten epochs."),
            (p, "That is one epoch; there are ten."),
            (
                1 - (1 - 128 / SIZE) ** EPOCHS,
                "96 images are dropped in an epoch, not a batch of 128.",
            ),
        ],
        tolerance=0.003,
    )
    return (
        "Without a shuffle anew in each epoch it would be 0 for most images and 1 for 96 of them."
    )


def _steps_of(batch: int, answer) -> None:
    steps, rest = divmod(SIZE, batch)
    what = f"batch {batch}"
    if isinstance(answer, str) or np.shape(answer) != (2,):
        raise Mistake(f"{what}: expected two numbers, (steps, images dropped), given {answer!r}.")
    given = tuple(number(each, what) for each in answer)
    if given == (steps, rest):
        return
    told = f"{what}: expected {(steps, rest)}, given ({given[0]:g}, {given[1]:g})."
    if given == (rest, steps):
        raise Mistake(f"{told} The other way round: steps come first.")
    if given[0] != round(given[0]):
        raise Mistake(f"{told} A step takes a whole batch: round down.")
    if rest and given[0] == steps + 1:
        raise Mistake(f"{told} The last, short batch is no step: it is dropped.")
    if rest and given == (steps, batch - rest):
        raise Mistake(
            f"{told} That many images are missing to fill the last batch; dropped are {rest}."
        )
    if given == (steps, 0):
        raise Mistake(
            f"{told} {steps} x {batch} = {steps * batch:,}, and there are {SIZE:,} images."
        )
    raise Mistake(told)


def _small_set() -> DataSet:
    """22 images of one brightness each, so that a batch tells which images it holds."""
    levels = np.arange(22, dtype=np.uint8) * 11
    images = np.broadcast_to(levels[:, None, None], (22, 4, 4)).copy()
    return DataSet(images, np.arange(22) % 3, ("a", "b", "c"), "small")


@check("Exercise 2", "Write numpy_batches in this cell and run it again.")
def numpy_batches(function: Callable[..., Iterator]) -> str:
    """Takes batches of 5 of 22 images, from the beginning and from step 5."""
    data = _small_set()
    whole = _take(function, data, TAKEN, seed=0)
    again = _take(function, data, TAKEN, seed=0)
    if not np.array_equal(whole, again):
        raise Mistake(
            "Called twice with seed=0 it gives two orders: the order must come from (seed, "
            "epoch) alone, from a random generator made anew."
        )
    per_epoch = len(data) // BATCH
    epochs = [np.concatenate(whole[k : k + per_epoch]) for k in range(0, TAKEN, per_epoch)]
    for epoch, images in enumerate(epochs):
        if len(set(images.tolist())) < len(images):
            raise Mistake(
                f"Epoch {epoch} holds images twice: {images.tolist()}. Take the places of "
                "one permutation, without replacement."
            )
    if epochs[0].tolist() == sorted(epochs[0]):
        raise Mistake(f"Epoch 0 is not shuffled: images {epochs[0].tolist()}.")
    if (epochs[0] == epochs[1]).all():
        raise Mistake("Epochs 0 and 1 have the same order: the epoch must be part of the seed.")
    other = _take(function, data, TAKEN, seed=1)
    if np.array_equal(whole, other):
        raise Mistake("seed=0 and seed=1 give the same order: the seed is not used.")
    if np.array_equal(epochs[1], np.concatenate(other[:per_epoch])):
        raise Mistake(
            "seed=1 begins with the order of the second epoch of seed=0: seed the generator with "
            "the pair [seed, epoch], not with a sum."
        )
    _compare_resumed(whole, function, data, per_epoch)
    return "A run of 12 steps equals one of 5 steps and one resumed at step 5."


def _compare_resumed(whole, function, data: DataSet, per_epoch: int) -> None:
    resumed = _take(function, data, TAKEN - FIRST_STEP, seed=0, first_step=FIRST_STEP)
    for k, (expected, given) in enumerate(zip(whole[FIRST_STEP:], resumed, strict=True)):
        if (expected == given).all():
            continue
        told = (
            f"Resumed at step {FIRST_STEP}: step {FIRST_STEP + k} should hold the images "
            f"{expected.tolist()} and holds {given.tolist()}."
        )
        if np.array_equal(given, whole[k]):
            raise Mistake(f"{told} That is step {k} of the whole run: first_step is not used.")
        if np.array_equal(given, whole[per_epoch + k]):
            raise Mistake(
                f"{told} It begins the epoch again: step {FIRST_STEP} is place "
                f"{FIRST_STEP % per_epoch} of epoch {FIRST_STEP // per_epoch}."
            )
        raise Mistake(told)


def _take(function, data: DataSet, n: int, **kwargs) -> np.ndarray:
    """Which images the first n batches hold: (n, 5)."""
    batches = call(function, data, BATCH, **kwargs)
    if not hasattr(batches, "__next__"):
        raise Mistake("It gives a list or the like: use `yield`, so that the batches never end.")

    def take():
        return list(islice(batches, n))

    take.__name__ = function.__name__  # for the message, should it stop
    taken = call(take)
    if len(taken) < n:
        raise Mistake(f"It ends after {len(taken)} batches: behind an epoch the next one begins.")
    return np.stack([_images_of(batch, data) for batch in taken])


def _images_of(batch, data: DataSet) -> np.ndarray:
    if not isinstance(batch, tuple) or len(batch) != 2:
        raise Mistake("Each batch must be a pair, `yield images, labels`.")
    images, labels = (np.asarray(each) for each in batch)
    if images.dtype == np.uint8:
        raise Mistake(f"A batch holds {images.dtype} levels: scale it with ganlib.scale.")
    if len(images) != BATCH:
        raise Mistake(
            f"A batch holds {len(images)} images instead of {BATCH}: the last, short batch "
            "of an epoch is dropped."
        )
    values = images.reshape(BATCH, -1)[:, 0].astype(np.float64)
    found = (values + 1) * 127.5 / 11
    if not np.allclose(found, np.rint(found), atol=1e-3):
        raise Mistake(
            f"The batch lies in {images.min():.2f} to {images.max():.2f} and is not scaled "
            "as the networks expect it: use ganlib.scale."
        )
    chosen = np.rint(found).astype(int)
    if labels.shape != (BATCH,) or (labels != data.labels[chosen]).any():
        raise Mistake(
            f"The images {chosen.tolist()} have the labels {data.labels[chosen].tolist()} and "
            f"come with {labels.tolist()}: use the same indices for both."
        )
    return chosen


@check("Exercise 3", "Put your answers in place of ... in this cell and run it again.")
def shuffle_buffers(classes_seen, ganlib_has_it, *, labels: np.ndarray) -> str:
    """``classes_seen``: buffer size to the number of different classes in the first batch of 128 of
    the sorted ``labels``."""
    answers = entries(classes_seen, (1_000, 10_000, 60_000), "classes_seen")
    given = [number(answer, f"buffer {buffer:,}") for buffer, answer in answers.items()]
    ordered = np.sort(labels)
    shuffles = np.array(
        [[classes_through_buffer(ordered, buffer, 128, seed) for buffer in answers]
         for seed in range(SHUFFLES)]
    )  # fmt: skip
    expected = shuffles[0].tolist()
    low, spread = shuffles.min(axis=0), np.ptp(shuffles, axis=0)  # chance, with many classes
    told = f"expected {expected} for the three buffers, given {[int(each) for each in given]}."
    if (np.abs(given - low - spread / 2) > 1.5 * spread).any():
        for wrong, message in (
            ([128] * 3, "Count the different classes, np.unique, not the images."),
            (
                [expected[-1]] * 3,
                "Were the labels sorted? In mixed order every buffer looks harmless.",
            ),
            ([1] * 3, "Shuffle before batch: behind it, whole batches change places."),
            ([each - 1 for each in expected], "That is the largest label; labels start at 0."),
            (expected[::-1], "The other way round: the larger buffer sees more classes."),
        ):
            if given == wrong:
                raise Mistake(f"classes_seen: {told} {message}")
        raise Mistake(f"classes_seen: {told}")
    if truth(ganlib_has_it, "ganlib_has_it"):
        raise Mistake("ganlib_has_it: ganlib shuffles the indices of all images and has no buffer.")
    if not expected[0] == 1 < expected[-1]:
        return "Of these data any of the buffers holds more than one class, or there is only one."
    return "With the smallest buffer a GAN would see one class for dozens of steps, then the next."


def classes_through_buffer(labels: np.ndarray, buffer: int, batch: int, seed: int = 0) -> int:
    """How many different classes the first batch holds that ``Dataset.shuffle`` lets out: each
    element is a random one of the buffer, whose place the next label takes."""
    rng = np.random.default_rng(seed)
    held, coming = list(labels[:buffer]), iter(labels[buffer:])
    out = []
    for _ in range(min(batch, len(labels))):
        place = rng.integers(len(held))
        out.append(held[place])
        following = next(coming, None)
        if following is None:
            held.pop(place)
        else:
            held[place] = following
    return len(set(out))
