"""The command `rooms doctor`."""

import os

from rooms_cli.checks import show_checks
from rooms_cli.client import Client
from rooms_cli.connection import connection
from rooms_cli.options import Json


def doctor(as_json: Json = False) -> None:
    """Say what is wrong with the service, and what to do. Exits with 1 if a check failed, and if
    the service does not answer or does not accept the key."""
    show_checks(Client(connection(os.environ)).doctor(), as_json)
