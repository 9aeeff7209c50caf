"""The checks of notebook 07_clinic."""

from collections.abc import Callable, Mapping, Sequence

from ganlib.course.exercises.core import Mistake, call, check, count, entries, show
from ganlib.errors import SettingsError, check_name

# What to compare for each case, without its name.
CLUES = {
    "healthy": "its scores with the healthy run's: not every patient is ill",
    "mode collapse": "the three rows of its pictures, and its variety with its agreement",
    "discriminator far ahead": "the discriminator's accuracies with the generator's loss",
    "discriminator too weak": "the generator's loss with the pictures",
    "rate too high": "the discriminator's loss with log 4 = 1.39",
    "momentum": "the generator's loss and the accuracies with the healthy run's",
    "mixed batches": "the accuracy on generated images with the generator's loss",
    "leak": "the share of held-out images accepted with the accuracy on real images",
    "oscillation": "its swing from one moment to the next with the healthy run's",
    "few images": "the shares of training and of held-out images that are accepted",
}
HEALED = 0.5  # the part of the way to the healthy run that a treatment has to make


@check("Predict first", "Put a guess in place of ... in the cell at the top, run it and this cell.")
def place(guess, *, losses: Mapping[str, float]) -> str:
    """A guess of the healthy run's place in the order of the generator's loss, lowest first."""
    guess = count(guess, "places", len(losses))
    order = sorted(losses, key=losses.__getitem__)
    found = order.index("healthy") + 1
    told = (
        f"You guessed {guess}. The healthy run comes {found} of {len(order)}: "
        f"{losses['healthy']:.2f}; the lowest is {order[0]!r} with {losses[order[0]]:.2f}."
    )
    if abs(guess - found) <= 1:
        return told
    if guess < found:
        raise Mistake(f"{told} A low loss says that this discriminator is fooled, no more.")
    raise Mistake(f"{told} A discriminator that is ahead makes the loss high, and most are not.")


@check("Exercise 1", "Put a diagnosis in place of each ... in this cell and run it again.")
def diagnoses(answers, *, cases: Mapping[int, str], names: Sequence[str]) -> str:
    """Which case each patient is; a hint for how far one has come."""
    answers = entries(answers, cases, "diagnoses")
    for number, answer in answers.items():
        try:
            check_name(answer, names, what="diagnosis")
        except (SettingsError, TypeError) as error:
            raise Mistake(f"Patient {number}: {error}") from None
    wrong = [number for number, case in cases.items() if answers[number] != case]
    right = len(cases) - len(wrong)
    if not wrong:
        return f"All {right}. Now treat one of them in exercise 3."
    told = f"{right} of {len(cases)} are right."
    if right < len(cases) // 2:
        raise Mistake(
            f"{told} Look at the pictures first: is it noise, one garment again and again, or "
            "garments? Then at the accuracies; then go through the table row by row."
        )
    if len(wrong) > 2:
        listed = ", ".join(map(str, wrong))
        raise Mistake(f"{told} Look once more at patients {listed}, and at their second curve.")
    clues = "; ".join(f"of patient {number} compare {CLUES[cases[number]]}" for number in wrong)
    raise Mistake(f"{told} {clues[0].upper()}{clues[1:]}.")


@check("Exercise 2", "Write the function in this cell and run it again.")
def diagnosis(function: Callable, *, runs: Sequence[tuple[str, Mapping, Mapping]]) -> str:
    """A function of history and scores, on runs ``(case, history, scores)``."""
    names = list(dict.fromkeys(case for case, _, _ in runs))
    found = [call(function, history, scores) for _, history, scores in runs]
    for answer in found:
        if not isinstance(answer, str) or answer not in names:
            raise Mistake(f"Expected one of {names}, given {show(answer)}.")
    wrong = [(run, said) for run, said in zip(runs, found, strict=True) if said != run[0]]
    right = len(runs) - len(wrong)
    if not wrong:
        return f"All {right} runs, none of which the function had seen."
    (case, history, scores), said = wrong[0]
    if all(answer == found[0] for answer in found):
        raise Mistake(f"Every run is {show(said)} to it: {right} of {len(runs)} are right.")
    late = {name: sum(line[-5:]) / 5 for name, line in history.items() if name != "step"}
    values = late | dict(scores)
    told = ", ".join(f"{name} {values[name]:.2f}" for name in TOLD)
    raise Mistake(
        f"{right} of {len(runs)} are right. One that is {show(case)} became {show(said)}: late "
        f"{told}. Compare {CLUES[case]}."
    )


TOLD = ("generator_loss", "fake_accuracy", "held_out_accuracy", "distance", "variety")


@check("Exercise 3", "Put a patient, a change and its outcome in place of ... and run it again.")
def treatment(patient, change, outcome, *, cases: Mapping, before: Mapping, healthy) -> str:
    """One setting that was changed, and the chart of the treated run; ``before``: the charts of the
    patients, ``healthy``: those of the healthy runs. What has to come back is the distance; of few
    images, which hardly show in it after so short a run, the gap."""
    if patient not in cases:
        raise Mistake(f"patient: expected one of {list(cases)}, given {show(patient)}.")
    if not isinstance(change, Mapping) or not all(isinstance(name, str) for name in change):
        raise Mistake(f'change: expected a dict such as {{"beta_1": 0.5}}, given {show(change)}.')
    if len(change) != 1:
        raise Mistake(f"change: one setting at a time, to know what helped; given {show(change)}.")
    case = cases[patient]
    if case == "healthy":
        raise Mistake(f"Patient {patient} is healthy: leave it alone, and take another.")

    def measured(chart) -> float:
        return chart.late("gap") if case == "few images" else chart.scores["distance"]

    what = "training − held-out" if case == "few images" else "distance"
    ill, now = measured(before[patient]), measured(outcome)
    well = sum(map(measured, healthy)) / len(healthy)
    told = f"The {what} went from {ill:.3g} to {now:.3g}; the healthy run has {well:.3g}."
    share = (ill - now) / (ill - well)
    if share >= HEALED:
        return f"{told} Healed by {next(iter(change))}."
    if share <= 0:
        raise Mistake(f"{told} That did not help: compare {CLUES[case]}.")
    raise Mistake(f"{told} Better, but less than half of the way.")
