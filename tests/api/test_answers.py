import pytest

from rooms.api.error_answers import error_body, member_of, validation_body
from rooms.api.errors import Detail


def test_family_a_is_a_code_and_a_message() -> None:
    assert error_body("NotFound", "No.") == {"error": {"code": "NotFound", "message": "No."}}
    assert error_body("InvalidParameter", "No.", "at")["error"].get("target") == "at"


@pytest.mark.parametrize(
    ("path", "member"),
    [
        ("$", ""),
        ("$.scopes", "Scopes"),
        ("$.createTokenWithScopes.0", "CreateTokenWithScopes[0]"),
        ("$.a.b.12.c", "A.b[12].c"),
    ],
)
def test_identity_names_a_field_as_its_member(path: str, member: str) -> None:
    assert member_of(path) == member


def test_family_b_has_details() -> None:
    assert validation_body([Detail("M", "T")]) == {
        "error": {
            "code": "BadRequest",
            "message": "The request could not be understood by the server due to malformed syntax.",
            "details": [{"code": "BadArgument", "message": "M", "target": "T"}],
        }
    }
