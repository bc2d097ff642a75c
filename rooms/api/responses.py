"""How routes answer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import azure.functions as func
from pydantic_core import to_json

from rooms.acs.answer import AcsAnswer
from rooms.api.csv import csv_text

_KEPT_OF_ACS = (
    "content-type",
    "api-supported-versions",
    "retry-after",
    "x-ms-error-code",
    "x-ms-client-request-id",
)
"""Headers of an answer of ACS that the caller gets."""


def acs_answer(
    status: int, body: Mapping[str, Any], supported: str, headers: Mapping[str, str] | None = None
) -> func.HttpResponse:
    """Returns a JSON answer of an ACS route: it names the `supported` api-versions."""
    return json_answer(status, body, {"api-supported-versions": supported, **(headers or {})})


def json_answer(
    status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> func.HttpResponse:
    """Returns a JSON answer."""
    return func.HttpResponse(
        to_json(body),
        status_code=status,
        headers={"Content-Type": "application/json; charset=utf-8", **(headers or {})},
    )


def text_answer(text: bytes, media_type: str, headers: Mapping[str, str]) -> func.HttpResponse:
    """Returns an answer of UTF-8 text."""
    return func.HttpResponse(
        text, headers={"Content-Type": f"{media_type}; charset=utf-8", **headers}
    )


def csv_answer(
    name: str,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    headers: Mapping[str, str] | None = None,
) -> func.HttpResponse:
    """Returns CSV that a browser saves as `name`.csv."""
    attachment = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return text_answer(csv_text(columns, rows), "text/csv", {**attachment, **(headers or {})})


def link_to(next_page: str | None) -> dict[str, str]:
    """Returns the header by which an answer that is no JSON leads to the next page; none if there
    is no such page."""
    return {} if next_page is None else {"Link": f'<{next_page}>; rel="next"'}


def no_content(headers: Mapping[str, str] | None = None) -> func.HttpResponse:
    """Returns a 204. The empty content type keeps the library from adding one."""
    return func.HttpResponse(status_code=204, headers={"Content-Type": "", **(headers or {})})


def passed_on(answer: AcsAnswer) -> func.HttpResponse:
    """Returns an answer of ACS as it came. One that throttles says when to come again."""
    kept = {name: answer.headers[name] for name in _KEPT_OF_ACS if name in answer.headers}
    if answer.status == 429:
        kept.setdefault("retry-after", "1")
    return func.HttpResponse(
        answer.body, status_code=answer.status, headers={"Content-Type": "", **kept}
    )
