"""Rooms in several storage accounts are checked where they are, and what is elsewhere is told."""

import json
from dataclasses import replace
from itertools import cycle
from typing import Any

import pytest

from rooms.domain.time import HOUR, now
from rooms.storage.accounts import account_of
from rooms.storage.entities import stored_time
from rooms.storage.rows_of_rooms import room_of_row
from rooms.storage.spread import Spread, digit_of, spread_entity
from rooms_cli.check.table import disagreements

type Row = dict[str, Any]

DIGITS = "0123456789"


@pytest.fixture(scope="module")
def spread(rows: list[Row]) -> Spread:
    """Rooms in three accounts, at least two of which have some of these."""
    ids = {room_id for row in rows if (room_id := room_of_row(row["RowKey"]))}
    accounts = dict(zip(sorted({digit_of(each) for each in ids}), cycle("120"), strict=False))
    return Spread(3, "".join(accounts.get(digit, "0") for digit in DIGITS), count=3, id="one")


@pytest.fixture(scope="module")
def there(rows: list[Row], spread: Spread) -> list[Row]:
    """The rows, each where it is then."""
    return [
        row if room_id is None else row | {"PartitionKey": spread.partition_of(room_id)}
        for row in rows
        for room_id in [room_of_row(row["RowKey"])]
    ]


def row_elsewhere(rows: list[Row]) -> Row:
    """A row of a room that is not in account 0."""
    return next(row for row in rows if account_of(row["PartitionKey"]) > 0)


def left_behind(row: Row) -> Row:
    return row | {"PartitionKey": row["PartitionKey"][-1]}


def test_rooms_agree_in_whichever_account_they_are(there: list[Row], spread: Spread) -> None:
    assert len({account_of(row["PartitionKey"]) for row in there}) > 1
    assert list(disagreements([*there, spread_entity(spread)])) == []


def test_a_row_of_a_room_that_is_in_another_account_is_told(
    there: list[Row], spread: Spread
) -> None:
    stray = left_behind(row_elsewhere(there))
    (found,) = disagreements([*there, stray, spread_entity(spread)])
    assert (found.partition, found.rows) == (stray["PartitionKey"], (stray["RowKey"],))
    assert "rooms spread" in found.advice


def test_what_a_move_has_copied_or_left_behind_is_told_once_and_how_it_goes_on(
    there: list[Row], spread: Spread
) -> None:
    stray = left_behind(row := row_elsewhere(there))
    room_id, account = room_of_row(row["RowKey"]), account_of(row["PartitionKey"])
    assert room_id is not None
    digit = digit_of(room_id)
    moving = spread_entity(replace(spread, moving=digit, to=0, phase="copying"))
    left = spread_entity(spread) | {"left": json.dumps({0: digit})}
    for state, advice in (
        (moving, f"Go on with it: rooms spread {digit} 0"),
        (left, f"Remove them: rooms spread {digit} {account}"),
    ):
        (found,) = disagreements([*there, stray, state])
        assert (found.rows, found.advice) == ((".spread",), advice)
        held = state | {"holder": "a", "heldUntil": stored_time(now() + HOUR)}
        assert list(disagreements([*there, stray, held])) == []


@pytest.mark.parametrize(
    "damage", [{"accounts": "0"}, {"accounts": "0130000000"}, {"left": "["}, {"version": None}]
)
def test_a_spread_that_cannot_be_understood_is_told(damage: Row, spread: Spread) -> None:
    row = {name: value for name, value in (spread_entity(spread) | damage).items() if value}
    (found,) = disagreements([row])
    assert found.what.startswith("Which storage account has which rooms cannot be understood.")
