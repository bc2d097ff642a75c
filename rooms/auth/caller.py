"""Authenticated callers."""

from dataclasses import dataclass, field

from rooms.domain.in_call import Participant
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
    participant: Participant | None = None
    """Who asks with their own token of the media plane, on routes of a call."""

    @property
    def quota_name(self) -> str:
        """Returns by what requests of the caller are counted. No key is called like a raw id."""
        return self.name if self.participant is None else self.participant.raw_id
