"""The commands `rooms user ...`."""

import os
from typing import Annotated

import typer

from rooms_cli.client import Client
from rooms_cli.connection import connection
from rooms_cli.options import SCOPES, Json, scope_of
from rooms_cli.screen import say, show_json
from rooms_cli.words import moment

users = typer.Typer(no_args_is_help=True, help="Make users of Communication Services.")


@users.command("create")
def create_user(
    token: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SCOPE",
            parser=scope_of,
            help=f"Make a token for this, too: {', '.join(SCOPES)}. Repeatable.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Create a user and show the raw id, which `rooms create` can invite. With a token, its time
    and the token follow."""
    user = Client(connection(os.environ)).create_user(token or [])
    if as_json:
        show_json(user)
        return
    say(user["identity"]["id"])
    if made := user.get("accessToken"):
        say(f"Token for {', '.join(token or [])}, until {moment(made['expiresOn'])}:")
        say(made["token"])
