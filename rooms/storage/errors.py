"""Why the storage does not answer. The API gives each a status and a text (`rooms/api/errors.py`).

StorageError
├── StorageUnavailable        the storage is down, slow or not configured
│   ├── TableMissing          there is no table, or it is not one of this service
│   │   └── AccountsMissing   the settings name too few storage accounts
│   ├── RoomMoves             the room is being moved to another storage account
│   └── ClockWrong            the clock is too far from the storage's to change anything
├── ContentRefused            the storage will never take what is to be written
├── RoomChanged              a change is of another version of its room
├── RequestIdReused           a Repeatability-Request-ID came with another body before
├── DetailsTooLarge           details do not fit one entity
├── TooManyEvents             one answer would need too many events or calls
├── TooManyChanges            one answer would need too many versions of a roster
├── QuarantinedEventNotFound  no such event in quarantine
├── ErasureNotFound           no such erasure of a person
├── JoinLinkUsed              a join link is bound to another browser
├── DeletedHere               an imported room was deleted here
├── AnotherRoom               an imported room is another one of the same id
├── AnotherCarrier            the calls of an imported room run elsewhere here
├── ChangeUnderWay            a change of the room may be under way at ACS
└── InvalidCursor             a cursor is not of this list
"""

from rooms.domain.limits import LIMITS
from rooms.domain.room import RoomCarrier


class StorageError(Exception):
    """Base of the errors of this package."""


class StorageUnavailable(StorageError):
    """The storage is down, slow or not configured. Nothing is half done.

    `retry_after`: the seconds after which another try may succeed, at least one.
    """

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__("the storage is not available")
        self.retry_after = max(retry_after, 1)


class TableMissing(StorageUnavailable):
    """There is no table of that name, or it is not one of this service, in the storage account with
    that number."""

    def __init__(self, table: str = "rooms", account: int = 0) -> None:
        super().__init__()
        self.table = table
        self.account = account

    def __str__(self) -> str:
        if self.account:
            return (
                f"The storage account {self.account} has no table {self.table} with rooms of this "
                f"service. Whoever runs it must check ROOMS_STORAGE__{self.account} and ROOMS_TABLE"
            )
        return (
            f"The storage has no table {self.table} of this service. Whoever runs it must check "
            "ROOMS_TABLE, or make the table with: rooms init"
        )


class AccountsMissing(TableMissing):
    """The rooms are spread over more storage accounts than the settings name."""

    def __init__(self, needed: int = 2, named: int = 1) -> None:
        super().__init__()
        self.needed = needed
        self.named = named

    def __str__(self) -> str:
        missing = ", ".join(f"ROOMS_STORAGE__{number}" for number in range(self.named, self.needed))
        return (
            f"Rooms are in {self.needed} storage accounts, and the settings name {self.named}. "
            f"Whoever runs this service must set {missing}, or these with __tableServiceUri"
        )


class RoomMoves(StorageUnavailable):
    """The room is being moved to another storage account: nothing is changed meanwhile."""

    def __str__(self) -> str:
        return (
            "This room is being moved to another storage account, so it cannot be changed for some "
            "seconds. Please try again."
        )


class ClockWrong(StorageUnavailable):
    """The clock of this process is too far from the storage's: nothing is changed."""

    def __init__(self, ahead: int = 0) -> None:
        super().__init__()
        self.ahead = ahead

    def __str__(self) -> str:
        which = "ahead of" if self.ahead > 0 else "behind"
        return (
            f"The clock of this service is {abs(self.ahead):,} s {which} that of its storage, so "
            "nothing is changed. Whoever runs it must set the clock of the machine."
        )


class ContentRefused(StorageError):
    """The storage will never take what is to be written. `reason` is its status and code."""

    def __init__(self, reason: str = "400") -> None:
        super().__init__(f"the storage does not take this: {reason}")
        self.reason = reason


class RoomChanged(StorageError):
    """A change is of another version of its room than the one there."""


class RequestIdReused(StorageError):
    """A Repeatability-Request-ID came with another body before."""


class DetailsTooLarge(StorageError):
    """Compressed, the details of a room have more than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"details of more than {limit // 1024} KiB, compressed")
        self.limit = limit


class TooManyEvents(StorageError):
    """One answer would need more than `events` call events, or more than `calls` calls."""

    def __init__(self, events: int = LIMITS.events, calls: int = LIMITS.calls) -> None:
        super().__init__(f"more than {events:,} events, or {calls:,} calls")
        self.events = events
        self.calls = calls


class TooManyChanges(StorageError):
    """One answer would need more than `limit` versions of a roster."""

    def __init__(self, limit: int = LIMITS.roster_versions) -> None:
        super().__init__(f"more than {limit:,} versions of a roster")
        self.limit = limit


class QuarantinedEventNotFound(StorageError):
    """There is no such event in quarantine."""


class ErasureNotFound(StorageError):
    """There is no such erasure of a person."""


class JoinLinkUsed(StorageError):
    """A join link is bound to another browser."""


class DeletedHere(StorageError):
    """A room that is imported was deleted here."""


class AnotherRoom(StorageError):
    """A room that is imported was created at another time than the one here with its id."""


class AnotherCarrier(StorageError):
    """The calls of a room that is imported run elsewhere here: `carrier`."""

    def __init__(self, carrier: RoomCarrier = "own") -> None:
        super().__init__(carrier)
        self.carrier = carrier


class ChangeUnderWay(StorageError):
    """A change of a room that is imported, or moves, may be under way at ACS, or was just made, or
    made since the room was read there."""


class InvalidCursor(StorageError):
    """The cursor is not one of this list."""
