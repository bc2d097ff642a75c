"""Nothing outlives a test run that is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from devhost.azurite import PROJECT
from testkit.leash import marked
from testkit.waiting import until

VARIABLE = "TESTKIT_PROOF"

TEST = """
import os
import signal
import subprocess
import sys

from testkit.running import running_app


def test_that_is_killed(azurite, tmp_path):
    with running_app(tmp_path) as app:
        play = ["-m", "simulator", "--live", "--speed=1", f"--endpoint={app.http}"]
        subprocess.Popen([sys.executable, *play, f"--key={app.manage_key}"], start_new_session=True)
        print("killable:", os.getpid(), file=open(os.environ["REPORT"], "w"), flush=True)
        signal.pause()
"""


STARTED = ("azurite.js", "-m devhost", "-m simulator", "leash.py")


def lines(mark: str) -> list[str]:
    """Returns the command lines of what runs with this mark."""
    found = []
    for process in marked(VARIABLE, mark):
        with suppress(psutil.Error):  # it has ended meanwhile
            found.append(" ".join(process.cmdline()))
    return found


def all_started(mark: str) -> bool:
    running = lines(mark)
    return all(any(each in line for line in running) for each in STARTED)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("options", "victim"),
    [
        pytest.param(["-n0"], "pytest", marks=pytest.mark.thorough),
        pytest.param(["-n1"], "pytest", marks=pytest.mark.thorough),
        (["-n1", "--max-worker-restart=0"], "worker"),
    ],
    ids=["alone", "with a worker", "the worker"],
)
def test_nothing_is_left_of_a_test_run_that_is_killed(
    tmp_path: Path, options: Sequence[str], victim: str
) -> None:
    (tmp_path / "test_that_is_killed.py").write_text(TEST)
    mark, report = uuid4().hex, tmp_path / "report"
    report.touch()
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-c", "pyproject.toml"]
    with (tmp_path / "printed").open("wb") as output:
        pytest_run = subprocess.Popen(
            [*command, f"--rootdir={PROJECT}", *options, str(tmp_path)],
            cwd=PROJECT,
            env={**os.environ, VARIABLE: mark, "REPORT": str(report)},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    until(lambda: "\n" in report.read_text() or pytest_run.poll() is not None)
    assert pytest_run.poll() is None, (tmp_path / "printed").read_text()
    until(lambda: all_started(mark))
    worker = int(report.read_text().removeprefix("killable: "))
    os.kill(pytest_run.pid if victim == "pytest" else worker, signal.SIGKILL)
    pytest_run.wait()
    until(lambda: not lines(mark))
