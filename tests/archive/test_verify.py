"""Whatever is altered in what was exported is found, and named; and nothing else is."""

import asyncio
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient

from rooms.archive.days import sha256
from rooms.archive.export import Export
from rooms.archive.places import Folder
from rooms.domain.time import DAY
from rooms.storage import keys
from rooms.storage.entities import pack, unpack
from rooms.storage.table import Table
from rooms.upkeep.walk import Upkeep
from tests.archive.exported import DAYS, Snapshot, Table3Days
from tests.check.filled import ALICE, BEGIN, ORIGIN, Filling
from tests.effort import THOROUGH

type Row = dict[str, Any]
type Rows = dict[str, Row]


@dataclass(frozen=True, slots=True)
class Damage:
    """What is done to a table, and which row is then named."""

    what: str
    removed: Sequence[Row]
    written: Sequence[Row]
    named: str


def kind_of(key: str) -> str:
    if key.startswith(".arrived:"):
        return "of all"
    return "log" if keys.is_log_row(key) else "of room" if ":arrived:" in key else ""


def exported_rows(rows: Rows, kind: str) -> list[Row]:
    """Rows of that kind of the second day, those of one record first."""
    of_day = [
        row
        for key, row in sorted(rows.items())
        if kind_of(key) == kind and row["receivedAt"].startswith(DAYS[1])
    ]
    return sorted(of_day, key=lambda row: (row["kind"], row["receivedAt"]))


def altered(row: Row, **properties: Any) -> Row:
    return {name: value for name, value in {**row, **properties}.items() if value is not None}


def damages(rows: Rows) -> Iterator[Damage]:
    for kind in ("log", "of room", "of all"):
        some = exported_rows(rows, kind)
        assert len(some) > 20
        first = some[0]
        large = next((row for row in some if "data0" not in row), None)
        alterations: dict[str, dict[str, Any]] = {
            "another time": {"time": "2026-05-05T00:00:00.0000000Z"},
            "another kind": {"kind": "other"},
            "another actor": {"actor": "other"},
            "another requestId": {"requestId": "other"},
            "another receivedAt": {"receivedAt": "2026-05-05T00:00:00.0000000Z"},
            "no actor": {"actor": None},
            "whom it was for": {"onBehalfOf": "me"},
            "erased, it says": {"erased": "e" * 32},
        }
        of_changes = [row for row in some if "data0" in row and row["actor"] == ORIGIN.actor]
        for row, (what, properties) in zip(of_changes, alterations.items(), strict=False):
            yield Damage(f"{kind}: {what}", [], [altered(row, **properties)], row["RowKey"])
        event = next(row for row in some if row["kind"] == "ParticipantAdded")
        detail = {**unpack(event), "displayName": "Eve"}
        yield Damage(f"{kind}: another name", [], [event | pack(detail)], event["RowKey"])
        yield Damage(
            f"{kind}: erased, it says, with another name",
            [],
            [event | pack(detail) | {"erased": "e" * 32}],
            event["RowKey"],
        )
        yield Damage(f"{kind}: data cut", [], [event | {"data0": b"x"}], event["RowKey"])
        yield Damage(f"{kind}: no data", [], [altered(event, data0=None)], event["RowKey"])
        yield Damage(f"{kind}: removed", [event], [], event["RowKey"])
        if large is not None:
            for name, value in (("actor", "other"), ("size", 1), ("record", event["RowKey"])):
                changed = altered(large, **{name: value})
                yield Damage(f"{kind}, large: another {name}", [], [changed], large["RowKey"])
            yield Damage(f"{kind}, large: removed", [large], [], large["RowKey"])
        if kind == "log":
            key = f"{first['RowKey'][:-1]}{'0' if first['RowKey'][-1] != '0' else '1'}"
            yield Damage("log: inserted", [], [first | {"RowKey": key}], key)
            without = altered(first, receivedAt=None)
            yield Damage("log: inserted, of old", [], [without | {"RowKey": key}], key)
            yield Damage("log: moved", [first], [first | {"RowKey": key}], key)
            other = next(row for row in some if row["kind"] == "RoomDeleted")
            yield Damage("log: of another", [], [other | {"data0": event["data0"]}], "")
        else:
            arrival = keys.arrival_of(first["RowKey"])
            key = first["RowKey"].replace(arrival, arrival[:-16] + "0" * 16)
            yield Damage(f"{kind}: inserted", [], [first | {"RowKey": key}], key)
            yield Damage(f"{kind}: moved", [first], [first | {"RowKey": key}], key)
    log, room, every = (exported_rows(rows, kind) for kind in ("log", "of room", "of all"))
    record = next(row for row in log if row["kind"] == "CallEnded")
    whole = [record, *(row for row in (*room, *every) if row["record"] == record["RowKey"])]
    assert len(whole) == 3
    yield Damage("a record: removed", whole, [], whole[1]["RowKey"])
    detail = pack({**unpack(record), "endedBy": "nobody"})
    yield Damage("a record: altered", [], [row | detail for row in whole], record["RowKey"])
    key = f"{record['RowKey'][:-32]}{'0' * 32}"
    arrivals = [
        row
        | {
            "RowKey": row["RowKey"].replace(
                keys.arrival_of(row["RowKey"]), keys.arrival_of(row["RowKey"])[:-16] + "0" * 16
            ),
            "record": key,
        }
        for row in whole[1:]
    ]
    yield Damage("a record: inserted", [], [record | {"RowKey": key}, *arrivals], key)


def together(found: Iterable[Damage], rows: Rows) -> list[list[Damage]]:
    """Puts altered rows together, as a verification takes its time: each group has different ones.
    Rows that are removed or inserted are alone."""
    groups: list[list[Damage]] = []
    alone: list[list[Damage]] = []
    for damage in found:
        altered_only = not damage.removed and {row["RowKey"] for row in damage.written} <= set(rows)
        if not (altered_only and damage.named):
            alone.append([damage])
            continue
        free = (group for group in groups if not touched(group) & touched([damage]))
        if (group := next(free, None)) is None:
            groups.append([damage])
        else:
            group.append(damage)
    return groups + alone


def touched(group: Iterable[Damage]) -> set[str]:
    return {row["RowKey"] for damage in group for row in damage.written}


async def test_each_altered_removed_or_inserted_row_is_found(exported: Table3Days) -> None:
    rows = exported.rows()
    count, missed = 0, []
    for group in together(damages(rows), rows):
        count += len(group)
        written = [row for damage in group for row in damage.written]
        removed = [row for damage in group for row in damage.removed]
        for row in removed:
            exported.client.delete_entity(row)
        for row in written:
            exported.client.upsert_entity(row, mode=UpdateMode.REPLACE)
        found, _ = await exported.verified()
        named = {each.row for each in found}
        missed += [
            damage.what
            for damage in group
            if not found or (damage.named and damage.named not in named)
        ]
        for row in written:
            exported.client.delete_entity(row)
        for row in (*removed, *written):
            if row["RowKey"] in rows:
                exported.client.upsert_entity(rows[row["RowKey"]], mode=UpdateMode.REPLACE)
    assert missed == []
    assert count >= 50
    assert (await exported.verified())[0] == []


def manifest(folder: Path, day: str) -> Path:
    return folder / day / "manifest.json"


def rewritten(path: Path, change: Callable[[Any], Any]) -> None:
    path.write_text(json.dumps(change(json.loads(path.read_text())), indent=1) + "\n")


def without_first(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))


def some_file(folder: Path) -> Path:
    return next((folder / DAYS[1]).glob("*.ndjson"))


FILES: dict[str, Callable[[Path], object]] = {
    "a line removed": lambda folder: without_first(some_file(folder)),
    "a line altered": lambda folder: some_file(folder).write_bytes(
        some_file(folder).read_bytes().replace(b"tester", b"nobody").replace(b"event-", b"Event-")
    ),
    "a file emptied": lambda folder: some_file(folder).write_bytes(b""),
    "no lines": lambda folder: some_file(folder).write_bytes(b"\xff\x00\n{}"),
    "a file removed": lambda folder: some_file(folder).unlink(),
    "a file added": lambda folder: (folder / DAYS[1] / "7-0099.ndjson").write_bytes(b"\n"),
    "a manifest altered": lambda folder: rewritten(
        manifest(folder, DAYS[0]), lambda found: found | {"records": 1}
    ),
    "the last manifest altered": lambda folder: rewritten(
        manifest(folder, DAYS[2]), lambda found: found | {"first": None}
    ),
    "a manifest that is none": lambda folder: manifest(folder, DAYS[1]).write_text("[]"),
    "a manifest of another day": lambda folder: rewritten(
        manifest(folder, DAYS[2]), lambda found: found | {"day": DAYS[1]}
    ),
    "the first manifest removed": lambda folder: manifest(folder, DAYS[0]).unlink(),
    "a manifest removed": lambda folder: manifest(folder, DAYS[1]).unlink(),
    "the last manifest removed": lambda folder: manifest(folder, DAYS[2]).unlink(),
    "all removed": lambda folder: shutil.rmtree(folder),
}


@pytest.mark.parametrize("what", FILES)
async def test_each_altered_removed_or_added_file_is_found(exported: Table3Days, what: str) -> None:
    FILES[what](exported.folder)
    found, _ = await exported.verified()
    assert found
    told = {(each.file or each.day)[:10] for each in found}
    assert told & {DAYS[2] if "last" in what or "another" in what else DAYS[1], ""}


@pytest.mark.parametrize("name", ["key", "manifest", "day"])
async def test_what_the_table_knows_of_the_archive_is_checked(
    exported: Table3Days, name: str
) -> None:
    (before,) = (
        row
        for key, row in exported.rows().items()
        if (key == ".archive" if name == "key" else key.startswith(".archive:"))
    )
    other = {"key": b"0" * 32, "manifest": "0" * 64, "day": "2026-05-07"}[name]
    exported.client.upsert_entity(before | {name: other}, mode=UpdateMode.REPLACE)
    found, _ = await exported.verified()
    exported.client.upsert_entity(before, mode=UpdateMode.REPLACE)
    assert found
    assert (await exported.verified())[0] == []


def chained_anew(folder: Path, **properties: Any) -> None:
    """Writes all manifests again, each with the SHA-256 of the one before."""
    previous = None
    for day in DAYS:
        path = manifest(folder, day)
        found = json.loads(path.read_text()) | {"previous": previous} | properties
        path.write_text(json.dumps(found, indent=1) + "\n")
        previous = sha256(path.read_bytes())


async def test_a_chain_of_another_archive_is_found(exported: Table3Days) -> None:
    chained_anew(exported.folder, archive="f" * 32)
    found, _ = await exported.verified()
    assert ["the manifests were replaced" in each.what for each in found] == [True]


async def test_a_chain_with_a_day_that_the_table_has_not_noted_is_checked(
    exported: Table3Days,
) -> None:
    """An export that was killed has not noted its last day. That of the day before still counts."""
    (before,) = (row for key, row in exported.rows().items() if key.startswith(".archive:"))
    hashed = sha256(manifest(exported.folder, DAYS[1]).read_bytes())
    exported.client.upsert_entity(before | {"day": DAYS[1], "manifest": hashed})
    untouched, _ = await exported.verified()
    chained_anew(exported.folder, last=None)
    found, _ = await exported.verified()
    exported.client.upsert_entity(before)
    assert untouched == []
    assert [each.day for each in found] == [DAYS[1]]


async def test_nothing_is_found_in_a_table_that_is_written_to_meanwhile(
    exported: Table3Days,
) -> None:
    """New rooms, changes of old ones, events that came late, upkeep, and readers who raise floors,
    until the log has been verified."""
    done = asyncio.Event()
    old = [key.partition(":")[0] for key in exported.rows() if key.endswith(":room")]
    name = exported.client.table_name

    async def write(client: TableClient) -> int:
        written = 0
        filling = Filling(client)
        filling.now = BEGIN + 3 * DAY + DAY // 2
        while not done.is_set():
            await filling.a_room_of_everything(f"create {written}")
            for room_id in old:
                await filling.admissions.record(
                    room_id, filling.now, "Admitted", {"rawId": ALICE, "role": "Attendee"}, ORIGIN
                )
            filling.now -= 2 * DAY
            await filling.meeting(old[0], f"call {written}")
            filling.now += 2 * DAY
            await filling.meeting("new-7", f"call {written}")
            await Upkeep(Table(client), filling.rooms, lambda: filling.now, DAY, DAY * 400).run(1)
            written += 1
        return written

    async with TableClient.from_connection_string(exported.connection_string, name) as client:
        writing = asyncio.create_task(write(client))
        for _ in range(3 if THOROUGH else 1):
            found, counts = await exported.verified()
            assert found == []
            assert counts.records > 50
        done.set()
        assert await writing > 0
        await Export(Table(client), Folder(exported.folder), lambda: BEGIN + 4 * DAY).run()
    found, counts = await exported.verified()
    assert (found, counts.days, counts.uncovered, counts.removed) == ([], 4, 0, 0)


async def test_what_upkeep_has_removed_is_counted_and_a_removal_ahead_of_it_is_found(
    three_days: Snapshot, tmp_path: Path
) -> None:
    kept = BEGIN + DAY + DAY // 2
    with three_days.copied(tmp_path) as table:
        async with table.asynchronous() as client:
            filling = Filling(client)
            retention = 400 * DAY
            upkeep = Upkeep(
                Table(client), filling.rooms, lambda: kept + retention, 500 * DAY, retention
            )
            await upkeep.run(60)
        found, counts = await table.verified(kept + DAY)
        assert found == []
        assert 20 < counts.removed < counts.records
        found, _ = await table.verified(BEGIN)
        assert len(found) > 20
