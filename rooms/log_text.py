"""How text from outside is written into a log line: bounded, and without characters that could forge another line."""

import azure.functions as func

from rooms.wire.url import path_and_query


def escaped(text: str, limit: int = 200) -> str:
    """`text` for a log line: of at most `limit` characters, and all that is not printable ASCII as escapes."""
    return ascii(text[:limit])[1:-1] + ("..." if len(text) > limit else "")


def described(req: func.HttpRequest) -> str:
    """Method and path of a request. The query is left out: people put secrets there."""
    return f"{escaped(req.method, 20)} {escaped(path_and_query(req.url).partition('?')[0])}"
