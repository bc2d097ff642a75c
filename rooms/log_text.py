"""How text from outside is written into a log line: bounded, and without characters that could
forge another line."""

import re

_NAME = re.compile(r"\$|[A-Za-z][A-Za-z0-9-]{0,39}(\[[0-9]{1,5}\])?|[0-9]{1,5}")


def escaped(text: str, limit: int = 200) -> str:
    """Returns `text` for a log line, cut to `limit` characters. Escapes all but printable ASCII."""
    return ascii(text[:limit])[1:-1] + ("..." if len(text) > limit else "")


def error_text(error: BaseException) -> str:
    """Returns the type and the message of an error for a log line."""
    return escaped(f"{type(error).__name__} {error}".strip())


def name_or_star(text: str) -> str:
    """Returns the name of a parameter or a field, or a star if it looks like none: it may then be
    of a person."""
    return text if _NAME.fullmatch(text) else "*"
