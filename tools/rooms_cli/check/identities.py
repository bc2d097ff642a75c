"""Whether the rows of users, and of the deployment that made them, can be understood."""

import re

from rooms_cli.check.places import GUID, Place, Row
from rooms_cli.check.properties import Unreadable, flag_in, optional, text_in, time_in

_PEM = re.compile("-----BEGIN PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+-----END PRIVATE KEY-----\n?")


def check_identity(place: Place, row: Row) -> None:
    """Checks a row of a user, or of the deployment. Raises Unreadable."""
    match place.kind:
        case "user":
            if time_in(row, "usedAt") < time_in(row, "createdAt"):
                raise Unreadable("It was used before it was created.")
            optional(flag_in, row, "deleted")
            if not re.fullmatch("[0-9a-f]{16}", text_in(row, "revision")):
                raise Unreadable("Its `revision` is none that this service writes.")
        case "deployment":
            if not re.fullmatch(GUID, text_in(row, "id")):
                raise Unreadable("Its `id` is no GUID.")
            if not _PEM.fullmatch(text_in(row, "privateKey")):
                raise Unreadable("Its `privateKey` is no key in PEM.")
