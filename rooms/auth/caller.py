"""Authenticated callers."""

from dataclasses import dataclass, field

from rooms.settings.keys import Access


@dataclass(frozen=True, slots=True)
class Caller:
    """The name of a key or the object id of a token, and what its holder may do.

    `speaks_for_others`: it may say on whose behalf it asks.
    """

    name: str
    access: Access
    speaks_for_others: bool = False
    signature: bytes | None = field(default=None, compare=False, repr=False)
    """That of the request, if a key has signed it."""
