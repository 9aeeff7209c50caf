"""The page of a run: its numbers, its latents, and that its modules are one script."""

import html
import json
import re

import numpy as np
import pytest
from javascript import node, refused
from support import SMALL, raising, sketches, training_uncompiled

import ganlib
from ganlib.errors import SettingsError
from ganlib.export.bundle import bundle, in_order
from ganlib.export.page import WEB, ground_of, packed, page_of
from ganlib.export.program import Program
from ganlib.images import unscale
from ganlib.widgets import latents as python_latents

MODULES = sorted(WEB.glob("*.js"))


def parts(page: str) -> tuple[dict, str]:
    """What the page tells its script, and the numbers."""
    told = re.search(r"^startPage\((\{.*?\}), document", page, re.MULTILINE)[1]
    return json.loads(told), re.search(r'id="numbers">([^<]*)<', page)[1]


WORKER = """
globalThis.self = { postMessage: (message) => self.answers.push(message), answers: [] };
await import(worker);
const run = async ({ told, numbers, tasks }) => {
  await self.onmessage({ data: { id: 0, task: "start", given: { told, numbers } } });
  for (const [task, given] of tasks) await self.onmessage({ data: { id: 1, task, given } });
  return self.answers.slice(1).map(({ result, error }) => error ?? result);
};
"""


def in_worker(page: str, *tasks) -> list:
    told, numbers = parts(page)
    code = WORKER.replace("import(worker)", f"import({json.dumps((WEB / 'worker.js').as_uri())})")
    return node(WEB, code, {"told": told, "numbers": numbers, "tasks": tasks})


@pytest.mark.parametrize("name", ["cgan", "dcgan", "vanilla"])
def test_the_page_of_a_shipped_model_draws_its_images(name):
    """Weights in half precision move no pixel by more than a grey level."""
    run = ganlib.load_pretrained(name)
    count = 20
    latents = np.random.default_rng(0).normal(size=(count, run.gan.latent_dim)).astype("float32")
    labels = [{"from": k % 10, "to": k % 10, "mix": 0} for k in range(count)]
    task = {"latents": latents.tolist(), "labels": labels if run.conditional else None}
    (found,) = in_worker(page_of(run), ["generate", task])
    expected = unscale(run.generate(count, latents=latents)).astype(int)
    apart = np.abs(np.reshape(found, expected.shape) - expected)
    assert apart.max() <= 1
    assert apart.mean() < 0.05


def test_the_page_judges_as_the_discriminator_does():
    run = ganlib.load_pretrained("cgan")
    images = unscale(run.generate(100, seed=3))
    labels = np.arange(100) % 10
    task = {"images": images.ravel().tolist(), "labels": labels.tolist()}
    found, refusal = in_worker(
        page_of(run), ["judge", task], ["judge", task | {"labels": [-1] * 100}]
    )
    expected = run.gan.discriminator([images / np.float32(127.5) - 1, labels], training=False)
    # The company that the page judges beside are other generated images than these.
    np.testing.assert_allclose(found, expected, atol=0.1)
    assert np.std(expected) > 1
    assert "-1" in refusal


def test_a_page_says_what_its_run_is_and_asks_for_nothing(tmp_path):
    data = sketches(12, size=8, channels=3)
    names = ["<b>bold</b>", "</script>", *data.class_names[2:]]
    data = ganlib.DataSet(data.images, data.labels, names, "mine")
    with training_uncompiled():
        run = ganlib.train("cgan", data, epochs=1, run_dir=tmp_path / "run", **SMALL)
    page = page_of(run)
    told, _ = parts(page)
    assert told["class_names"] == names and told["image_shape"] == [8, 8, 3]
    assert page.count("</script>") == 2 and "<b>bold" not in page
    assert html.escape(run.title) in page
    assert not re.search(r"""(?:src|href)=["'](?!data:)|url\(|https?://""", page)


def test_a_site_may_put_a_header_above_the_page():
    run = ganlib.load_pretrained("dcgan")
    header = '<nav><a href="index.html">home</a></nav>'
    page = page_of(run, header=header)
    assert page.replace(header, "") == page_of(run)
    assert page.index(header) < page.index("<main>")


def test_the_ground_of_images_is_that_of_their_border():
    images = np.full((3, 5, 4, 1), -1.0)
    images[:, 1:-1, 1:-1] = 1
    assert (ground_of(images), ground_of(-images)) == ("dark", "bright")
    assert ground_of(np.ones((3, 5, 5, 3))) == ""


VERDICTS = """
import { verdict } from "judge.js";
import { borderBrightness, plain } from "painter.js";
const run = ({ told, others, data }) => ({
  by: told.map((each) => verdict(1.5, others, each, "Bag")),
  alone: verdict(1.5, [], told[0], "Bag"), an: verdict(0, [1], told[0], "Ankle boot"),
  plain: [plain([7, 7, 7]), plain([7, 7, 8])],
  border: borderBrightness({ data: Uint8ClampedArray.from(data), width: 3, height: 4 }),
});
"""


def test_a_verdict_counts_the_images_below_and_tells_a_probability_only_where_there_is_one():
    losses = [("relativistic", True), ("non_saturating", False), ("hinge", False)]
    told = [{"loss": name, "paired": paired, "threshold": 0} for name, paired in losses]
    pixels = np.full((4, 3, 4), [200, 200, 200, 255])
    pixels[1:3, 1] = [0, 0, 0, 255]
    given = {"told": told, "others": [-1, 0, 1, 2, 1.5], "data": pixels.ravel().tolist()}
    found = node(WEB, VERDICTS, given)
    for words in found["by"]:
        assert "Bag" in words and "3 of the 5" in words and "1.50" in words
    assert ["%" in words for words in found["by"]] == [False, True, False]
    assert "81.8 %" in found["by"][1]  # 1 / (1 + exp(-1.5))
    assert " of the " not in found["alone"] and "an Ankle boot" in found["an"]
    assert found["plain"] == [True, False]
    assert found["border"] == pytest.approx(200)


def test_images_of_two_channels_are_refused(tmp_path):
    run = ganlib.load_pretrained("vanilla")
    run.settings["dataset"]["image_shape"] = [28, 28, 2]
    with raising(SettingsError, 2, 1, 3):
        page_of(run)


def test_weights_beyond_half_precision_are_refused():
    for number in (1e6, np.nan):
        program = Program()
        program.add("dense", ["latent"], np.full((2, 2), number))
        with pytest.raises(SettingsError):
            packed([program])


def test_every_half_is_read_as_numpy_reads_it():
    code = """
    import { fromHalf } from "unpack.js";
    const read = (_, bits) => (bits & 0x7c00) === 0x7c00 ? 0 : fromHalf(bits);
    const run = () => Array.from({ length: 65536 }, read);
    """
    halves = np.arange(65536, dtype=np.uint16).view(np.float16).astype(float)
    np.testing.assert_array_equal(node(WEB, code), np.where(np.isfinite(halves), halves, 0))


def test_paths_and_truncation_are_those_of_the_widgets():
    code = """
    import { greatCircle, latentsOf, truncated } from "latents.js";
    const run = ({ times, bounds }) => {
      const latents = latentsOf(3, 40, 64);
      const [a, b] = latents;
      return {
        latents, again: latentsOf(3, 2, 64), other: latentsOf(4, 2, 64),
        arc: times.map((t) => greatCircle(a, b, t)), still: greatCircle(a, a, 0.3),
        truncated: bounds.map((bound) => truncated(a, bound)),
        far: truncated(Float32Array.from([-9, -7, 0, 7, 9]), 0.7),
      };
    };
    """
    times, bounds = [0, 0.25, 0.5, 1], [0.1, 0.7, 2.5]
    found = node(WEB, code, {"times": times, "bounds": bounds})
    latents = np.array([list(each) for each in found["latents"]])
    np.testing.assert_array_equal(np.array(found["again"]), latents[:2])
    assert not np.array_equal(np.array(found["other"]), latents[:2])
    assert abs(latents.mean()) < 0.05 and abs(latents.std() - 1) < 0.05
    a, b = latents[:2]
    arc = python_latents.great_circle(a, b, np.array(times))
    np.testing.assert_allclose(found["arc"], arc, atol=1e-5)
    np.testing.assert_allclose(found["still"], a, atol=1e-5)
    for bound, truncated in zip(bounds, found["truncated"], strict=True):
        np.testing.assert_allclose(truncated, python_latents.truncated(a, bound), atol=1e-5)
    far = python_latents.truncated(np.array([-9, -7, 0, 7, 9.0]), 0.7)
    np.testing.assert_allclose(found["far"], far, atol=1e-5)


ADDRESSES = """
import { firstState, fromAddress, toAddress } from "state.js";
const run = ({ fragments, told }) => ({
  first: firstState(told),
  read: fragments.map((fragment) => fromAddress(fragment, told)),
  written: fragments.map((fragment) => toAddress(fromAddress(fragment, told).state, told)),
});
"""


def test_a_link_brings_back_what_was_shown():
    told = {"class_names": ["x", "y", "z"]}
    full = "#seed=7&truncation=0.5&first=1&a=1.2&b=0.9&between=0.25&mix=1"
    found = node(WEB, ADDRESSES, {"told": told, "fragments": ["", full]})
    assert found["first"]["b"] == [2, 9]  # the last row that there is
    assert found["read"][0] == {"state": found["first"], "problems": []}
    assert found["written"] == ["", full]
    assert found["read"][1]["state"]["a"] == [1, 2]


def test_a_broken_link_is_told_by_its_part_and_the_rest_is_kept():
    broken = ["seed=-1", "seed=1e9", "seed=", "seed=1.5", "truncation=0", "a=3.0", "a=2", "b=0.x",
              "between=nan", "mix=2", "first=9", "colour=red", "%%%"]  # fmt: skip
    told = {"class_names": ["x", "y", "z"]}
    fragments = [f"#{each}&seed=5" if "seed" not in each else f"#{each}" for each in broken]
    found = node(WEB, ADDRESSES, {"told": told, "fragments": fragments})
    for fragment, read in zip(broken, found["read"], strict=True):
        (problem,) = read["problems"]
        assert fragment.split("=")[0] in problem
        kept = found["first"] | ({} if "seed" in fragment else {"seed": 5})
        assert read["state"] == kept


def test_one_script_of_all_modules_names_nothing_twice(tmp_path):
    for entry in ("app.js", "worker.js"):
        path = tmp_path / entry
        path.write_text(bundle(WEB / entry), "utf-8")
        assert refused(path) == ""
        assert not re.search("^(import|export) ", path.read_text("utf-8"), re.MULTILINE)
    needed = {*in_order(WEB / "app.js"), *in_order(WEB / "worker.js")}
    assert needed == set(MODULES)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_each_module_is_read_at_one_sitting(path):
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) <= 200
    assert max(map(len, lines)) <= 110
