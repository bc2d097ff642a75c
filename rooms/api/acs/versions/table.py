"""The api-versions of Rooms, and how callers name them."""

from collections.abc import Mapping
from dataclasses import replace

from rooms.api.acs.versions import v2021_04_07, v2022_02_01, v2023_03_31
from rooms.api.acs.versions.api_version import ApiVersion
from rooms.api.errors import ApiVersionUnspecified, UnsupportedApiVersion

SUPPORTED = "2023-06-14, 2023-10-30-preview, 2024-04-15, 2025-03-13"
"""The header api-supported-versions in 2025. Older recordings have what was supported then."""

_ROOMS = frozenset({"create_room", "get_room", "update_room", "delete_room"})

_OF_2021 = ApiVersion(
    name="2021-04-07",
    operations=_ROOMS,
    create=v2021_04_07.CreateRoomOf2021,
    update=v2021_04_07.UpdateRoomOf2021,
    room=v2021_04_07.room_of_2021,
    changed_room=v2021_04_07.changed_room_of_2021,
    participants=v2022_02_01.participants_of_2022,  # it has no route that asks for it
    supported="2021-04-07",
    supported_by_participants="2022-02-01",
    rooms_have_rosters=True,
)
_OF_2022 = ApiVersion(
    name="2022-02-01",
    operations=_ROOMS
    | {"list_participants", "add_participants", "change_participants", "remove_participants"},
    create=v2022_02_01.CreateRoomOf2022,
    update=v2022_02_01.UpdateRoomOf2022,
    room=v2022_02_01.room_of_2022,
    changed_room=v2022_02_01.room_of_2022,
    participants=v2022_02_01.participants_of_2022,
    supported="2021-04-07, 2022-02-01",
    supported_by_participants="2022-02-01",
    rooms_have_rosters=True,
)
_OF_JUNE_2023 = ApiVersion(
    name="2023-06-14",
    operations=_ROOMS | {"list_rooms", "list_participants", "update_participants"},
    create=v2023_03_31.CreateRoomWithoutDialOut,
    update=v2023_03_31.UpdateValidity,
    room=v2023_03_31.room_without_dial_out,
    changed_room=v2023_03_31.room_without_dial_out,
    participants=v2023_03_31.participants_body,
    supported=SUPPORTED,
    supported_by_participants=SUPPORTED,
    deletes_again=True,
)
_OF_MARCH_2023 = replace(
    _OF_JUNE_2023,
    name="2023-03-31-preview",
    supported="2023-03-31-preview, 2023-06-14",
    supported_by_participants="2023-03-31-preview, 2023-06-14",
)
NEWEST = replace(
    _OF_JUNE_2023,
    name="2025-03-13",
    create=v2023_03_31.CreateRoom,
    update=v2023_03_31.UpdateRoom,
    room=v2023_03_31.room_body,
    changed_room=v2023_03_31.room_body,
    deletes_again=False,
)

API_VERSIONS: Mapping[str, ApiVersion] = {
    version.name: version
    for version in (
        _OF_2021,
        _OF_2022,
        _OF_MARCH_2023,
        _OF_JUNE_2023,
        replace(NEWEST, name="2023-10-30-preview"),
        replace(NEWEST, name="2024-04-15"),
        NEWEST,
    )
}
"""The versions by name, oldest first. The role Collaborator is documented for the last, but all
accept it."""

_ALIASES = {"2021-04-07-preview1": "2021-04-07", "2022-02-01-preview": "2022-02-01"}
"""Names of their OpenAPI documents."""

_ENUMERATION = "ApiVersion.V"
"""With this and underscores the Python SDK names its version from the second page of a list on."""


def check_api_version(name: str | None, uri: str, operation: str) -> ApiVersion:
    """Returns the api-version of that name.

    Args:
        operation: the name of the route, which the version must have.

    Raises:
        ApiVersionUnspecified: there is none.
        UnsupportedApiVersion: the service does not support it, or it does not have the route.
    """
    if not name:
        raise ApiVersionUnspecified
    version = named_version(name)
    if version is None or operation not in version.operations:
        raise UnsupportedApiVersion(uri, name)
    return version


def named_version(name: str) -> ApiVersion | None:
    """Returns the api-version that a caller names so, or None if there is none."""
    plain = name
    if name.startswith(_ENUMERATION):
        plain = name.removeprefix(_ENUMERATION).replace("_", "-").lower()
    return API_VERSIONS.get(_ALIASES.get(plain, plain))
