"""How text from outside is written into a log line: bounded, and without characters that could
forge another line."""


def escaped(text: str, limit: int = 200) -> str:
    """Returns `text` for a log line, cut to `limit` characters. Escapes all but printable ASCII."""
    return ascii(text[:limit])[1:-1] + ("..." if len(text) > limit else "")
