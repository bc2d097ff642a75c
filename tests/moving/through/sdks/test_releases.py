"""The tests of older releases of the SDKs, against an app in mode through: those of 2023 and later,
as no room at ACS is open."""

import pytest

from tests.contract.releases.test_releases import (
    session_of_2023,
    test_a_list_of_several_pages_is_read_to_its_end,
    test_a_room_has_the_fields_of_its_api_version,
    test_an_update_changes_the_times,
    test_participants_are_added_updated_and_removed,
    test_refusals_have_status_and_code,
)

pytestmark = pytest.mark.thorough

__all__ = [
    "session_of_2023",
    "test_a_list_of_several_pages_is_read_to_its_end",
    "test_a_room_has_the_fields_of_its_api_version",
    "test_an_update_changes_the_times",
    "test_participants_are_added_updated_and_removed",
    "test_refusals_have_status_and_code",
]
