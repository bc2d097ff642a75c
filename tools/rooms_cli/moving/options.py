"""The options that commands share which read ACS."""

from typing import Annotated

import typer

from rooms_cli.moving.acs_connection import ACS_VARIABLE
from rooms_cli.options import filled

AcsEndpoint = Annotated[
    str | None,
    typer.Option(
        "--acs-endpoint",
        metavar="URL",
        parser=filled,
        help="The ACS resource, https://<resource>.communication.azure.com, read as who you are "
        f"after `az login`. Without it, {ACS_VARIABLE} names the resource.",
    ),
]
Rate = Annotated[
    float, typer.Option(min=0.1, max=1000, metavar="N", help="Requests a second to ACS, at most.")
]
AtOnce = Annotated[
    int, typer.Option(min=1, max=10, metavar="N", help="Rooms that are read at the same time.")
]
