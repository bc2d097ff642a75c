"""The faults of a request that errors of family B answer: a sentence for each, and its field."""

from collections.abc import Callable, Mapping
from typing import Any

from rooms.api.errors import Detail, ValidationFailed
from rooms.domain import errors as domain
from rooms.domain.errors import ValidityFault
from rooms.storage import errors as storage

_VALIDITY_FAULTS: Mapping[ValidityFault, Detail] = {
    ValidityFault.END_IN_THE_PAST: Detail("The time range end is in the past.", "ValidUntil"),
    ValidityFault.BAD_RANGE: Detail(
        "The time range is incorrect, or larger than 180 days.", "ValidUntil"
    ),
    ValidityFault.STARTS_TOO_LATE: Detail(
        "Value is incorrect or more than 180 days in the future.", "ValidFrom"
    ),
    ValidityFault.ONLY_ONE_TIME: Detail("validFrom and validUntil should be set together.", ""),
}

FAULTS: Mapping[type[Exception], Callable[[Any], tuple[Detail, ...]]] = {
    ValidationFailed: lambda error: error.details,
    domain.InvalidValidity: lambda error: tuple(_VALIDITY_FAULTS[f] for f in error.faults),
    domain.TooManyParticipants: lambda error: (
        Detail(f"A room has at most {error.limit:,} participants.", "$.participants"),
    ),
    domain.TooManyNames: lambda error: (
        Detail(f"Details have names of at most {error.limit:,} participants.", "$.participants"),
    ),
    domain.IncompleteSchedule: lambda error: (
        Detail(
            "scheduledStart and scheduledEnd are set together, or both removed with null.",
            f"$.{error.missing}",
        ),
    ),
    domain.ReversedSchedule: lambda _: (
        Detail("scheduledEnd must be after scheduledStart.", "$.scheduledEnd"),
    ),
    domain.RoomOver: lambda _: (
        Detail("This room is over: nobody could join with a link. Extend it first.", ""),
    ),
    domain.PersonNotInvited: lambda _: (
        Detail(
            "Must be on the roster of the room; or, if the room is open to guests, an ACS user: "
            "8:acs:<guid>_<guid>.",
            "$.rawId",
        ),
    ),
    domain.InvalidLinkExpiry: lambda _: (
        Detail("Must be a time to come, and at most validUntil of the room.", "$.expiresAt"),
    ),
    storage.DetailsTooLarge: lambda error: (
        Detail(
            f"Compressed, the details of a room are at most {error.limit // 1024} KiB.",
            "$.participants",
        ),
    ),
    storage.InvalidCursor: lambda _: (
        Detail("This is not a token of a nextLink of this list.", "nextLink"),
    ),
    storage.RequestIdReused: lambda _: (
        Detail(
            "This Repeatability-Request-ID was used with another body.",
            "Repeatability-Request-ID",
        ),
    ),
}
"""The faults, by the error's class."""
