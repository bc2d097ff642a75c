from rooms.api.error_answers import error_body, validation_body
from rooms.api.errors import Detail


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
