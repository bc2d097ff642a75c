"""The arguments and options that commands share."""

import re
from datetime import datetime
from typing import Annotated, Literal

import typer

type State = Literal["open", "upcoming", "expired"]


def _room_id(text: str) -> str:
    if re.fullmatch("[A-Za-z0-9_-]{1,64}", text) is None:
        raise typer.BadParameter("a room id is expected, 1 to 64 letters, digits, - and _")
    return text


def _time(text: str) -> str:
    """The text as it is, once it is known to be a time, as services take finer ones than Python has."""
    try:
        if datetime.fromisoformat(text).tzinfo is not None:
            return text
    except ValueError:
        pass
    raise typer.BadParameter("a time in RFC 3339 is expected, like 2026-05-04T10:00:00Z")


Room = Annotated[str, typer.Argument(metavar="ROOM", parser=_room_id, help="The room's id.")]
Json = Annotated[bool, typer.Option("--json", help="For scripts: as the service answers.")]
From = Annotated[str | None, typer.Option("--from", metavar="TIME", parser=_time, help="RFC 3339, like 2026-05-04T10:00:00Z.")]
Until = Annotated[str | None, typer.Option("--until", metavar="TIME", parser=_time, help="Until just before then.")]
At = Annotated[str | None, typer.Option("--at", metavar="TIME", parser=_time, help="Then instead of now, RFC 3339.")]
