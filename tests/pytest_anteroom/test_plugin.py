"""The plugin, as a team uses it: installed with pip, in a project of its own."""

import ast
import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

import pytest_anteroom
from devhost.azurite import PROJECT
from testkit.leash import marked
from testkit.running import new_key
from testkit.waiting import until

PLUGIN = PROJECT / "tools" / "pytest_anteroom"
MARK = "PLUGIN_PROOF"

OPTIONS = ("-p", "no:schemathesis")  # this plugin takes a second to load

KILLED = """
import os
import signal


def test_that_is_killed(anteroom):
    with open(os.environ["REPORT"], "w") as report:
        print("ready", file=report)
    signal.pause()
"""

ANOTHER_KEY = """
import os
from urllib.request import Request, urlopen


def test_it_has_a_key_of_its_own(anteroom):
    assert anteroom.key != os.environ["ANOTHER"]
    assert anteroom.key in anteroom.connection_string
    assert anteroom.key not in repr(anteroom)
    anteroom.reset()


def test_it_makes_its_users_itself(anteroom):
    headers = {"x-api-key": anteroom.key, "Content-Type": "application/json"}
    check = f"{anteroom.endpoint}identities/:checkAccessToken"
    with urlopen(Request(check, b'{"token": "of ACS"}', headers)) as answer:
        assert b"NotOurs" in answer.read()
"""


@dataclass(frozen=True, slots=True)
class Project:
    """A team's project. Its processes, and what they start, have `mark` in their environment."""

    folder: Path
    installed: Path
    mark: str

    def pytest(self, source: str, **environment: str) -> subprocess.Popen[str]:
        """Starts pytest on a file with this source."""
        (self.folder / "test_it.py").write_text(source)
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTEST_", "MAKE", "MFLAGS"))
        }
        return subprocess.Popen(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *OPTIONS, "test_it.py"],
            cwd=self.folder,
            env={**inherited, "PYTHONPATH": str(self.installed), MARK: self.mark, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def result(self, source: str, **environment: str) -> tuple[int, str]:
        """Runs pytest to its end. Returns the exit code and the output."""
        with self.pytest(source, **environment) as process:
            assert process.stdout
            printed = process.stdout.read()
        return process.returncode, printed

    def left(self) -> bool:
        """Whether a process is left."""
        return any(marked(MARK, self.mark))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plugin, as pip installs it."""
    folder = tmp_path_factory.mktemp("site")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--target", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(PLUGIN)], check=True)
    return folder


@pytest.fixture
def project(tmp_path: Path, installed: Path) -> Project:
    return Project(tmp_path, installed, uuid4().hex)


def example() -> str:
    """The test file in the documentation."""
    (found,) = re.findall(r"```python\n(.*?)```", (PROJECT / "docs/ci.md").read_text(), re.DOTALL)
    return str(found)


@pytest.mark.thorough
def test_the_example_in_the_documentation_passes(project: Project) -> None:
    code, printed = project.result(example())
    assert "2 passed" in printed
    assert code == 0
    assert not project.left()


def test_it_ignores_the_settings_of_another_service(project: Project, tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    for entry in PROJECT.iterdir():
        if entry.name != "local.settings.json":
            (checkout / entry.name).symlink_to(entry)
    elsewhere = "AccountName=a;AccountKey=AAAA;TableEndpoint=https://storage.invalid"
    key = new_key()
    acs = f"endpoint=https://acs.invalid;accesskey={key}"
    values = {
        "ROOMS_MANAGE_KEY__another": key,
        "ROOMS_STORAGE": elsewhere,
        "ROOMS_ACS_CONNECTION_STRING": acs,
    }
    (checkout / "local.settings.json").write_text(json.dumps({"Values": values}))
    variables = {"ANTEROOM_HOME": str(checkout), "ROOMS_STORAGE": elsewhere, "ANOTHER": key}
    code, printed = project.result(ANOTHER_KEY, **variables)
    assert "2 passed" in printed
    assert code == 0


def test_nothing_is_left_of_a_pytest_that_is_killed(project: Project, tmp_path: Path) -> None:
    report = tmp_path / "report"
    report.touch()
    with project.pytest(KILLED, REPORT=str(report)) as process:
        until(lambda: "ready\n" in report.read_text() or process.poll() is not None)
        assert process.poll() is None
        assert project.left()
        os.kill(process.pid, signal.SIGKILL)
    until(lambda: not project.left())


def test_a_folder_that_is_no_checkout_is_named(project: Project, tmp_path: Path) -> None:
    code, printed = project.result(example(), ANTEROOM_HOME=str(tmp_path))
    assert code == 1
    assert f"{tmp_path} is not a checkout of Anteroom. Check ANTEROOM_HOME." in printed
    assert not project.left()


def test_what_make_says_is_shown_when_the_service_does_not_start(
    project: Project, tmp_path: Path
) -> None:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "function_app.py").touch()
    (checkout / "Makefile").write_text("run:\n\t@echo Something is missing.; exit 1\n")
    code, printed = project.result(example(), ANTEROOM_HOME=str(checkout))
    assert code == 1
    assert "Anteroom did not start. It said:" in printed
    assert "Something is missing." in printed


@pytest.mark.parametrize("file", sorted(PLUGIN.glob("*.py")), ids=lambda file: file.name)
def test_it_is_written_for_python_3_9(file: Path) -> None:
    ast.parse(file.read_text(), feature_version=(3, 9))


def test_the_repr_of_the_service_has_no_key() -> None:
    service = pytest_anteroom.Anteroom("https://localhost:1/", "the key", "the key", {}, "")
    assert "the key" not in repr(service)
