"""What several test files share."""

import os
from pathlib import Path

import pytest
from support import training_uncompiled


@pytest.fixture(scope="session")
def fashion_mnist_dir() -> Path:
    """The folder of the four official files; without it the test is skipped."""
    folder = os.environ.get("GANLIB_DATA")
    if not folder:
        pytest.skip("needs the real Fashion-MNIST: set GANLIB_DATA to the folder of its four files")
    return Path(folder).resolve()


@pytest.fixture
def uncompiled():
    """Trainings in this test are not compiled by XLA."""
    with training_uncompiled():
        yield
