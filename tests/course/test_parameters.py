"""A mistyped parameter must never silently train something else."""

import ast
import types

import nbconvert
import nbformat
import papermill
import pytest
from support import raising, says

from ganlib import paths
from ganlib.course import parameters
from ganlib.course.values import KINDS, LARGEST
from ganlib.errors import SettingsError, check_name

WHOLE, NUMBER, TRUTH, TEXT = (KINDS[kind] for kind in (int, float, bool, str))
NOTEBOOKS = sorted((paths.project_root() / "notebooks").glob("[0-9]*.ipynb"))

PARAMETERS = """
dataset: str = "auto"
epochs: int = 2
batch_size: int = 64
rate: float = 1e-3
deterministic: bool = False
width: int | None = None
"""


def notebook(*cells: str, history: bool = True) -> dict:
    """The globals after IPython (or, without history, plain Python) ran the cells."""
    namespace = {"__name__": "__main__", "_i": "a name of IPython's own"}
    if history:
        namespace |= {"In": [""], "Out": {}}
    for cell in cells:
        if history:
            namespace["In"].append(cell)
        exec(cell, namespace)
    return namespace


def refused(*cells: str, **limits) -> str:
    with pytest.raises(SettingsError) as error:
        parameters.validate(notebook(*cells), **limits)
    return str(error.value)


def test_defaults_are_returned_with_their_values():
    found = parameters.validate(notebook(PARAMETERS))
    assert found == types.SimpleNamespace(
        dataset="auto", epochs=2, batch_size=64, rate=1e-3, deterministic=False, width=None
    )


def test_injected_values_win_and_an_int_becomes_the_declared_float():
    found = parameters.validate(
        notebook(PARAMETERS, "# Parameters\nepochs = 5\nrate = 1\nwidth = 3")
    )
    assert (found.epochs, found.rate, found.width) == (5, 1.0, 3)
    assert type(found.rate) is float


def test_an_unknown_name_is_refused_with_the_nearest_and_all_valid_ones():
    message = refused(PARAMETERS, "# Parameters\nepohcs = 5")
    says(message, "'epohcs'", "'epochs'", "dataset, epochs, batch_size, rate, deterministic, width")


def test_a_name_like_no_other_gets_no_guess():
    message = refused(PARAMETERS, "# Parameters\nzzz = 5")
    says(message, "'zzz'", "dataset, epochs")
    assert message.count("'") == 2


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_runs_as_a_script_past_its_validation(path):
    source, _ = nbconvert.PythonExporter().from_filename(str(path))
    statements = ast.parse(source).body
    (end,) = (i for i, node in enumerate(statements) if "= validate(" in ast.unparse(node))
    head = ast.Module(statements[: end + 1], type_ignores=[])
    namespace = {"__name__": "__main__"}
    exec(compile(head, path.stem, "exec"), namespace)
    found = vars(namespace["parameters"])
    assert found["seed"] == 0
    declared = {name: namespace[name] for name in namespace["__annotations__"]}
    more = {"deterministic": False} if "overrides" in declared else {}
    assert found == declared | more


RECIPE = """
recipe: str = "dcgan"
epochs: int = 2
overrides: dict = {}
"""


def test_fields_of_the_recipe_come_from_papermill_or_the_dict():
    found = parameters.validate(notebook(RECIPE))
    assert (found.overrides, found.deterministic) == ({}, False)
    asked = {"loss": "hinge", "batch_size": 64, "beta_1": 0.0, "deterministic": True}
    lines = "\n".join(f"{name} = {value!r}" for name, value in asked.items())
    injected = parameters.validate(notebook(RECIPE, f"# Parameters\n{lines}"))
    written = parameters.validate(notebook(RECIPE.replace("{}", repr(asked))))
    assert injected == written
    assert written.overrides == {"loss": "hinge", "batch_size": 64, "beta_1": 0.0}
    assert written.deterministic is True
    both = notebook(RECIPE.replace("{}", repr(asked)), "# Parameters\nloss = 'wasserstein'")
    assert parameters.validate(both).overrides == written.overrides | {"loss": "wasserstein"}


def test_none_stands_for_the_recipes_own_value():
    found = parameters.validate(notebook(RECIPE, "# Parameters\nbatch_size = None"))
    assert found.overrides == {}


@pytest.mark.parametrize(
    ("name", "value", "parts"),
    [
        ("los", "hinge", ["'los'", "'loss'"]),
        ("epohcs", 3, ["'epohcs'", "'epochs'"]),
        ("loss", "hing", ["'hing'", "'hinge'"]),
        ("batch_size", "64", ["'64'", "-p batch_size 64"]),
        ("batch_size", 1, ["batch_size", 1, 2, 4096]),
        ("deterministic", "false", ["'false'", "-p deterministic False"]),
        ("dropout", 0.5, ["dropout=0.5", "dropout=0"]),  # the recipe dcgan has none
    ],
)
def test_a_wrong_field_of_the_recipe_is_refused_alike_wherever_it_stands(name, value, parts):
    injected = refused(RECIPE, f"# Parameters\n{name} = {value!r}")
    written = refused(RECIPE.replace("{}", repr({name: value})))
    assert injected == written
    says(written, *parts)


def test_overrides_take_neither_what_has_a_line_of_its_own_nor_what_is_no_dict():
    says(refused(RECIPE.replace("{}", "{'epochs': 3}")), "epochs", "parameters cell")
    says(refused(RECIPE.replace("{}", "'hinge'")), "overrides", "'hinge'", "dict")
    # Without overrides in its cell a notebook trains no recipe, and takes none of its fields.
    says(refused(PARAMETERS, "# Parameters\nloss = 'hinge'"), "'loss'", "dataset, epochs")


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("epochs = 0", [0, 1]),
        ("epochs = -3", [-3, 1]),
        ("batch_size = 1", [1, 2, 4096]),
        ("batch_size = 4097", [4097, 2, 4096]),
        ("epochs = True", ["True", WHOLE]),
        ("epochs = None", ["None", WHOLE]),
        ("epochs = 2.0", ["2.0", WHOLE, "-p epochs 2"]),
        ("epochs = 2.5", ["2.5", WHOLE]),
        ("epochs = '5'", ["'5'", WHOLE, "-p epochs 5"]),
        ("epochs = 'abc'", ["'abc'", WHOLE]),
        ("epochs = 'true'", ["'true'", WHOLE]),
        ("epochs = 1e400", ["inf", WHOLE]),
        ("epochs = [5]", ["[5]", WHOLE]),
        ("deterministic = 'false'", ["'false'", TRUTH, "-p deterministic False"]),
        ("deterministic = 'True'", ["'True'", TRUTH, "-p deterministic True"]),
        ("deterministic = 'none'", ["'none'", TRUTH]),
        ("deterministic = 1", [1, TRUTH, "-p deterministic True"]),
        ("deterministic = 2", [2, TRUTH]),
        ("width = 'none'", ["'none'", WHOLE, "None", "-p width None"]),
        ("rate = float('nan')", ["nan", "finite"]),
        ("rate = float('inf')", ["inf", "finite"]),
        ("rate = 'inf'", ["'inf'", NUMBER]),
        ("rate = '1e999'", ["'1e999'", NUMBER]),
        ("rate = True", ["True", NUMBER]),
        ("rate = 10 ** 400", ["floating-point"]),
        ("epochs = 10 ** 30", [LARGEST]),
        ("epochs = -(10 ** 5000)", [LARGEST]),
        ("dataset = 10 ** 5000", ["large", TEXT]),
        ("dataset = 'x' * 10**6", ["...", "'auto'"]),
        ("epochs = '{[]:1}'", ["'{[]:1}'", WHOLE]),
        ("epochs = '{{}}'", ["'{{}}'", WHOLE]),
        ("epochs = '-' * 20_000 + '1'", ["-1'", WHOLE]),
        ("epochs = '(' * 20_000", ["(('", WHOLE]),
        ("epochs = '9' * 20_000", ["...", WHOLE]),
        ("epochs = '\\0'", [r"'\x00'", WHOLE]),
        ("epochs = [1]\nfor _ in range(20_000): epochs = [epochs]", ["[...]", WHOLE]),
        ("dataset = 7", [7, TEXT, '"7"', "-r dataset 7"]),
        ("dataset = 'Fashion-MNIST'", ["'Fashion-MNIST'", "'fashion_mnist'?", "'auto'"]),
        ("dataset = ''", ["''", "'auto'"]),
    ],
)
def test_a_wrong_value_is_refused_with_what_to_write(line, parts):
    message = refused(PARAMETERS, f"# Parameters\n{line}")
    says(message, line.split(" =")[0], *parts)
    assert ("papermill" in message) == (str(parts[-1])[:2] in ("-p", "-r"))
    assert len(message.splitlines()) == 2 and len(message) < 400


@pytest.mark.parametrize("line", ["epochs = 1", "batch_size = 2", "batch_size = 4096"])
def test_the_ends_of_a_range_are_allowed(line):
    name, value = line.split(" = ")
    found = parameters.validate(notebook(PARAMETERS, f"# Parameters\n{line}"))
    assert getattr(found, name) == int(value)


def test_every_problem_stands_in_one_error():
    message = refused(PARAMETERS, "# Parameters\nepohcs = 5\nepochs = 0\nrate = 'x'")
    says(message, 3)
    assert [line[:4] for line in message.splitlines()[1:]] == ["  - "] * 3


def test_the_notebooks_own_limits_are_added_and_win():
    limits = {"choices": {"dataset": ("auto", "csv")}, "minimum": {"epochs": 3, "rate": 0}}
    message = refused(PARAMETERS, "# Parameters\ndataset = 'npz'\nrate = -.5", **limits)
    dataset, epochs, rate = message.splitlines()[1:]
    says(dataset, "dataset", "'npz'", "'auto', 'csv'")
    says(epochs, "epochs", 2, 3)
    says(rate, "rate", -0.5, 0)
    says(refused(PARAMETERS, maximum={"rate": 0.0}), "rate", 0.001, 0.0)


def test_a_multiple_is_asked_for_with_the_nearest_ones():
    multiple = {"batch_size": 20}
    message = refused(PARAMETERS, "# Parameters\nbatch_size = 50", multiple=multiple)
    says(message, "batch_size", 50, 20, 40, 60)
    message = refused(PARAMETERS, "# Parameters\nbatch_size = 7", multiple=multiple)
    assert message.count(" 20") == 2 and " 0" not in message
    found = parameters.validate(
        notebook(PARAMETERS, "# Parameters\nbatch_size = 60"), multiple=multiple
    )
    assert found.batch_size == 60


def test_a_limit_on_an_undeclared_name_is_the_notebooks_fault():
    with pytest.raises(ValueError, match="'recipe'"):
        parameters.validate(notebook(PARAMETERS), choices={"recipe": ("mlp",)})


@pytest.mark.parametrize("annotation", ["str | int", "'str | int'", "typing.Union[str, int]"])
def test_unions_take_either_type_and_no_other(annotation):
    declare = f"import typing\nlayers: {annotation} = "
    assert parameters.validate(notebook(declare + "'all'")).layers == "all"
    assert parameters.validate(notebook(declare + "3")).layers == 3
    says(refused(declare + "True"), "layers", "True", TEXT, WHOLE)


@pytest.mark.parametrize("annotation", ["typing.Optional[int]", "'int | None'"])
def test_optional_takes_none_within_its_limits(annotation):
    declare = f"import typing\nlatent_dim: {annotation} = "
    assert parameters.validate(notebook(declare + "None")).latent_dim is None
    says(refused(declare + "0"), "latent_dim", 0, 1, 4096)


def test_annotations_made_lazy_by_a_future_import_are_read():
    found = parameters.validate(notebook("from __future__ import annotations\nepochs: int = 4"))
    assert found.epochs == 4


def test_an_annotation_that_cannot_be_checked_is_refused():
    says(refused("epochs: 'itn' = 4"), "epochs", "'itn'", "int")
    says(refused("sizes: tuple = (1, 2)"), "sizes", "tuple", "int", "float", "bool", "str")


def test_a_parameter_of_a_type_that_only_looks_right_is_refused_not_dropped():
    declare = "import numpy as np\nepochs: int = "
    says(refused(declare + "np.int64(3)"), "epochs", "int64(3)", WHOLE)
    says(refused("epochs: int"), "epochs", "without")


def test_the_validation_cell_can_run_again_after_later_cells():
    later = "import numpy as np\nloss = 3.5\nbatch: np.ndarray = np.ones(3)"
    found = parameters.validate(notebook(PARAMETERS, "# Parameters\nepochs = 5", later))
    assert found.epochs == 5
    assert not hasattr(found, "batch")


def test_a_corrected_cell_replaces_what_papermill_injected_before():
    wrong = "# Parameters\nepohcs = 5"
    assert parameters.validate(notebook(PARAMETERS, wrong, "# Parameters\nepochs = 5")).epochs == 5
    assert parameters.validate(notebook(PARAMETERS, wrong, PARAMETERS)).epochs == 2


def test_without_parameters_the_cell_to_run_is_named():
    says(refused("x = 3"), "parameters cell", "`epochs: int = 2`")


def test_check_name_passes_a_valid_name_and_names_the_nearest_otherwise():
    check_name("dcgan", ("mlp", "dcgan"), "recipe")
    with raising(SettingsError, "recipe", "'DCGNA'", "'dcgan'", "mlp, dcgan"):
        check_name("DCGNA", ("mlp", "dcgan"), "recipe")


def test_papermill_is_refused_by_a_real_kernel(tmp_path):
    cell = nbformat.v4.new_code_cell
    cells = [
        cell("from ganlib.course.parameters import validate"),
        cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        cell("parameters = validate(globals())"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = tmp_path / "notebook.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    given = {"epohcs": 5, "deterministic": "false", "batch_size": 128}
    with pytest.raises(papermill.PapermillExecutionError) as error:
        papermill.execute_notebook(
            path, tmp_path / "out.ipynb", parameters=given, progress_bar=False
        )
    assert error.value.ename == "SettingsError"
    says(error.value.evalue, 2, "'epohcs'", "'epochs'", "-p deterministic False")


@pytest.mark.parametrize(
    "path", [None, 3, b"runs", ["runs"], "", " ", "\n", "a\0b", "\ud800", "~nobody-by-this-name/x"]
)
def test_what_cannot_be_a_path_is_refused_with_what_was_given(path):
    with raising(SettingsError, repr(path)):
        paths.resolve(path)


def test_a_path_counts_from_the_projects_root(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert paths.resolve("runs/a b") == paths.project_root() / "runs" / "a b"
    assert paths.resolve("~/x") == tmp_path / "x"
    assert paths.resolve(tmp_path) == tmp_path
