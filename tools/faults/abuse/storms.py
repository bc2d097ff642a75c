"""Storms: a person who rejoins ten thousand times, and thousands of calls of a room in an hour."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rooms.domain.time import DAY, HOUR, SECOND, format_time, now
from testkit.events import Element, Meeting
from testkit.identifiers import raw_id
from testkit.raw import Raw
from testkit.raw_http import Answer
from testkit.running import running_app, storage_settings
from testkit.stored_events import operations_of, write
from testkit.stored_table import StoredTable

TABLE = "storms"

STORMY, CALM, LATE = raw_id(1), raw_id(2), raw_id(3)
"""Who rejoins, who stays, and who comes too late for a call of two."""

AT_ONCE = 8
"""Pages that ask for the live rooms at the same time."""


def rejoins(storages: Sequence[str], folder: Path, count: int) -> Iterator[str]:
    """Yields what is wrong about a call of two people, one of whom has rejoined so often."""
    stored = StoredTable(storages, TABLE)
    settings = {**storage_settings(storages), "ROOMS_TABLE": TABLE, "ROOMS_CALL_CAPACITY": "2"}
    with running_app(folder, settings) as app:
        raw = Raw(app.http, app.manage_key)
        stormy, other = _new_room(raw), _new_room(raw)
        call = Meeting(stormy, now() - (count + 60) * SECOND)
        others = Meeting(other, now() - 60 * SECOND)
        stays = [
            event
            for each in range(count)
            for event in call.stay(each, each + 0.5, STORMY, "Somebody")
        ]
        _store(stored, call.started(), call.added(0, CALM), *stays)
        _store(stored, call.added(count + 1, STORMY, "Somebody"))
        _store(stored, others.started(), others.added(0, CALM))
        with ThreadPoolExecutor(AT_ONCE + 1) as pool:
            asked = [pool.submit(_live, raw) for _ in range(AT_ONCE)]
            quiet = pool.submit(raw.get, f"/rooms/{other}")
            lives = [each.result() for each in asked]
            yield from _expect(quiet.result(), "the other room", {"id": other})
        for counts in lives:
            yield from _differs("the live rooms", counts, {stormy: 2, other: 1})
        yield from _about(raw, stormy, call, count + 1)
        admission = raw.post(f"/rooms/{stormy}/admission", {"rawId": LATE})
        codes = [each["code"] for each in _body(admission).get("reasons", ())]
        yield from _differs("why nobody else may come in", codes, ["RoomFull"])


def _about(raw: Raw, room_id: str, call: Meeting, joins: int) -> Iterator[str]:
    """Yields what is wrong in the answers about the room of the storm."""
    present = _body(raw.get(f"/rooms/{room_id}/presence")).get("call") or {}
    who = sorted(each["rawId"] for each in present.get("participants", ()))
    yield from _differs("who is present", who, [STORMY, CALM])
    at = call.at(0.75)
    between = _body(raw.get(f"/rooms/{room_id}/presence?at={at.replace('+', '%2B')}"))
    yield from _differs("whether a call went on", between.get("live"), True)
    rows = {each["rawId"]: each for each in _value(raw.get(f"/rooms/{room_id}/attendance"))}
    yield from _differs("the joins", rows.get(STORMY, {}).get("joins"), joins)
    yield from _differs("the joins of who stayed", rows.get(CALM, {}).get("joins"), 1)
    listed = [
        (each["id"], each["people"], each.get("incomplete"))
        for each in _value(raw.get(f"/rooms/{room_id}/calls"))
    ]
    yield from _differs("the list of calls", listed, [(call.id, 2, False)])


def calls(storages: Sequence[str], folder: Path, count: int) -> Iterator[str]:
    """Yields what is wrong about a room that had so many calls in an hour, and has one now."""
    stored = StoredTable(storages, f"{TABLE}2")
    settings = {**storage_settings(storages), "ROOMS_TABLE": stored.name}
    with running_app(folder, settings) as app:
        raw = Raw(app.http, app.manage_key)
        room_id, first = _new_room(raw), now() - 2 * HOUR
        first -= first % HOUR
        short = [Meeting(room_id, first + each * HOUR // count) for each in range(count)]
        live = Meeting(room_id, now() - 60 * SECOND)
        events = (
            event
            for call in short
            for event in call.whole(0.5, call.stay(0, 0.25, STORMY, "Somebody"))
        )
        _store(stored, *events)
        _store(stored, live.started(), live.added(0, STORMY))
        present = _body(raw.get(f"/rooms/{room_id}/presence")).get("call") or {}
        yield from _differs("who is present", present.get("count"), 1)
        listed = sorted(each["id"] for each in _pages(raw, f"/rooms/{room_id}/calls"))
        made = sorted(call.id for call in (*short, live))
        yield from _differs("the calls in the list", listed, made)
        yield from _differs("the live rooms", _live(raw), {room_id: 1})
        rows = {each["rawId"]: each for each in _value(raw.get(f"/rooms/{room_id}/attendance"))}
        yield from _differs("the joins", rows.get(STORMY, {}).get("joins"), count + 1)


def _live(raw: Raw) -> dict[str, int]:
    """Returns the live rooms, each with the number of its people."""
    return {each["roomId"]: each["count"] for each in _pages(raw, "/live")}


def _pages(raw: Raw, path: str) -> Iterator[dict[str, Any]]:
    """Yields the items of all pages."""
    while path:
        body = _body(raw.get(path))
        yield from body.get("value", ())
        path = body.get("nextLink", "").removeprefix(raw.endpoint)


def _new_room(raw: Raw) -> str:
    """Makes a room in which everybody may come in."""
    times = {"validFrom": format_time(now() - DAY), "validUntil": format_time(now() + DAY)}
    body = times | {"participants": {each: {"role": "Attendee"} for each in (STORMY, CALM, LATE)}}
    room_id: str = raw.new_room(body)["id"]
    return room_id


def _store(stored: StoredTable, *events: Element) -> None:
    stored.run(write, operations_of(events, with_log=False))


def _body(answer: Answer) -> dict[str, Any]:
    body: dict[str, Any] = answer.json() if answer.body else {}
    return body


def _value(answer: Answer) -> list[dict[str, Any]]:
    value: list[dict[str, Any]] = _body(answer).get("value", [])
    return value


def _expect(answer: Answer, what: str, part: dict[str, Any]) -> Iterator[str]:
    if answer.status != 200 or not part.items() <= _body(answer).items():
        yield f"{what}: {answer.status} {answer.body[:300]!r}"


def _differs(what: str, found: object, expected: object) -> Iterator[str]:
    if found != expected:
        yield f"{what}: {str(found)[:300]} instead of {str(expected)[:300]}"
