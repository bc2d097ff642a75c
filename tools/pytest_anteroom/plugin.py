"""The plugin: the fixture `anteroom`, and the option that says where the checkout is."""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from pytest_anteroom.checkout import find_checkout
from pytest_anteroom.service import Anteroom, AnteroomFailed, run

HOME = "ANTEROOM_HOME"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the option and the setting."""
    text = "folder of the Anteroom checkout, if pip has not installed pytest-anteroom from it"
    parser.getgroup("anteroom").addoption("--anteroom-home", metavar="FOLDER", help=text)
    parser.addini("anteroom_home", text)


@pytest.fixture(scope="session")
def anteroom(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Anteroom]:
    """Runs one Anteroom for all tests, on free ports, with a key of its own. SDKs trust its
    certificate: the environment names it."""
    named = (
        pytestconfig.getoption("--anteroom-home")
        or os.environ.get(HOME)
        or pytestconfig.getini("anteroom_home")
    )
    with ExitStack() as stack:
        try:
            folder = tmp_path_factory.mktemp("anteroom")
            running = stack.enter_context(run(find_checkout(named), folder))
        except AnteroomFailed as problem:
            failure = str(problem)
        else:
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            for name, value in running.trust.items():
                patch.setenv(name, value)
            yield running
            return
    pytest.fail(failure, pytrace=False)
