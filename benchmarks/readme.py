"""``python -m benchmarks.readme``: writes what was measured into docs/measured.md, the scores from
the cards of the shipped models, speed and time to quality from results.json; and into the README
its first sentence and the table of notebooks."""

import json

import numpy as np

from benchmarks.peers import PEERS
from benchmarks.quality import OURS, RESULTS, best_peer, seconds_to_reach
from benchmarks.reading import README, replaced, write
from ganlib import paths
from ganlib.evaluation.report import SCORES
from ganlib.evaluation.synthetic import STEPS
from ganlib.training.run import pretrained_names

MEASURED = README.parent / "docs" / "measured.md"


def scores(cards: dict[str, dict]) -> str:
    """The scores of the shipped models beside their floors, in Markdown."""
    reports = {name: card["report"] for name, card in cards.items()}
    first = next(iter(reports.values()))
    lines = [
        "| score | real images | " + " | ".join(reports) + " |",
        "|---|---|" + "---|" * len(reports),
    ]
    for key, score in SCORES.items():
        rows = [report["scores"].get(key) for report in reports.values()]
        if not any(rows):
            continue
        floor = next(row for row in rows if row)["floor"]
        cells = ["—" if row is None else _with_spread(row) for row in rows]
        lines.append(
            f"| {score.title} ({score.better}) | {floor:.3g} | " + " | ".join(cells) + " |"
        )
    minutes = [f"{card['minutes']:.0f}" for card in cards.values()]
    lines.append("| minutes of training, 2 cores | — | " + " | ".join(minutes) + " |")
    taught = reports["cgan"]["scores"]["synthetic_accuracy"]
    gap = 100 * (taught["floor"] - taught["mean"])
    return "\n".join(
        [
            f"{first['samples']:,} generated images against as many test images (precision to "
            f"coverage and kernel distance: 5,000), mean of {len(first['seeds'])} seeds of latents "
            "± standard deviation. *Real images* is what training images score in the place of "
            "generated ones, the value to come near to; by drawing only typical garments a model "
            "may even pass it, as in precision. (Of label agreement it is what the classifier gets "
            "on real test images; near a training image are, by definition, 5 % of the real test "
            f"images; train on synthetic trains the same network for {STEPS:,} steps on the 60,000 "
            "real images, or on as many generated ones. The kernel distance of equal distributions "
            "is zero on average, hence also negative; the inception score is of all images in one "
            "split. The class counts of a conditional model are nearly given: it is asked "
            "for the classes of the test images.)",
            "",
            *lines,
            "",
            f"A network that learns from images of `cgan` stays {gap:.1f} points below one that "
            "learns from the real ones. The best published gap that we know of is 2.03 points "
            "(arXiv 2305.10118), of a far larger generator whose images were filtered and drawn "
            "anew while the classifier learnt, from latents spread wider than in training; here "
            "they are taken as they come. `python -m benchmarks.synthetic` measures it with new "
            "images and wider latents too.",
        ]
    )


def _with_spread(row: dict) -> str:
    spread = "" if row["spread"] is None else f" ± {row['spread']:.1g}"
    return f"{row['mean']:.3g}{spread}"


def section(results: dict) -> str:
    """The tables of quality and speed, in Markdown."""
    quality, machine = results["quality"], results["machine"]
    raced = quality["contestants"]
    budgets = sorted({row["seconds"] for rows in raced.values() for row in rows})
    lines = [
        f"Fréchet distance between the features of {quality['samples']:,} generated and as many "
        "test images (lower is better; features of the shipped classifier, which is right on "
        f"{quality['classifier_accuracy']:.1%} of the test images; training images score "
        f"{quality['floor']:.2f}, the floor). One run each, on a machine with "
        f"{machine['cores']} cores and no GPU, TensorFlow {machine['tensorflow']}, "
        f"Keras {machine['keras']}:",
        "",
        "| recipe | images/s | " + " | ".join(f"{b:.0f} s" for b in budgets)
        + " | rarest class | label agreement | `cgan` is as good |",
        "|---|---|" + "---|" * (len(budgets) + 3),
    ]  # fmt: skip
    for name, rows in raced.items():
        distances = {row["seconds"]: f"{row['frechet_distance']:.1f}" for row in rows}
        last = rows[-1]
        agreement = f"{last['label_agreement']:.3f}" if "label_agreement" in last else "—"
        lines.append(
            f"| {name} | {last['images_per_second']:,.0f} | "
            + " | ".join(distances.get(budget, "—") for budget in budgets)
            + f" | {last['rarest_class_share']:.1%} | {agreement} "
            + f"| {reached(raced['cgan'], last) if name in PEERS else '—'} |"
        )
    lines += [
        "",
        sooner(raced),
        "",
        "| recipe | bare step, images/s | `fit`, images/s | `fit` costs | input pipeline "
        "| GFLOP/s | of a large matrix product |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, row in results["speed"].items():
        lines.append(
            f"| {name} | {row['bare_images_per_second']:,.0f} "
            f"| {row['fit_images_per_second']:,.0f} "
            f"| {row['fit_overhead']:.1%} | {row['pipeline_share']:.1%} | {row['step_gflops']:.0f} "
            f"| {row['share_of_product']:.0%} |"
        )
    costs = results["costs"]
    lines += [
        "",
        "*`fit` costs*: what the whole of training adds to the time of the bare step, the median "
        "of five rounds; below zero since `fit` takes eight steps in one call. "
        f"Of an epoch of `cgan`, {costs['checkpoint_share']:.1%} goes into the checkpoints at its "
        f"start and its end, and {costs['score_share']:.1%} into a score at its end. With "
        f"determinism it trains {costs['deterministic_costs']:.0%} fewer images a second. The "
        f"classifier sees 10,000 images in {costs['seconds_to_see_10_000']:.1f} s.",
    ]
    return "\n".join(lines)


def sooner(raced: dict[str, list[dict]]) -> str:
    """How much earlier ours are where the best peer ends, in a sentence."""
    peer = best_peer(raced)
    last = raced[peer][-1]
    ours = [f"`{name}` {reached(raced[name], last)}" for name in filter(raced.get, OURS)]
    return (
        f"Of those that learners meet elsewhere, {peer} is the best of the race; it alone goes "
        f"on, and ends at {last['frechet_distance']:.1f} after {last['seconds']:,.0f} s of "
        "training. As good: "
        + "; ".join(ours)
        + ". (`cgan` is told the labels, `dcgan` and this peer are not. Compiling and scoring are "
        "not counted, and the moments lie on the straight line between two scores.)"
    )


def reached(rows: list[dict], last: dict) -> str:
    """When the contestant of these rows was where another one ended."""
    seconds = seconds_to_reach(rows, last["frechet_distance"])
    if not np.isfinite(seconds):
        return f"not within {rows[-1]['seconds']:.0f} s"
    # The straight line begins at the first score: what is there already came earlier still.
    at, least = ("by", "at least ") if seconds == rows[0]["seconds"] else ("after", "")
    return f"{at} {seconds:.0f} s, {least}{last['seconds'] / seconds:.0f} times sooner"


def opening(card: dict) -> str:
    """The first sentence, under the picture."""
    return (
        "Every garment above was drawn by the shipped conditional GAN, which trained for "
        f"{card['minutes']:.0f} minutes on\ntwo cores without a GPU; the notebook's own run trains "
        "for about two and shows garments of all ten classes."
    )


def main() -> None:
    cards = {
        name: json.loads((paths.PRETRAINED / name / "generator.json").read_text("utf-8"))
        for name in pretrained_names()
    }
    text = replaced(README.read_text("utf-8"), "opening", opening(cards["cgan"]))
    README.write_text(text, "utf-8")
    write()
    text = replaced(MEASURED.read_text("utf-8"), "scores", scores(cards))
    text = replaced(text, "bench", section(json.loads(RESULTS.read_text("utf-8"))))
    MEASURED.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
