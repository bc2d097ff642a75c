"""What the OpenAPI document cannot say: for this only may a request that is valid by it be refused,
or another be accepted."""

from typing import Any

from schemathesis import Case, Response

from rooms.api.body import TIME_EXPECTED

_UNSAID = {
    "",
    "ValidFrom",
    "ValidUntil",
    "$.scheduledStart",
    "$.scheduledEnd",
    "Repeatability-Request-ID",
    "Repeatability-First-Sent",
    "nextLink",
    "from",
    "until",
    "at",
}
"""Targets of such refusals."""


def has_ignored(case: Case[Any]) -> bool:
    """Whether something is there that is ignored, whatever it is: so the request may be accepted.

    That is: a parameter without a value, which the host drops; a field that this api-version does
    not know; when a request was first sent, if it is not to be repeatable.
    """
    query: dict[str, Any] = dict(case.query or {})
    headers: dict[str, Any] = dict(case.headers or {})
    return (
        any(value in ("", None, [], {}) for value in query.values())
        or (query.get("api-version") == "2023-06-14" and "pstnDialOutEnabled" in str(case.body))
        or ("Repeatability-First-Sent" in headers and not headers.get("Repeatability-Request-ID"))
    )


def refused_though_valid(case: Case[Any], response: Response) -> str | None:
    """What is wrong with a request that is valid by the document, other than what a document cannot
    say.

    That is: times that are not in order or not in the range that the present allows, fields and
    headers that go together, tokens of another list, and that ACS's list needs an api-version,
    while ours does not.
    """
    if (
        case.meta is None
        or not case.meta.generation.mode.is_positive
        or response.status_code not in (400, 411, 415)
    ):
        return None
    error = response.json()["error"]
    faults = error.get("details", [error])
    if case.operation.label == "GET /rooms" and error["code"] == "ApiVersionUnspecified":
        return None
    wrong = [
        fault
        for fault in faults
        if fault.get("target") not in _UNSAID or fault["message"] == TIME_EXPECTED
    ]
    return str(wrong) if wrong else None
