"""What becomes of a row when a person is erased."""

import json
from collections.abc import Mapping
from typing import Any

from rooms.domain.erasure import (
    Person,
    erased_detail,
    erased_event,
    found_in_details,
    own_participant,
    participant_id_in,
    raw_id_in,
)
from rooms.domain.events import EVENT_KINDS, CallEvent
from rooms.domain.limits import LIMITS
from rooms.domain.time import parse_time
from rooms.storage import keys
from rooms.storage.arrivals import COPIED
from rooms.storage.entities import (
    Entity,
    binary_of,
    binary_properties,
    compressed,
    event_of,
    pack,
    room_id_of,
    unpack,
)

type Row = Mapping[str, Any]

_ORIGIN = ("actor", "requestId", "onBehalfOf")
_DELETION = ("deletedBy", "deletedByRequest")


def erased_row(person: Person, erasure: str, row: Row) -> Entity | None:
    """Returns a row of a room without the person; None if the person is not in it, and for
    arrivals.

    Events by raw id alone get another key: the old one is a hash that tells the person.
    """
    _, _, rest = row["RowKey"].partition(":")
    if rest.startswith("~"):
        return erased_record(person, erasure, row)
    if rest.startswith("call:"):
        return _erased_event(person, erasure, row)
    if rest.startswith("roster:"):
        return _with_value(row, _erased_roster(person, unpack(row)), erasure)
    if rest == "details":
        return _with_value(row, person.erased(unpack(row)), erasure)
    if rest == "room":
        texts = {name: person.in_id(row[name]) for name in _DELETION if name in row}
        changed = any(texts[name] != row[name] for name in texts)
        return {**row, **texts, "erased": erasure} if changed else None
    return None


def erased_record(person: Person, erasure: str, row: Row) -> Entity | None:
    """Returns a log record, or an arrival that has its detail, without the person; or None."""
    detail = unpack(row)
    own = own_participant(person, detail) if row["kind"] in EVENT_KINDS else None
    after: Entity = {name: person.in_id(row[name], own) for name in _ORIGIN if name in row}
    after_detail = erased_detail(person, row["kind"], detail)
    if after_detail == detail and all(after[name] == row[name] for name in after):
        return None
    changed = _without_data(row) | after | pack(after_detail) | {"erased": erasure}
    if row["kind"] in EVENT_KINDS and _is_by_raw_id(detail, after_detail):
        at = parse_time(row["time"])
        event = CallEvent(
            row["kind"],
            after["requestId"],
            detail["callId"],
            at,
            raw_id=after_detail["rawId"],
        )
        key = keys.log_row(keys.room_of_log_row(row.get("record", row["RowKey"])), at, event.key)
        changed["record" if "record" in row else "RowKey"] = key
    return changed


def erased_arrival(person: Person, erasure: str, row: Row, record: Row | None) -> Entity | None:
    """Returns an arrival without the person; None if the person is not in it.

    Args:
        record: the log record, if the arrival does not have its detail.
    """
    if "data0" in row:
        changed = erased_record(person, erasure, row)
        if changed is None:
            return None
        data = binary_of(changed)
    else:
        if record is None or record.get("erased") in (None, row.get("erased")):
            return None
        changed = dict(row) | {name: record[name] for name in COPIED if name in record}
        changed["erased"] = record["erased"]
        data = binary_of(record)
    kept = binary_properties(data) if len(data) <= LIMITS.arrival_bytes else {}
    return _without_data(changed) | kept | {"size": len(data)}


def traces_in(person: Person, row: Row) -> tuple[set[str], set[str], set[str]]:
    """Returns the raw ids, the external ids and the digests of participant ids of the person that a
    row of a room tells."""
    _, _, rest = row["RowKey"].partition(":")
    nothing: tuple[set[str], set[str], set[str]] = (set(), set(), set())
    if rest == "details":
        return *found_in_details(person, unpack(row)), set()
    if rest.startswith("roster:"):
        return {raw_id for raw_id in unpack(row) if person.is_raw_id(raw_id)}, set(), set()
    if rest.startswith("call:"):
        return _traces_in_event(person, json.loads(row["event"]))
    if "data0" in row and row.get("kind") in EVENT_KINDS:
        return _traces_in_event(person, unpack(row))
    if "data0" in row and row.get("kind") == "DetailsUpdated":
        detail = unpack(row)
        found = [found_in_details(person, detail[when]) for when in ("before", "after")]
        return found[0][0] | found[1][0], found[0][1] | found[1][1], set()
    return nothing


def _traces_in_event(
    person: Person, fields: Mapping[str, Any]
) -> tuple[set[str], set[str], set[str]]:
    raw_id = raw_id_in(fields)
    participant_id = own_participant(person, fields)
    raw_ids = {raw_id} if raw_id is not None and person.is_raw_id(raw_id) else set()
    return raw_ids, set(), {person.digest(participant_id)} if participant_id else set()


def _erased_event(person: Person, erasure: str, row: Row) -> Entity | None:
    fields = json.loads(row["event"])
    after = erased_event(person, fields)
    text = unpack(row)
    if after == fields and not person.is_in(text):
        return None
    changed = _without_data(row) | binary_properties(compressed("")) | {"erased": erasure}
    changed["event"] = json.dumps(after, ensure_ascii=False, separators=(",", ":"))
    if _is_by_raw_id(fields, after):
        changed["RowKey"] = keys.event_row(room_id_of(row), event_of(changed))
    return changed


def _is_by_raw_id(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Returns whether the key of an event was a hash of a raw id of the person, and of nothing that
    only the event knew."""
    return not participant_id_in(before) and raw_id_in(before) != raw_id_in(after)


def _erased_roster(person: Person, roster: Mapping[str, str]) -> dict[str, str]:
    return {
        person.raw_alias(raw_id) if person.is_raw_id(raw_id) else raw_id: role
        for raw_id, role in roster.items()
    }


def _with_value(row: Row, value: Any, erasure: str) -> Entity | None:
    if value == unpack(row):
        return None
    return _without_data(row) | pack(value) | {"erased": erasure}


def _without_data(row: Row) -> Entity:
    return {name: value for name, value in row.items() if name.rstrip("0123456789") != "data"}
