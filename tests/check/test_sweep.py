"""Whatever single row is removed, and whatever single property is altered, is found; but for a few
that nothing else tells of."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from rooms.storage.entities import pack, unpack
from rooms_cli.check.places import OF_PASSES, Place, Row, place_of
from rooms_cli.check.table import disagreements

NOBODY_KNOWS = {
    "bodyHash": "the body is not kept",
    "reason": "why and when it came into quarantine, only its row says",
    "receivedAt": "likewise",
    "cursor": "from where upkeep goes on is its own concern",
    "beganAt": "likewise",
    "deletedBy": "without it a room was deleted before there was one",
    "roomJoinPolicy": "without it a row is from before open rooms, and the room InviteOnly",
}


def place(row: Row) -> Place:
    found = place_of(row["RowKey"])
    assert found
    return found


@pytest.fixture(scope="session")
def damageable(rows: list[Row]) -> list[tuple[list[Row], Row]]:
    """Each row, behind all that are looked at together with it: those of its room, or of its event
    in quarantine. Without the identities, archives, erasures and marks, with which nothing else
    agrees: see test_table.py."""
    by_subject: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if place(row).kind in (
            "deployment",
            "user",
            "erasure",
            "erasure part",
            "archive",
            "archive key",
            "probe",
            "mark",
            "create mark",
            *OF_PASSES,
        ):
            continue
        by_subject[place(row).of].append(row)
    assert len(by_subject) == 9
    return [(some, row) for some in by_subject.values() for row in some]


def found_if(some: list[Row], row: Row, damaged: Row | None) -> bool:
    """Whether anything is found in those rows once that one is damaged, or removed."""
    others = [other for other in some if other is not row]
    return any(disagreements(others if damaged is None else [*others, damaged]))


def test_nothing_is_found_in_the_table_as_it_was_written(rows: list[Row]) -> None:
    assert list(disagreements(rows)) == []
    of_others = {"marker", "restore", "spread", "journal", "fence"}
    assert of_others | {place(row).kind for row in rows} == set(
        Place.__annotations__["kind"].__value__.__args__
    )


def test_each_row_that_is_removed_is_missed(damageable: list[tuple[list[Row], Row]]) -> None:
    unnoticed = Counter(
        row.get("kind") or place(row).kind
        for some, row in damageable
        if not found_if(some, row, None)
    )
    assert unnoticed == {
        # They can be deleted. Their parts are then those of an event that never came whole.
        "quarantined": 2,
        "upkeep": 11,
        # Hints to upkeep: where it need not look, it looks in vain.
        "until": 3,  # for ends that rooms had, and of a deleted room
        "due": 1,
        "stale": 1,
        "invitee": 1,  # of an external id that was taken away
    }


def altered(value: Any) -> Iterator[Any]:
    """Other values of the same type, and one of another."""
    match value:
        case bool():
            yield from (not value, "true")
        case int():
            yield from (value + 1, str(value))
        case bytes():
            yield from (value[:-1], value + b"x", value[:-1] + bytes([value[-1] ^ 1]), "data")
        case str():
            yield from (
                f"{value}x",
                "",
                value.replace("2026-", "2025-"),
                value.replace("Alice", "Eve"),
                7,
            )


@pytest.mark.thorough
def test_each_property_that_is_altered_or_removed_is_noticed(
    damageable: list[tuple[list[Row], Row]],
) -> None:
    unnoticed = Counter[str]()
    count = 0
    for some, row in damageable:
        for name in row.keys() - {"PartitionKey", "RowKey"}:
            without = {key: value for key, value in row.items() if key != name}
            for damaged in (
                without,
                *(without | {name: value} for value in altered(row[name]) if value != row[name]),
            ):
                count += 1
                unnoticed[name] += not found_if(some, row, damaged)
    assert count > 1_000
    assert {name for name, times in unnoticed.items() if times} == NOBODY_KNOWS.keys()


def variants(value: Any) -> Iterator[Any]:
    """Other JSON values: with one leaf altered, or one entry removed."""
    match value:
        case dict():
            for key, content in value.items():
                if (key, content) != ("roomJoinPolicy", "InviteOnly"):  # which is the default
                    yield {name: other for name, other in value.items() if name != key}
                yield from (value | {key: other} for other in variants(content))
        case list():
            yield value[1:]
        case bool():
            yield not value
        case str():
            yield f"{value}x"


@pytest.mark.thorough
def test_whatever_is_altered_in_what_is_compressed_is_noticed(
    damageable: list[tuple[list[Row], Row]],
) -> None:
    unnoticed = Counter[str]()
    count = 0
    for some, row in damageable:
        if "data0" not in row or place(row).kind in ("quarantined", "part"):
            continue
        for other in variants(unpack(row)):
            count += 1
            if not found_if(some, row, {**row, **pack(other)}):
                unnoticed[row.get("kind") or place(row).kind] += 1
    assert count > 500
    assert unnoticed.keys() == {
        "event",  # the text as it came
    }
