"""The supported api-versions, and how they differ."""

from rooms.api.errors import ApiVersionUnspecified, UnsupportedApiVersion

API_VERSIONS = ("2023-06-14", "2023-10-30-preview", "2024-04-15", "2025-03-13")
"""Oldest first. The last three differ only in their names. The role Collaborator is documented for
the last, but all accept it."""

SUPPORTED_VERSIONS = ", ".join(API_VERSIONS)

_SPELLINGS = {
    f"ApiVersion.V{version.replace('-', '_').upper()}": version for version in API_VERSIONS
}
"""How the Python SDK, on Python 3.12 and later, names its version from the second page of a list
on."""


def check_api_version(version: str | None, uri: str) -> str:
    """Returns the api-version that `version` names.

    Raises:
        ApiVersionUnspecified: there is none.
        UnsupportedApiVersion: the service does not support it.
    """
    if not version:
        raise ApiVersionUnspecified
    if version in API_VERSIONS:
        return version
    if version in _SPELLINGS:
        return _SPELLINGS[version]
    raise UnsupportedApiVersion(uri, version)


def has_pstn(version: str) -> bool:
    """Returns whether rooms have pstnDialOutEnabled, in requests and in answers."""
    return version != "2023-06-14"
