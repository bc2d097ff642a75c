"""What a doctor says of a service: each check says what was found, and what to do."""

from collections.abc import Mapping
from typing import Literal

from rooms.domain.check import Check
from rooms.domain.limits import LIMITS
from rooms.domain.time import DAY, HOUR, Ticks, format_second, format_time

type Name = Literal[
    "storage",
    "table",
    "rights",
    "accounts",
    "clock",
    "throttling",
    "media server",
    "last event",
    "quarantine",
    "upkeep",
    "log export",
]
type Storage = Literal["reachable", "not set", "denied", "unreachable"]
type Account = Literal["answers", "unreachable", "denied", "missing"]
type Rights = Literal["enough", "denied", "unknown", "not tried"]

EXPORT_LATE: Ticks = 2 * DAY
"""A day is exported on the next one."""

LATELY = 3_600
"""Seconds for which a refused request is told."""

UPKEEP_LATE: Ticks = 2 * DAY
"""A pass of the upkeep begins each day."""


def _to_have_rights(setting: str = "ROOMS_STORAGE") -> str:
    return (
        "Give the identity of the app the role Storage Table Data Contributor, or check the key in "
        f"{setting}."
    )


def storage(found: Storage) -> Check[Name]:
    """Returns the check of the storage."""
    match found:
        case "reachable":
            return Check("storage", "ok", "The storage answers.")
        case "not set":
            return Check(
                "storage",
                "failed",
                "No storage is set.",
                "Set ROOMS_STORAGE, or ROOMS_STORAGE__tableServiceUri.",
            )
        case "denied":
            return Check(
                "storage",
                "failed",
                "The storage refuses the service: its key, or its identity, has no right to read.",
                _to_have_rights(),
            )
        case "unreachable":
            return Check(
                "storage",
                "failed",
                "The storage does not answer.",
                "Check the address in ROOMS_STORAGE or ROOMS_STORAGE__tableServiceUri, the "
                "firewall of the storage account, and the state of Azure.",
            )


def table(name: str, marked: bool) -> Check[Name]:
    """Returns the check of the table: whether it has the marker."""
    if marked:
        return Check("table", "ok", f"The table {name} is there.")
    return Check(
        "table",
        "warning",
        f"There is no table {name} yet. The first write makes it.",
        "Make it with: rooms init. Then set ROOMS_TABLE, so that no other is ever made.",
    )


def table_missing(error: str) -> Check[Name]:
    """Returns the check of a table that must be there and is not."""
    return Check("table", "failed", error, "Check ROOMS_TABLE, or make the table with: rooms init")


def accounts_missing(error: str) -> Check[Name]:
    """Returns the check of a table that has rooms in accounts which the settings do not name."""
    return Check("table", "failed", error, "Set them as `rooms spread` shows them.")


def accounts(found: Mapping[int, Account], named: int, moving_to: int | None) -> Check[Name]:
    """Returns the check of the storage accounts but the first.

    Args:
        found: how each is that has rooms.
        named: how many accounts the settings name.
        moving_to: the one that rooms move to, if some do.
    """
    for account, state in found.items():
        setting = f"ROOMS_STORAGE__{account}"
        match state:
            case "missing":
                return Check(
                    "accounts",
                    "failed",
                    f"The storage account {account} has no table with rooms of this service.",
                    f"Check {setting}: accounts must have the numbers that they had.",
                )
            case "denied":
                return Check(
                    "accounts",
                    "failed",
                    f"The storage account {account} refuses the service.",
                    _to_have_rights(setting),
                )
            case "unreachable":
                return Check(
                    "accounts",
                    "failed",
                    f"The storage account {account} does not answer. Its rooms, and lists of all "
                    "rooms, are not to be had.",
                    f"Check {setting}, the firewall of the account, and the state of Azure.",
                )
    if moving_to is not None:
        return Check(
            "accounts",
            "warning",
            f"Rooms are moving to the storage account {moving_to}.",
            "Let `rooms spread` end. If it was killed, run it again.",
        )
    if (unused := named - len(found) - 1) > 0:
        return Check(
            "accounts",
            "warning",
            f"Of {named} storage accounts, {unused} never had rooms.",
            "Bring rooms there with: rooms spread even",
        )
    return Check("accounts", "ok", f"All {named} storage accounts answer.")


def rights(found: Rights) -> Check[Name]:
    """Returns the check of the right to write, from a write that changes nothing."""
    match found:
        case "enough":
            return Check("rights", "ok", "The service may read and write.")
        case "denied":
            text = "The service may read, but not write."
            return Check("rights", "failed", text, _to_have_rights())
        case "not tried":
            return Check(
                "rights",
                "warning",
                "The service may read. A write was not tried, as the clock is wrong.",
                "Set the clock first.",
            )
        case "unknown":
            return Check(
                "rights",
                "failed",
                "The storage did not answer a write.",
                "Ask again. If it stays so, look at the log of the service.",
            )


def unread(name: Name) -> Check[Name]:
    """Returns a check for which the storage did not answer."""
    return Check(name, "failed", "The storage did not answer this.", "Ask again.")


def clock(ahead: float) -> Check[Name]:
    """Returns the check of the clock, from the seconds that it is ahead of the storage's."""
    if abs(ahead) < LIMITS.clock_warning_seconds:
        return Check("clock", "ok", "The clock agrees with that of the storage.")
    which = "ahead of" if ahead > 0 else "behind"
    return Check(
        "clock",
        "failed" if abs(ahead) >= LIMITS.clock_refused_seconds else "warning",
        f"The clock of the service is {abs(ahead):,.0f} s {which} that of the storage.",
        "Set the clock of the machine. From five minutes on nothing is changed.",
    )


def throttling(asked_in: int | None, refused_ago: float | None) -> Check[Name]:
    """Returns the check of throttling: seconds until the storage is asked again, and since it last
    refused a request. This is what one process knows."""
    advice = "Look for what asks so much, such as one key or one room, and set ROOMS_KEY_RATE."
    if asked_in is not None:
        text = (
            f"The storage refuses requests, or does not answer. It is asked again in {asked_in} s."
        )
        return Check("throttling", "failed", text, advice)
    if refused_ago is not None and refused_ago < LATELY:
        text = f"The storage refused a request as one of too many, {refused_ago:,.0f} s ago."
        return Check("throttling", "warning", text, advice)
    return Check("throttling", "ok", "The storage has not refused requests lately.")


def last_event(hour: Ticks | None) -> Check[Name]:
    """Returns the check of the events, from the hour that had the last one."""
    if hour is None:
        return Check(
            "last event",
            "warning",
            "No event of a call is stored.",
            "If calls have been held, look at the event subscription, and its filter.",
        )
    begin, end = format_second(hour), format_second(hour + HOUR)
    return Check("last event", "ok", f"The last event of a call is from {begin} to {end}.")


def quarantine(count: int, more: bool) -> Check[Name]:
    """Returns the check of the quarantine, from the number of events in it."""
    if not count:
        return Check("quarantine", "ok", "No event is in quarantine.")
    known = "1 event is" if count == 1 else f"{count:,} events are"
    some = f"{count:,} or more events are" if more else known
    return Check(
        "quarantine",
        "warning",
        f"{some} in quarantine.",
        "Look at the reasons in the console or with GET /quarantine, and redrive or delete them.",
    )


def upkeep(began: Ticks | None, now: Ticks) -> Check[Name]:
    """Returns the check of the upkeep, from the beginning of its oldest pass; None if it has not
    begun everywhere."""
    advice = "The timer upkeep runs every ten minutes: look whether the app is always on."
    if began is None:
        return Check("upkeep", "warning", "The upkeep has not run through the whole table.", advice)
    if now - began > UPKEEP_LATE:
        days = (now - began) // DAY
        text = f"The upkeep has not begun anew in a part of the table for {days} days."
        return Check("upkeep", "failed", text, advice)
    return Check("upkeep", "ok", f"The upkeep has begun anew since {format_second(began)}.")


def log_export(end: Ticks | None, now: Ticks) -> Check[Name]:
    """Returns the check of the export of the log, from the end of the last day that it has; None if
    it has none."""
    advice = "Look at what the timer export says in the log of the service."
    if end is None:
        return Check("log export", "warning", "No day of the log was exported yet.", advice)
    day = format_time(end - DAY)[:10]
    if now - end > EXPORT_LATE:
        return Check("log export", "failed", f"The log was last exported for {day}.", advice)
    return Check("log export", "ok", f"The log is exported until {day}.")


def no_archive(error: str) -> Check[Name]:
    """Returns the check of an export whose place cannot be used."""
    return Check("log export", "failed", error, "Check ROOMS_ARCHIVE.")
