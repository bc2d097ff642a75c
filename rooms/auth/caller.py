"""Who is let in, and how text from outside is written into a log line."""

from dataclasses import dataclass

from rooms.settings import Access


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the name of a key, or the object id of a token; and what they may do."""

    name: str
    access: Access


def escaped(text: str, limit: int = 200) -> str:
    """`text` for a log line: of at most `limit` characters, and all that is not printable ASCII as escapes."""
    return ascii(text[:limit])[1:-1] + ("..." if len(text) > limit else "")
