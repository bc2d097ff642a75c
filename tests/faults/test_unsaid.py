"""What the fuzz excuses is as little as it says."""

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest
import schemathesis
from schemathesis import Case, GenerationMode, Response
from schemathesis.generation.meta import CaseMetadata, GenerationInfo

from faults.unsaid import accepted_though_invalid, refused_though_valid
from rooms.api.openapi import FILE
from testkit.identifiers import raw_id

SCHEMA = schemathesis.openapi.from_dict(json.loads(FILE.read_text()))
CREATE, UPDATE, ADD, ISSUE = (
    ("/rooms", "POST"),
    ("/rooms/{roomId}", "PATCH"),
    ("/rooms/{roomId}/participants:add", "POST"),
    ("/identities/{id}/:issueAccessToken", "POST"),
)
NOBODY = "Invalid format for communication identifier."
TOO_LATE = "Room join policy cannot be updated after room start time has elapsed"
MAPPED: dict[str, Any] = {"participants": {}}
LISTED: dict[str, Any] = {"participants": []}


def of(*raw_ids: str) -> dict[str, Any]:
    return {"participants": [{"communicationIdentifier": {"rawId": each}} for each in raw_ids]}


def case(operation: tuple[str, str], version: str, body: Any) -> Case[Any]:
    path, method = operation
    meta = CaseMetadata(GenerationInfo(0, GenerationMode.POSITIVE), {}, cast(Any, None))
    return SCHEMA[path][method].Case(
        query={"api-version": version}, body=body, media_type="application/json", _meta=meta
    )


def answer(status: int, message: str = "Must be an object.", target: str = "$.x") -> Response:
    error = {"error": {"message": message, "target": target, "code": "BadRequest"}}
    return cast(Response, SimpleNamespace(status_code=status, json=lambda: error))


@pytest.mark.parametrize("operation", [CREATE, UPDATE])
@pytest.mark.parametrize(
    ("version", "body", "fits"),
    [
        ("2022-02-01", LISTED, True),
        ("2022-02-01", MAPPED, False),
        ("2022-02-01", {"roomJoinPolicy": "Everybody"}, False),
        ("2021-04-07", MAPPED, True),
        ("2021-04-07", LISTED, False),
        ("2021-04-07", {"roomJoinPolicy": "Everybody"}, True),
        ("2023-06-14", {"pstnDialOutEnabled": 1}, True),
        ("2025-03-13", {"pstnDialOutEnabled": 1}, False),
    ],
)
def test_a_body_may_be_refused_if_and_only_if_it_is_another_api_version_s(
    operation: tuple[str, str], version: str, body: Any, fits: bool
) -> None:
    sent = case(operation, version, body)
    assert bool(refused_though_valid(sent, answer(400))) == fits
    assert accepted_though_invalid(sent, answer(200)) == (not fits)


@pytest.mark.parametrize(
    ("operation", "body", "message", "excused"),
    [
        (ADD, of("somebody"), NOBODY, True),
        (ADD, of(""), NOBODY, True),
        (CREATE, of("somebody"), NOBODY, True),
        (ADD, of(raw_id(1)), NOBODY, False),
        (UPDATE, {"roomJoinPolicy": "InviteOnly"}, TOO_LATE, True),
        (UPDATE, {"roomJoinPolicy": None}, TOO_LATE, False),
        (CREATE, {"roomJoinPolicy": "InviteOnly"}, TOO_LATE, False),
        (ADD, of("somebody"), "Must be an object.", False),
    ],
)
def test_who_is_nobody_and_a_policy_that_comes_too_late_are_refused_for_no_other_reason(
    operation: tuple[str, str], body: Any, message: str, excused: bool
) -> None:
    sent = case(operation, "2022-02-01", body)
    assert bool(refused_though_valid(sent, answer(400, message))) != excused


@pytest.mark.parametrize(
    ("minutes", "excused"), [(60.0, True), (60, False), ("60", True), (None, False)]
)
def test_a_whole_number_may_be_refused_if_it_has_a_decimal_point(
    minutes: Any, excused: bool
) -> None:
    sent = case(ISSUE, "2023-10-01", {"scopes": ["voip"], "expiresInMinutes": minutes})
    refusal = answer(400, "Must be a whole number.", "ExpiresInMinutes")
    assert bool(refused_though_valid(sent, refusal)) != excused
