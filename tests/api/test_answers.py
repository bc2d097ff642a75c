import json

import pytest

from rooms.api.acs.participants import participants_body
from rooms.api.acs.rooms import room_body, rooms_body
from rooms.api.acs.versions import API_VERSIONS
from rooms.api.error_answers import error_body, validation_body
from rooms.api.errors import Detail
from rooms.domain.room import Room
from rooms.domain.time import parse_time

ROOM = Room(
    "99482221907697241",
    parse_time("2025-03-18T21:57:53.1625797Z"),
    parse_time("2025-03-18T21:57:53Z"),
    parse_time("2025-09-14T21:57:53.5Z"),
    False,
)
OLDEST, *NEWER = API_VERSIONS


@pytest.mark.parametrize("version", NEWER)
def test_a_room_has_its_keys_in_the_order_of_the_wire(version: str) -> None:
    assert json.dumps(room_body(ROOM, version), separators=(",", ":")) == (
        '{"id":"99482221907697241","createdAt":"2025-03-18T21:57:53.1625797+00:00",'
        '"validFrom":"2025-03-18T21:57:53+00:00","validUntil":"2025-09-14T21:57:53.5+00:00",'
        '"pstnDialOutEnabled":false}'
    )


def test_the_oldest_version_knows_no_dial_out() -> None:
    assert list(room_body(ROOM, OLDEST)) == ["id", "createdAt", "validFrom", "validUntil"]


def test_the_last_page_has_no_next_link() -> None:
    assert list(rooms_body([ROOM], None, NEWER[0])) == ["value"]
    assert list(rooms_body([ROOM], "http://localhost/rooms?nextLink=x", NEWER[0])) == [
        "value",
        "nextLink",
    ]


def test_participants_are_a_list() -> None:
    assert participants_body({"b": "Presenter", "a": "Attendee"}) == {
        "value": [{"rawId": "b", "role": "Presenter"}, {"rawId": "a", "role": "Attendee"}]
    }


def test_family_a_is_a_code_and_a_message() -> None:
    assert error_body("NotFound", "No.") == {"error": {"code": "NotFound", "message": "No."}}
    assert error_body("InvalidParameter", "No.", "at")["error"].get("target") == "at"


def test_family_b_has_details() -> None:
    assert validation_body([Detail("M", "T")]) == {
        "error": {
            "code": "BadRequest",
            "message": "The request could not be understood by the server due to malformed syntax.",
            "details": [{"code": "BadArgument", "message": "M", "target": "T"}],
        }
    }
