"""A mistyped parameter must never silently train something else."""

import ast
import types

import nbconvert
import nbformat
import papermill
import pytest

from ganlib import paths
from ganlib.course import parameters
from ganlib.errors import SettingsError, check_name

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
    assert "'epohcs'. Did you mean 'epochs'?" in message
    assert "Valid: dataset, epochs, batch_size, rate, deterministic, width." in message


def test_a_name_like_no_other_gets_no_guess():
    message = refused(PARAMETERS, "# Parameters\nzzz = 5")
    assert "'zzz'. Valid:" in message


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
    ("name", "value", "expected"),
    [
        ("los", "hinge", "Did you mean 'loss'?"),
        ("epohcs", 3, "Did you mean 'epochs'?"),
        ("loss", "hing", "Did you mean 'hinge'?"),
        ("batch_size", "64", "Write 64 (papermill: -p batch_size 64)."),
        ("batch_size", 1, "batch_size is 1; it must be from 2 to 4096."),
        ("deterministic", "false", "Write False"),
        ("dropout", 0.5, "dropout"),  # the recipe dcgan has none
    ],
)
def test_a_wrong_field_of_the_recipe_is_refused_alike_wherever_it_stands(name, value, expected):
    injected = refused(RECIPE, f"# Parameters\n{name} = {value!r}")
    written = refused(RECIPE.replace("{}", repr({name: value})))
    assert injected == written
    assert expected in written


def test_overrides_take_neither_what_has_a_line_of_its_own_nor_what_is_no_dict():
    assert "epochs has a line of its own" in refused(RECIPE.replace("{}", "{'epochs': 3}"))
    assert "overrides is 'hinge'; it must be a dict" in refused(RECIPE.replace("{}", "'hinge'"))
    # Without overrides in its cell a notebook trains no recipe, and takes none of its fields.
    assert "no parameter 'loss'" in refused(PARAMETERS, "# Parameters\nloss = 'hinge'")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("epochs = 0", "epochs is 0; it must be at least 1."),
        ("epochs = -3", "epochs is -3; it must be at least 1."),
        ("batch_size = 1", "batch_size is 1; it must be from 2 to 4096."),
        ("batch_size = 4097", "batch_size is 4097; it must be from 2 to 4096."),
        ("epochs = True", "epochs is True; it must be a whole number."),
        ("epochs = None", "epochs is None; it must be a whole number."),
        ("epochs = 2.0", "epochs is 2.0; it must be a whole number. Write 2 (papermill: -p"),
        ("epochs = 2.5", "epochs is 2.5; it must be a whole number.\n"),
        ("epochs = '5'", "epochs is the text '5'; it must be a whole number. Write 5 (papermill"),
        ("epochs = 'abc'", "epochs is the text 'abc'; it must be a whole number.\n"),
        ("epochs = 'true'", "epochs is the text 'true'; it must be a whole number.\n"),
        ("epochs = 1e400", "epochs is inf; it must be a whole number.\n"),
        ("epochs = [5]", "epochs is [5]; it must be a whole number.\n"),
        ("deterministic = 'false'", "it must be True or False. Write False (papermill: -p det"),
        ("deterministic = 'True'", "it must be True or False. Write True (papermill: -p det"),
        ("deterministic = 'none'", "is the text 'none'; it must be True or False.\n"),
        ("deterministic = 1", "deterministic is 1; it must be True or False. Write True (pap"),
        ("deterministic = 2", "deterministic is 2; it must be True or False.\n"),
        ("width = 'none'", "it must be a whole number or None. Write None (papermill: -p width"),
        ("rate = float('nan')", "rate is nan; it must be a finite number."),
        ("rate = float('inf')", "rate is inf; it must be a finite number."),
        ("rate = 'inf'", "rate is the text 'inf'; it must be a number.\n"),
        ("rate = '1e999'", "rate is the text '1e999'; it must be a number.\n"),
        ("rate = True", "rate is True; it must be a number."),
        ("rate = 10 ** 400", "rate is too large"),
        ("epochs = 10 ** 30", "epochs is too large"),
        ("epochs = -(10 ** 5000)", "epochs is too large"),
        ("dataset = 10 ** 5000", "dataset is a number that is too large; it must be text.\n"),
        ("dataset = 'x' * 10**6", "which is not possible. Valid: 'auto'"),
        ("epochs = '{[]:1}'", "epochs is the text '{[]:1}'; it must be a whole number.\n"),
        ("epochs = '{{}}'", "epochs is the text '{{}}'; it must be a whole number.\n"),
        ("epochs = '-' * 20_000 + '1'", "it must be a whole number.\n"),
        ("epochs = '(' * 20_000", "it must be a whole number.\n"),
        ("epochs = '9' * 20_000", "it must be a whole number.\n"),
        ("epochs = '\\0'", "it must be a whole number.\n"),
        ("epochs = [1]\nfor _ in range(20_000): epochs = [epochs]", "it must be a whole number"),
        ("dataset = 7", 'dataset is 7; it must be text. Write "7", in quotes (papermill: -r data'),
        ("dataset = 'Fashion-MNIST'", "Did you mean 'fashion_mnist'? Valid: 'auto', 'fashion"),
        ("dataset = ''", "dataset is '', which is not possible. Valid: 'auto',"),
    ],
)
def test_a_wrong_value_is_refused_with_what_to_write(line, expected):
    message = refused(PARAMETERS, f"# Parameters\n{line}")
    assert expected in message + "\n"
    assert message.startswith("A parameter is wrong; nothing has been trained.\n")
    assert len(message) < 400


@pytest.mark.parametrize("line", ["epochs = 1", "batch_size = 2", "batch_size = 4096"])
def test_the_ends_of_a_range_are_allowed(line):
    name, value = line.split(" = ")
    found = parameters.validate(notebook(PARAMETERS, f"# Parameters\n{line}"))
    assert getattr(found, name) == int(value)


def test_every_problem_stands_in_one_error():
    message = refused(PARAMETERS, "# Parameters\nepohcs = 5\nepochs = 0\nrate = 'x'")
    assert message.startswith("3 parameters are wrong")
    assert [line[:4] for line in message.splitlines()[1:]] == ["  - "] * 3


def test_the_notebooks_own_limits_are_added_and_win():
    limits = {"choices": {"dataset": ("auto", "csv")}, "minimum": {"epochs": 3, "rate": 0}}
    message = refused(PARAMETERS, "# Parameters\ndataset = 'npz'\nrate = -.5", **limits)
    assert "Valid: 'auto', 'csv'." in message
    assert "epochs is 2; it must be at least 3." in message
    assert "rate is -0.5; it must be at least 0." in message
    assert "rate is 0.001; it must be at most 0.0." in refused(PARAMETERS, maximum={"rate": 0.0})


def test_a_multiple_is_asked_for_with_the_nearest_ones():
    multiple = {"batch_size": 20}
    message = refused(PARAMETERS, "# Parameters\nbatch_size = 50", multiple=multiple)
    assert "batch_size is 50; it must be a multiple of 20, such as 40 or 60." in message
    message = refused(PARAMETERS, "# Parameters\nbatch_size = 7", multiple=multiple)
    assert message.endswith("such as 20.")
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
    assert "must be text or a whole number" in refused(declare + "True")


@pytest.mark.parametrize("annotation", ["typing.Optional[int]", "'int | None'"])
def test_optional_takes_none_within_its_limits(annotation):
    declare = f"import typing\nlatent_dim: {annotation} = "
    assert parameters.validate(notebook(declare + "None")).latent_dim is None
    assert "from 1 to 4096" in refused(declare + "0")


def test_annotations_made_lazy_by_a_future_import_are_read():
    found = parameters.validate(notebook("from __future__ import annotations\nepochs: int = 4"))
    assert found.epochs == 4


def test_an_annotation_that_cannot_be_checked_is_refused():
    assert "epochs is annotated as 'itn'" in refused("epochs: 'itn' = 4")
    assert "it must be int, float, bool or str" in refused("sizes: tuple = (1, 2)")


def test_a_parameter_of_a_type_that_only_looks_right_is_refused_not_dropped():
    declare = "import numpy as np\nepochs: int = "
    assert "it must be a whole number" in refused(declare + "np.int64(3)")
    assert "epochs is declared without a value" in refused("epochs: int")


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
    assert "run the parameters cell first" in refused("x = 3")


def test_check_name_passes_a_valid_name_and_names_the_nearest_otherwise():
    check_name("dcgan", ("mlp", "dcgan"), "recipe")
    with pytest.raises(SettingsError) as error:
        check_name("DCGNA", ("mlp", "dcgan"), "recipe")
    expected = "There is no recipe 'DCGNA'. Did you mean 'dcgan'? Valid: mlp, dcgan."
    assert str(error.value) == expected


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
    assert error.value.evalue.startswith("2 parameters are wrong")
    assert "'epochs'" in error.value.evalue
    assert "Write False" in error.value.evalue


@pytest.mark.parametrize(
    "path", [None, 3, b"runs", ["runs"], "", " ", "\n", "a\0b", "\ud800", "~nobody-by-this-name/x"]
)
def test_what_cannot_be_a_path_is_refused_with_what_was_given(path):
    with pytest.raises(SettingsError) as error:
        paths.resolve(path)
    assert repr(path) in str(error.value)


def test_a_path_counts_from_the_projects_root(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert paths.resolve("runs/a b") == paths.project_root() / "runs" / "a b"
    assert paths.resolve("~/x") == tmp_path / "x"
    assert paths.resolve(tmp_path) == tmp_path
