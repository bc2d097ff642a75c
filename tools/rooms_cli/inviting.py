"""The command `rooms invite-link`."""

import os
from typing import Annotated

import typer

from rooms_cli.client import Client, names_in
from rooms_cli.connection import connection
from rooms_cli.options import MAX_TITLE, Json, Person, Room, time_option, title_of
from rooms_cli.people import raw_id_of
from rooms_cli.screen import say, show_json
from rooms_cli.words import moment, name_or_raw_id


def invite_link(
    room: Room,
    person: Person,
    name: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            parser=title_of,
            help="What the others call them in the call, if not as the room's details. At most "
            f"{MAX_TITLE} characters.",
        ),
    ] = None,
    expires: Annotated[
        str | None,
        time_option(
            "--expires",
            "Until when the link is good, RFC 3339, for example 2026-05-04T10:00:00Z. Default: as "
            "long as the room is open.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a link with which one person joins the room, in the first browser that does."""
    client = Client(connection(os.environ))
    details = client.details(room)
    raw_id = raw_id_of(person, details)
    link = client.make_join_link(room, raw_id, name, expires)
    if as_json:
        show_json(link)
        return
    who = name or name_or_raw_id(raw_id, names_in(details))
    say(f"Only for {who}, until {moment(link['expiresAt'])}:")
    say(link["url"])
