"""The api-versions that are spoken, and how they differ."""

from rooms.errors import ApiVersionUnspecified, UnsupportedApiVersion

API_VERSIONS = ("2023-06-14", "2023-10-30-preview", "2024-04-15", "2025-03-13")
"""Oldest first. Those between the first and the last differ in nothing but their names; the role Collaborator,
documented for the last, is accepted by all."""

SUPPORTED_VERSIONS = ", ".join(API_VERSIONS)


def check_api_version(version: str | None, uri: str) -> str:
    """`version`, if it is spoken.

    Raises:
        ApiVersionUnspecified: there is none.
        UnsupportedApiVersion: it is not spoken.
    """
    if not version:
        raise ApiVersionUnspecified
    if version not in API_VERSIONS:
        raise UnsupportedApiVersion(uri, version)
    return version


def has_pstn(version: str) -> bool:
    """Whether rooms have pstnDialOutEnabled, in requests and in answers."""
    return version != "2023-06-14"
