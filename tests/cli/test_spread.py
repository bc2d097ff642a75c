"""`rooms spread` as a user runs it."""

import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from azure.data.tables import TableClient

from devhost.table import prepare_table
from rooms.domain.time import DAY, now
from rooms.storage.entities import identity_row, stored_time
from rooms.storage.growth.run import Run
from rooms.storage.spread import Spread, spread_entity
from rooms_cli import storage_clock
from testkit.running import storage_settings
from tests.cli.line import Line, environment

MOVING = Spread(1, "0" * 10, moving="4", to=1, phase="copying", count=2, id="these")


@pytest.fixture
def table(azurites: list[str]) -> str:
    """The name of a table that is new in the first account."""
    name = f"t{uuid.uuid4().hex}"
    prepare_table(azurites[0], name)
    return name


@pytest.fixture
def shell(azurites: list[str], table: str, tmp_path: Path) -> Line:
    """In which the settings of an app with two accounts are set."""
    settings = storage_settings(azurites[:2]) | {"ROOMS_TABLE": table}
    return Line(tmp_path, environment() | settings)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets moves wait for no other process: there is none."""

    async def at_once(*_: object) -> None:
        pass

    monkeypatch.setattr(Run, "wait", at_once)


def digits(shell: Line) -> list[str]:
    """Which account has which digits, as the command shows it."""
    return [line.partition("  http")[0].rstrip() for line in shell.out("spread")]


def test_it_shows_which_account_has_which_digits(shell: Line) -> None:
    assert digits(shell) == [
        "account  digits               table",
        "0        0 1 2 3 4 5 6 7 8 9",
        "1        none",
    ]


@pytest.mark.usefixtures("impatient")
def test_it_moves_a_digit(shell: Line) -> None:
    told, *shown = shell.out("spread", "4", "1")
    assert told.startswith("Moved the digit 4 from account 0 to account 1. Its rooms could not be")
    assert [line.partition("  http")[0].rstrip() for line in shown[1:]] == [
        "0        0 1 2 3 5 6 7 8 9",
        "1        4",
    ]
    assert shell.out("spread", "4", "1") == shown


def test_it_tells_of_a_move_that_was_interrupted(
    shell: Line, azurites: list[str], table: str
) -> None:
    with TableClient.from_connection_string(azurites[0], table) as client:
        client.upsert_entity(spread_entity(MOVING))
    assert shell.out("spread")[-1] == (
        "The digit 4 is moving to account 1. To end a move that was interrupted: "
        "rooms spread 4 1. To take it back: rooms spread 4 0"
    )
    assert shell.json("spread")["moving"] == "4"


@pytest.mark.parametrize(
    "arguments", [("11", "1"), ("4",), ("even", "1"), ("4", "-1"), ("odd",)], ids=" ".join
)
def test_it_refuses_what_is_no_digit_and_account(shell: Line, arguments: tuple[str, ...]) -> None:
    assert shell.run("spread", *arguments).code == 2


def test_an_account_that_no_setting_names_is_refused(shell: Line) -> None:
    ended = shell.run("spread", "4", "2")
    assert (ended.code, ended.err) == (
        1,
        "rooms: There is no account 2: set ROOMS_STORAGE__2.\n",
    )


def test_a_table_of_another_deployment_is_refused(
    shell: Line, azurites: list[str], table: str
) -> None:
    with TableClient.from_connection_string(azurites[1], table) as client:
        client.create_table()
        client.create_entity({"PartitionKey": "7", "RowKey": "99457664805096377:room"})
    ended = shell.run("spread", "4", "1")
    assert ended.code == 1
    assert "is not that of account 1 of this deployment, and is not empty." in ended.err


def test_only_one_moves_rooms_at_a_time(shell: Line, azurites: list[str], table: str) -> None:
    until = stored_time(now() + DAY)
    with TableClient.from_connection_string(azurites[0], table) as client:
        held = spread_entity(Spread()) | {"holder": "another", "heldUntil": until}
        client.upsert_entity(identity_row(".spread") | held)
    ended = shell.run("spread", "even")
    assert (ended.code, ended.err) == (
        1,
        "rooms: Another process moves rooms. If it was killed, run this command again after "
        f"{until}.\n",
    )


def test_nothing_moves_by_a_clock_that_is_wrong(
    shell: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(storage_clock, "storage_time", lambda _: long_ago)
    ended = shell.run("spread", "even")
    assert ended.code == 1
    assert " min ahead of that of http" in ended.err
    assert digits(shell)[-1] == "1        none"
