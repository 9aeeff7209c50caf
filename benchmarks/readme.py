"""``python -m benchmarks.readme``: writes the README's measured section from results.json."""

import json
from pathlib import Path

from benchmarks.quality import RESULTS

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"


def section(results: dict) -> str:
    """The tables of quality and speed, in Markdown."""
    quality, machine = results["quality"], results["machine"]
    budgets = [row["seconds"] for row in next(iter(quality["contestants"].values()))]
    lines = [
        f"Fréchet distance between the features of {quality['samples']:,} generated and as many "
        "test images (lower is better; features of the shipped classifier, which is right on "
        f"{quality['classifier_accuracy']:.1%} of the test images; training images score "
        f"{quality['floor']:.2f}, the floor). One run on a machine with {machine['cores']} cores "
        f"and no GPU, TensorFlow {machine['tensorflow']}, Keras {machine['keras']}:",
        "",
        "| recipe | images/s | " + " | ".join(f"{b:.0f} s" for b in budgets)
        + " | rarest class | label agreement |",
        "|---|---|" + "---|" * (len(budgets) + 2),
    ]  # fmt: skip
    for name, rows in quality["contestants"].items():
        last = rows[-1]
        agreement = f"{last['label_agreement']:.3f}" if "label_agreement" in last else "—"
        lines.append(
            f"| {name} | {last['images_per_second']:,.0f} | "
            + " | ".join(f"{row['frechet_distance']:.1f}" for row in rows)
            + f" | {last['rarest_class_share']:.1%} | {agreement} |"
        )
    lines += [
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
        f"Of an epoch of `cgan`, {costs['checkpoint_share']:.1%} goes into the checkpoints at its "
        f"start and its end, and {costs['score_share']:.1%} into a score at its end. With "
        f"determinism it trains {costs['deterministic_costs']:.0%} fewer images a second.",
    ]
    return "\n".join(lines)


def main() -> None:
    text = README.read_text("utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    results = json.loads(RESULTS.read_text("utf-8"))
    README.write_text(f"{before}{BEGIN}\n{section(results)}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
