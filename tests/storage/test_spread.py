"""Which storage account has which rooms."""

from dataclasses import replace

import pytest

from rooms.storage import keys
from rooms.storage.spread import Spread, digit_of, spread_entity, spread_of

OVER_TWO = Spread(version=3, accounts="0000011111", count=2, id="these")
MOVING = Spread(4, "0000011111", moving="4", to=2, phase="copying", count=3, id="these")


@pytest.mark.parametrize(
    ("room_id", "digit"),
    [
        ("99457664805096377", "7"),
        ("99457664805096307", "0"),
        ("an-x7", "0"),
        ("ab", "7"),
        ("7", "7"),
    ],
)
def test_the_digit_before_the_last_says_the_account(room_id: str, digit: str) -> None:
    assert digit_of(room_id) == digit


def test_without_a_row_all_rooms_are_in_the_first_account() -> None:
    spread = spread_of(None)
    assert spread.partitions == list(keys.PARTITIONS)
    assert spread.partition_of("99457664805096377") == "7"
    assert spread.has("7", "99457664805096377:room")


def test_a_partition_has_the_name_of_its_account() -> None:
    assert OVER_TWO.partition_of("99457664805096377") == "17"
    assert OVER_TWO.partition_of("99457664805096347") == "7"
    assert OVER_TWO.partitions == [*keys.PARTITIONS, *(f"1{digit}" for digit in keys.PARTITIONS)]


@pytest.mark.parametrize(
    ("row", "here"),
    [
        ("99457664805096377:room", "17"),
        ("99457664805096347:room", "7"),
        (".index:2516111063999999999:99457664805096377", "17"),
        (".calls:24985612:99457664805096347:c", "7"),
    ],
)
def test_a_row_belongs_into_the_partition_of_its_room(row: str, here: str) -> None:
    assert [each for each in OVER_TWO.partitions if OVER_TWO.has(each, row)] == [here]


@pytest.mark.parametrize(
    "row", [".arrived:1:2:3:99457664805096377", ".quarantine:0", ".pending:+0", ".floor:1"]
)
def test_a_row_that_does_not_move_belongs_where_it_is(row: str) -> None:
    assert OVER_TWO.has("7", row)
    assert OVER_TWO.has("17", row)


@pytest.mark.parametrize("spread", [OVER_TWO, MOVING])
def test_a_spread_is_read_as_it_was_written(spread: Spread) -> None:
    assert spread_of(spread_entity(spread)) == spread


def test_only_the_rooms_of_one_digit_move() -> None:
    assert MOVING.is_moving("99457664805096347")
    assert not MOVING.is_moving("99457664805096377")
    assert not OVER_TWO.is_moving("99457664805096347")


def test_floors_of_partitions_that_rooms_leave_are_kept_in_the_last_phase() -> None:
    assert not MOVING.keeps_floor("7")
    frozen = replace(MOVING, phase="frozen")
    assert [each for each in frozen.partitions if frozen.keeps_floor(each)] == [*keys.PARTITIONS]


def test_an_account_more_is_counted_once() -> None:
    first = Spread().with_account(1)
    assert (first.count, first.with_account(1)) == (2, first)
    assert first.with_account(2).id == first.id != ""
