"""Whether the rows of users, of the deployment that made them, of archives of the log,
of checks of the media server and of erasures can be understood."""

import re

from rooms.storage.erasure_state import PHASES
from rooms_cli.check.places import GUID, Place, Row
from rooms_cli.check.properties import (
    Unreadable,
    data_in,
    flag_in,
    number_in,
    optional,
    text_in,
    time_in,
    unpacked,
)

_PEM = re.compile("-----BEGIN PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+-----END PRIVATE KEY-----\n?")


def check_identity(place: Place, row: Row) -> None:
    """Checks a row of a user, the deployment, an archive or an erasure. Raises Unreadable."""
    match place.kind:
        case "user":
            if time_in(row, "usedAt") < time_in(row, "createdAt"):
                raise Unreadable("It was used before it was created.")
            optional(flag_in, row, "deleted")
            if not re.fullmatch("[0-9a-f]{16}", text_in(row, "revision")):
                raise Unreadable("Its `revision` is none that this service writes.")
        case "erasure":
            phase = text_in(row, "phase")
            over = optional(time_in, row, "finishedAt") is not None
            if phase not in PHASES or over != (phase in ("closing", "done", "refused")):
                raise Unreadable("It does not say how far it is.")
            if (phase in ("done", "refused")) == ("data0" in row):
                raise Unreadable("It has ids of a person though it is over, or none before.")
            time_in(row, "startedAt")
            for name in ("pseudonym", "actor", "found"):
                text_in(row, name)
            number_in(row, "rows")
        case "erasure part":
            if text_in(row, "phase") not in PHASES or not isinstance(unpacked(data_in(row)), dict):
                raise Unreadable("It does not say how far it is.")
        case "archive key":
            if not isinstance(row.get("key"), bytes):
                raise Unreadable("It has no key.")
        case "archive":
            time_in(row, "exportedAt")
            for name in ("address", "day", "manifest"):
                text_in(row, name)
        case "probe":
            for name in ("started", "finished"):
                optional(text_in, row, name)
        case "deployment":
            if not re.fullmatch(GUID, text_in(row, "id")):
                raise Unreadable("Its `id` is no GUID.")
            if not _PEM.fullmatch(text_in(row, "privateKey")):
                raise Unreadable("Its `privateKey` is no key in PEM.")
