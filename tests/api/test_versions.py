import pytest

from rooms.api.acs.versions import API_VERSIONS, SUPPORTED_VERSIONS, check_api_version
from rooms.api.errors import ApiVersionUnspecified, UnsupportedApiVersion

URI = "https://localhost/rooms"


@pytest.mark.parametrize("version", API_VERSIONS)
def test_a_version_is_spoken(version: str) -> None:
    assert check_api_version(version, URI) == version


def test_the_python_sdk_may_name_the_member_of_its_enumeration() -> None:
    assert check_api_version("ApiVersion.V2025_03_13", URI) == "2025-03-13"


@pytest.mark.parametrize("version", [None, ""])
def test_without_a_version_the_error_says_so(version: str | None) -> None:
    with pytest.raises(ApiVersionUnspecified):
        check_api_version(version, URI)


@pytest.mark.parametrize(
    "version",
    ["2022-02-01", "2023-03-31-preview", "latest", "2025-03-13,2025-03-13", "ApiVersion.V1"],
)
def test_another_version_is_named_in_the_error(version: str) -> None:
    with pytest.raises(
        UnsupportedApiVersion,
        match=f"request URI '{URI}' does not support the API version '{version}'",
    ):
        check_api_version(version, URI)


def test_the_header_names_all_versions_oldest_first() -> None:
    assert SUPPORTED_VERSIONS == "2023-06-14, 2023-10-30-preview, 2024-04-15, 2025-03-13"
