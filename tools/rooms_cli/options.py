"""The arguments and options that commands share, and what is refused before the service is asked."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal, get_args

import typer

type State = Literal["open", "upcoming", "expired"]
type Kind = Literal[
    "RoomCreated",
    "RoomUpdated",
    "RoomDeleted",
    "ParticipantsUpdated",
    "DetailsUpdated",
    "Admitted",
    "Refused",
    "CallStarted",
    "CallEnded",
    "ParticipantAdded",
    "ParticipantRemoved",
]
KINDS: tuple[str, ...] = get_args(Kind.__value__)

MAX_TITLE = 256
"""Characters of a title that the service takes."""


def filled(text: str) -> str:
    """The text, if there is any: a variable that a script forgot to set must not ask for
    everything."""
    if not text.strip():
        raise typer.BadParameter("a value is expected")
    return text


def title_of(text: str) -> str:
    """The text, if it can be a title."""
    if not 1 <= len(text) <= MAX_TITLE:
        raise typer.BadParameter(f"1 to {MAX_TITLE} characters are expected")
    return text


def person_of(text: str) -> str:
    """The text, if it can mean somebody."""
    if not text.strip():
        raise typer.BadParameter("Whom? A raw id, or a name or external id of the room's details.")
    return text


def time_option(name: str, meaning: str) -> Any:
    """An option that takes a time."""
    return typer.Option(name, metavar="TIME", parser=_time, help=meaning)


def _room_id(text: str) -> str:
    if re.fullmatch("[A-Za-z0-9_-]{1,64}", text) is None:
        raise typer.BadParameter("a room id is expected, 1 to 64 letters, digits, - and _")
    return text


def _time(text: str) -> str:
    """The text as it is, once it is known to be a time, as services take finer ones than Python
    has."""
    try:
        if datetime.fromisoformat(text).tzinfo is not None:
            return text
    except ValueError:
        pass
    raise typer.BadParameter("a time in RFC 3339 is expected, like 2026-05-04T10:00:00Z")


Room = Annotated[str, typer.Argument(metavar="ROOM", parser=_room_id, help="The room's id.")]
Json = Annotated[bool, typer.Option("--json", help="For scripts: as the service answers.")]
