"""The settings of the container of Blob Storage to which the log is exported."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rooms.settings.error import SettingsError
from rooms.settings.values import connection_string, service_uri

_CONNECTION_STRING = "ROOMS_ARCHIVE"
_URI = "ROOMS_ARCHIVE__blobServiceUri"
_CLIENT_ID = "ROOMS_ARCHIVE__clientId"
_CONTAINER = "ROOMS_ARCHIVE_CONTAINER"

DEFAULT_CONTAINER = "anteroom-log"

_NAME = re.compile("[a-z0-9](-?[a-z0-9])+")


@dataclass(frozen=True, slots=True)
class ArchiveContainer:
    """A container, in the account of a connection string, or of the address of a blob service.

    `client_id` is that of a user-assigned identity.
    """

    connection_string: str | None = field(repr=False)
    uri: str | None
    client_id: str | None
    container: str


def read_archive(env: Mapping[str, str]) -> ArchiveContainer | None:
    """Reads the container that `env` names; None if it names none.

    Raises:
        SettingsError: a setting cannot be used.
    """
    text, uri = env.get(_CONNECTION_STRING, ""), env.get(_URI, "")
    client_id, container = env.get(_CLIENT_ID) or None, env.get(_CONTAINER, "")
    if not (text or uri):
        for setting, value in ((_CLIENT_ID, client_id), (_CONTAINER, container)):
            if value:
                raise SettingsError(
                    f"{setting}: needs {_CONNECTION_STRING} or {_URI}, the storage that it is for."
                )
        return None
    if text and uri:
        raise SettingsError(f"{_URI}: set only one of this and {_CONNECTION_STRING}.")
    if client_id and not uri:
        raise SettingsError(f"{_CLIENT_ID}: needs {_URI}, the storage that it is for.")
    account = connection_string(env, _CONNECTION_STRING, "BlobEndpoint")
    service = service_uri(env, _URI, "blob")
    container = container or DEFAULT_CONTAINER
    if not (3 <= len(container) <= 63 and _NAME.fullmatch(container)):
        raise SettingsError(
            f"{_CONTAINER}: must have 3 to 63 lower-case letters, digits and single hyphens, and "
            "begin and end with a letter or digit."
        )
    return ArchiveContainer(account, service, client_id, container)
