"""The details of a room: a title, the customer's own id, the scheduled times, and the names of the
people invited.

Details are JSON: `{"title", "externalId", "scheduledStart", "scheduledEnd", "participants": {rawId:
{"name", "externalId"}}}`, all of it optional. Times are as on the wire.
"""

from collections.abc import Mapping
from typing import Any

from rooms.domain.errors import IncompleteSchedule, ReversedSchedule, TooManyNames
from rooms.domain.limits import LIMITS
from rooms.domain.time import Ticks, parse_time

type Details = dict[str, Any]


def patched_details(
    details: Details, patch: Mapping[str, Any], max_names: int = LIMITS.names
) -> Details:
    """Returns `details` after a merge patch (RFC 7396): null removes. Removes an object that is
    left empty.

    Raises:
        TooManyNames: they would name more than `max_names` people.
        IncompleteSchedule: they would have only one of the scheduled times.
        ReversedSchedule: the scheduled end would not be after the start.
    """
    after = _merged(details, patch)
    if len(after.get("participants", {})) > max_names:
        raise TooManyNames(max_names)
    if ("scheduledStart" in after) != ("scheduledEnd" in after):
        raise IncompleteSchedule("scheduledEnd" if "scheduledStart" in after else "scheduledStart")
    if (slot := scheduled(after)) and slot[0] >= slot[1]:
        raise ReversedSchedule
    return after


def scheduled(details: Details) -> tuple[Ticks, Ticks] | None:
    """Returns the scheduled start and end, or None."""
    if "scheduledStart" not in details:
        return None
    return parse_time(details["scheduledStart"]), parse_time(details["scheduledEnd"])


def names_in(details: Details) -> dict[str, str]:
    """Returns the names of people, by raw id."""
    return {
        raw_id: person["name"]
        for raw_id, person in details.get("participants", {}).items()
        if "name" in person
    }


def people_with(details: Details, external_id: str) -> set[str]:
    """Returns the raw ids of the people who have this external id."""
    return {
        raw_id
        for raw_id, person in details.get("participants", {}).items()
        if person.get("externalId") == external_id
    }


def details_difference(before: Details, after: Details) -> tuple[Details, Details]:
    """Returns of each only what the other does not have."""
    return _only_in(before, after), _only_in(after, before)


def _merged(value: Details, patch: Mapping[str, Any]) -> Details:
    merged = dict(value)
    for key, change in patch.items():
        content = _merged(merged.get(key, {}), change) if isinstance(change, Mapping) else change
        if content is None or content == {}:
            merged.pop(key, None)
        else:
            merged[key] = content
    return merged


def _only_in(one: Details, other: Details) -> Details:
    only = {}
    for key, value in one.items():
        if isinstance(value, dict) and isinstance(other.get(key), dict):
            if content := _only_in(value, other[key]):
                only[key] = content
        elif value != other.get(key):
            only[key] = value
    return only
