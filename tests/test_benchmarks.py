"""The benchmark's arithmetic, and that each peer is what its description says."""

import json
import shutil

import keras
import nbformat
import numpy as np
import pytest
from PIL import Image
from support import says

from benchmarks import reading as reading_module
from benchmarks.figures import draw_networks
from benchmarks.peers import PEERS, Bands
from benchmarks.quality import RESULTS, seconds_to_reach
from benchmarks.reading import reading
from benchmarks.readme import section, sooner
from ganlib.training.run import load_pretrained, pretrained_names

ROWS = [{"seconds": s, "frechet_distance": d} for s, d in ((10, 80.0), (20, 20.0), (40, 5.0))]


def test_the_time_to_a_distance_lies_between_the_scores_in_the_logarithm():
    assert seconds_to_reach(ROWS, 40.0) == pytest.approx(10 * 2**0.5)
    assert seconds_to_reach(ROWS, 20.0) == pytest.approx(20)
    assert seconds_to_reach(ROWS, 100.0) == 10
    assert seconds_to_reach(ROWS, 1.0) == float("inf")


def test_a_contestant_that_raced_for_longer_leaves_gaps_in_the_others_rows():
    results = json.loads(RESULTS.read_text("utf-8"))
    first, second = "cgan", "handson-ml3 DCGAN"
    scored = {"rarest_class_share": 0.1, "images_per_second": 5.0}
    results["quality"]["contestants"] = {
        first: [row | scored for row in ROWS],
        second: [row | scored for row in ROWS[1:]]
        + [{"seconds": 900, "frechet_distance": 4} | scored],
    }
    table = section(results)
    assert "| 10 s | 20 s | 40 s | 900 s |" in table
    assert f"| {first} | 5 | 80.0 | 20.0 | 5.0 | — | 10.0% | — | — |" in table
    start = f"| {second} | 5 | — | 20.0 | 5.0 | 4.0 | 10.0% | — | "
    says(next(line for line in table.splitlines() if line.startswith(start)), "40 s")


@pytest.mark.parametrize(
    "ends_with, parts",
    [
        (10.0, ["10.0", "900 s", "`cgan`", "28 s", 32]),
        (80.0, ["80.0", "900 s", "`cgan`", "10 s", "least", 90]),
        (1.0, ["1.0", "900 s", "`cgan`", "40 s"]),
    ],
)
def test_the_readme_tells_how_much_sooner_ours_is(ends_with, parts):
    worse = [{"seconds": 30, "frechet_distance": 99.0}]
    peer = [*worse, {"seconds": 900, "frechet_distance": ends_with}]
    sentence = sooner({"cgan": ROWS, "tutorial DCGAN": worse, "handson-ml3 DCGAN": peer})
    says(sentence, "handson-ml3 DCGAN", *parts)


@pytest.mark.parametrize(
    "name, generator, discriminator, batch_size",
    [
        # Weights by hand from the layers, batch norm's four numbers a channel included.
        ("tutorial DCGAN", 2_330_944, 212_865, 256),
        ("handson-ml3 DCGAN", 840_705, 212_865, 32),
        ("keras-io conditional GAN", 1_491_215, 80_385, 64),
        ("keras-io WGAN-GP", 910_660, 4_305_409, 512),
    ],
)
def test_peers_have_the_published_sizes_and_take_a_step(name, generator, discriminator, batch_size):
    gan, batch = PEERS[name]()
    assert batch == batch_size
    assert gan.generator.count_params() == generator
    assert gan.discriminator.count_params() == discriminator
    images = np.random.default_rng(0).uniform(-1, 1, (4, 28, 28, 1)).astype("float32")
    before = [n.get_weights()[0].copy() for n in (gan.generator, gan.discriminator)]
    images, labels = keras.ops.convert_to_tensor(images), keras.ops.arange(4, dtype="int32")
    logs = gan.train_step((images, labels) if "conditional" in name else images)
    assert np.isfinite([float(x) for x in logs.values()]).all()
    for network, old in zip((gan.generator, gan.discriminator), before, strict=True):
        assert not np.array_equal(network.get_weights()[0], old)
    gan.ema_generator = gan.generator
    made = gan.generate(3)
    assert made.shape == (3, 28, 28, 1) and np.abs(made).max() <= 1 and made.min() < 0


def test_the_conditional_peers_labels_are_bands_of_rows_as_published():
    planes = keras.ops.convert_to_numpy(
        Bands()(np.zeros((2, 28, 28, 1), "float32"), np.array([0, 5], "int32"))
    )[..., 1:]
    # The 784 ones of label k stand in a row: 78.4 pixels of ten planes each, 2.8 rows.
    for index, label in enumerate((0, 5)):
        line = planes[index].ravel()
        np.testing.assert_array_equal(np.flatnonzero(line), 784 * label + np.arange(784))


@pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz, which draws networks, is missing")
@pytest.mark.parametrize("name", pretrained_names())
def test_the_layers_of_every_shipped_model_can_be_drawn(name, tmp_path):
    """Graphviz 2.43 ends in an assertion where the deeper ones have right-angled edges."""
    gan = load_pretrained(name).gan
    pictures = draw_networks(gan, tmp_path)
    assert [p.name for p in pictures] == ["generator.png", "discriminator.png"]
    heights = [Image.open(p).height for p in pictures]
    for height, network in zip(heights, (gan.generator, gan.discriminator), strict=True):
        assert height > 50 * len(network.layers) / 2  # two inputs stand side by side


def test_without_graphviz_a_note_says_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))  # no dot to be found
    assert draw_networks(load_pretrained("vanilla").gan, tmp_path) == []
    assert "apt install graphviz" in capsys.readouterr().out
    assert not list(tmp_path.glob("*.png"))


def test_reading_counts_what_a_reader_sees():
    markdown, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    picture = nbformat.v4.new_output("display_data", data={"image/png": "", "text/plain": ""})
    cells = [
        markdown("# Three short words"),
        code("a = 1\n\nb = 2"),
        code("c = 3", metadata={"jupyter": {"source_hidden": True}}),
        code("d = 4", metadata={"tags": ["optional"]}, outputs=[picture]),
        markdown("not in the core", metadata={"tags": ["optional"]}),
        markdown("seen <details>folded away</details>"),
        code("e = 5", metadata={"tags": ["claims"]}),
    ]
    found = reading(nbformat.v4.new_notebook(cells=cells))
    assert (found.words, found.lines) == (3 + 4 + 1, 2 + 1)
    assert (found.core_words, found.core_lines) == (3 + 1, 2)
    assert found.before_picture == (3, 3)
    assert found.minutes(core=True) == 4 / 120 + 2 / 20


def test_reading_times_are_written_into_the_readme_and_the_notebooks_head(tmp_path, monkeypatch):
    readme, computing = tmp_path / "README.md", tmp_path / "computing.csv"
    readme.write_text("a\n<!-- reading:begin -->\nold\n<!-- reading:end -->\nz\n", "utf-8")
    computing.write_text("notebook,seconds\n00_data,130\n", "utf-8")
    monkeypatch.setattr(reading_module, "README", readme)
    monkeypatch.setattr(reading_module, "COMPUTING", computing)
    monkeypatch.setattr(reading_module, "project_root", lambda: tmp_path)
    path = tmp_path / "notebooks" / "00_data.ipynb"
    path.parent.mkdir()
    first = nbformat.v4.new_markdown_cell("# A\n\n> **Reading** takes ages,\n> on a GPU. And z.")
    nbformat.write(nbformat.v4.new_notebook(cells=[first]), path)
    words, lines = 2400, 200  # 20 + 10 minutes, of which the core 10 + 5
    found = reading_module.Reading(words, lines, words // 2, lines // 2)
    monkeypatch.setattr(reading_module, "notebooks", lambda: {"00_data": found})
    reading_module.write()
    text = readme.read_text("utf-8")
    assert text.startswith("a\n<!-- reading:begin -->\n| ") and "old" not in text
    assert "| 15 (30) | 2 |\n<!-- reading:end -->\nz\n" in text
    (first,) = nbformat.read(path, 4).cells
    says(first.source, "# A\n\n> **Reading**", 15, 30, "**computing**", "2 minutes", "GPU. And z.")
    assert "ages" not in first.source
    with pytest.raises(ValueError, match="2"):
        reading_module.with_head(first.source * 2, "x")
