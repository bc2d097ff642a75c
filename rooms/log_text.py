"""How text from outside is written into a log line: bounded, and without characters that could
forge another line."""


def escaped(text: str, limit: int = 200) -> str:
    """`text` for a log line: of at most `limit` characters, and all that is not printable ASCII as
    escapes."""
    return ascii(text[:limit])[1:-1] + ("..." if len(text) > limit else "")
