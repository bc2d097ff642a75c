"""Who is let in."""

from dataclasses import dataclass

from rooms.settings import Access


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the name of a key, or the object id of a token; and what they may do."""

    name: str
    access: Access
