import pytest

from rooms.api.errors import ANSWERS, InvalidParameter, UnsupportedApiVersion, UnsupportedIdentifier
from rooms.api.refusals import field_named, why
from rooms.auth.errors import TooManyRequests
from rooms.domain.errors import RoomNotFound


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("from", "from"),
        ("Repeatability-Request-ID", "Repeatability-Request-ID"),
        ("$", "$"),
        ("$.validFrom", "$.validFrom"),
        ("$.participants", "$.participants"),
        ("$.participants.8:acs:a.b_c.role", "$.participants.*"),
        ("$.participants.Mrs Khan", "$.participants.*"),
        ("$.participants.Khan.name", "$.participants.*"),
        ("$.participants.a\nb.role", "$.participants.*"),
        ("$.8:acs:a", "$.*"),
        ("$.Dr Khan.x", "$.*.x"),
        ("CreateTokenWithScopes[0]", "CreateTokenWithScopes[0]"),
        ("", "*"),
    ],
)
def test_keys_that_people_choose_are_not_shown(target: str, shown: str) -> None:
    assert field_named(target) == shown


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (InvalidParameter("Must not be secret.", "at"), "InvalidParameter at"),
        (
            UnsupportedIdentifier("secret"),
            "BadRequest: A change of the roster has a raw id that is not of an ACS user.",
        ),
        (
            UnsupportedApiVersion("http://h/?secret", "secret"),
            "UnsupportedApiVersion: This service does not support the api-version.",
        ),
        (RoomNotFound(), "NotFound: The server cannot find the requested resource."),
        (
            TooManyRequests("backend", 1),
            "TooManyRequests: backend has sent more requests than ROOMS_KEY_RATE allows",
        ),
    ],
)
def test_a_reason_has_no_value(error: Exception, reason: str) -> None:
    assert why(error, ANSWERS[type(error)]) == reason
