"""The arguments and options that several commands share, and their validation."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import typer

type State = Literal["open", "upcoming", "expired"]

type Policy = Literal["open", "invite-only"]
POLICIES: Mapping[Policy, str] = {
    "open": "CommunicationServiceUsers",
    "invite-only": "InviteOnly",
}
"""Who can join a room, as the service names it."""

MAX_TITLE = 256
"""The longest title that the service accepts, in characters."""

SCOPES = ("chat", "voip", "chat.join", "chat.join.limited", "voip.join")
"""The scopes of tokens that the service accepts."""


def filled(text: str) -> str:
    """Returns the text, unless it is blank. An unset variable in a script must not select
    everything."""
    if not text.strip():
        raise typer.BadParameter("must not be empty")
    return _sendable(text)


def title_of(text: str) -> str:
    """Returns the text, if it is a valid title."""
    if not 1 <= len(text) <= MAX_TITLE:
        raise typer.BadParameter(f"must be 1 to {MAX_TITLE} characters long")
    return _sendable(text)


def scope_of(text: str) -> str:
    """Returns the text, if it is a scope of tokens."""
    if text not in SCOPES:
        raise typer.BadParameter(f"must be one of {', '.join(SCOPES)}")
    return text


def time_option(name: str, meaning: str) -> Any:
    """Returns an option that takes a time."""
    return typer.Option(name, metavar="TIME", parser=_time, help=meaning)


def _person(text: str) -> str:
    """Returns the text, unless it is blank."""
    if not text.strip():
        raise typer.BadParameter(
            "is required: a raw id, or a name or external id from the room's details"
        )
    return _sendable(text)


def _sendable(text: str) -> str:
    """Returns the text, unless its bytes on the command line were not UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise typer.BadParameter("must be text in UTF-8") from None
    return text


def _room_id(text: str) -> str:
    if re.fullmatch("[A-Za-z0-9_-]{1,64}", text) is None:
        raise typer.BadParameter("must be a room id: 1 to 64 letters, digits, - and _")
    return text


def _time(text: str) -> str:
    """Returns the text unchanged, if it is a time. The service accepts finer ones than Python."""
    try:
        if datetime.fromisoformat(text).tzinfo is not None:
            return text
    except ValueError:
        pass
    raise typer.BadParameter("must be an RFC 3339 time, for example 2026-05-04T10:00:00Z")


Room = Annotated[str, typer.Argument(metavar="ROOM", parser=_room_id, help="The room's id.")]
OptionalRoom = Annotated[
    str | None, typer.Argument(metavar="ROOM", parser=_room_id, help="The room's id.")
]
Rooms = Annotated[
    list[str] | None, typer.Argument(metavar="ROOM", parser=_room_id, help="The ids of rooms.")
]
Person = Annotated[
    str,
    typer.Argument(
        metavar="PERSON",
        parser=_person,
        help="A raw id, or a name or external id from the room's details.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="For scripts: the service's JSON answer.")]
Table = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", parser=filled, help="The table. Default: ROOMS_TABLE, or `rooms`."
    ),
]
