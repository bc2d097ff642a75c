"""The scripts that azd runs, with stand-ins for the programs that they call."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.infra.bicep import INFRA

APP_ID = "/subscriptions/a/resourceGroups/rg/providers/Microsoft.Web/sites/func"


def program(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


class Checkout:
    """A folder with a copy of infra/, and programs that write down how they were called."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.calls = root / "calls"
        shutil.copytree(INFRA, root / "infra")
        for name in ("sleep", "make"):
            self.stand_in(f"bin/{name}")

    def stand_in(self, path: str, fails: int = 0, says: str = "") -> None:
        """Makes a program that says something, fails some times and then succeeds."""
        count = self.root / f"{Path(path).name}.count"
        count.write_text("0")
        program(
            self.root / path,
            f'echo "{Path(path).name} $*" >> {self.calls}; echo "{says}" >&2\n'
            f"n=$(cat {count}); echo $((n + 1)) > {count}; [ $n -ge {fails} ]",
        )

    def run(self, script: str, folder: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [script],
            cwd=self.root / folder,
            env={"PATH": f"{self.root / 'bin'}:{os.environ['PATH']}"} | env,
            capture_output=True,
            text=True,
        )

    def called(self, name: str) -> list[str]:
        lines = self.calls.read_text().splitlines() if self.calls.exists() else []
        return [line for line in lines if line.startswith(f"{name} ")]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.mark.parametrize(
    ("script", "folder"),
    [("./make-table.sh", "infra/app"), ("infra/app/make-table.sh", ".")],
    ids=["in its folder", "in the project"],
)
def test_the_table_is_made_as_soon_as_the_role_counts(
    checkout: Checkout, script: str, folder: str
) -> None:
    checkout.stand_in(".venv/bin/rooms", fails=2)
    done = checkout.run(script, folder, ROOMS_TABLE="rooms")
    assert done.returncode == 0, done.stderr
    assert checkout.called("rooms") == ["rooms init"] * 3
    assert checkout.called("make") == ["make --silent .venv/.run"]


def test_a_table_that_cannot_be_made_ends_the_deployment(checkout: Checkout) -> None:
    checkout.stand_in(".venv/bin/rooms", fails=1_000)
    done = checkout.run("./make-table.sh", "infra/app", ROOMS_TABLE="rooms")
    assert done.returncode == 1
    assert "503 TableNotFound" in done.stderr
    assert len(checkout.called("rooms")) == 40


def test_who_is_not_signed_in_is_told_at_once(checkout: Checkout) -> None:
    checkout.stand_in(".venv/bin/rooms", fails=1_000, says="rooms: You are not signed in: az login")
    done = checkout.run("./make-table.sh", "infra/app", ROOMS_TABLE="rooms")
    assert (done.returncode, done.stdout) == (1, "")
    assert "not signed in" in done.stderr
    assert checkout.called("rooms") == ["rooms init"]


def test_a_table_without_a_name_is_left_to_the_app(checkout: Checkout) -> None:
    checkout.stand_in(".venv/bin/rooms")
    assert checkout.run("./make-table.sh", "infra/app", ROOMS_TABLE="").returncode == 0
    assert checkout.called("rooms") == []


def test_events_wait_until_azure_lists_the_function(checkout: Checkout) -> None:
    checkout.stand_in("bin/az", fails=0)
    done = checkout.run(
        "./wait-for-function.sh",
        "infra/events",
        EVENT_TOPIC_NAME="topic",
        AZURE_FUNCTION_APP_ID=APP_ID,
    )
    assert done.returncode == 0, done.stderr
    asked = [line.split("--url ")[1].split()[0] for line in checkout.called("az")[1:]]
    assert asked == [
        f"{APP_ID}/host/default/sync?api-version=2024-11-01",
        f"{APP_ID}/functions/call_events?api-version=2024-11-01",
    ]


def test_without_the_azure_cli_the_subscription_is_tried_at_once(checkout: Checkout) -> None:
    checkout.stand_in("bin/az", fails=1_000)
    done = checkout.run("./wait-for-function.sh", "infra/events", EVENT_TOPIC_NAME="topic")
    assert done.returncode == 0
    assert len(checkout.called("az")) == 1
    assert "azd provision events" in done.stdout


def test_without_events_nothing_is_waited_for(checkout: Checkout) -> None:
    checkout.stand_in("bin/az")
    assert checkout.run("./wait-for-function.sh", "infra/events").returncode == 0
    assert checkout.called("az") == []
