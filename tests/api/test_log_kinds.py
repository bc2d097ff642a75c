"""A new kind of log record is one entry of the registry."""

from typing import Any, TypedDict

import pytest
from azure.functions import HttpRequest

from openapi.document import document
from rooms.api.acs.versions.table import NEWEST
from rooms.api.errors import InvalidParameter
from rooms.api.extension.log import log_body
from rooms.api.request import Request
from rooms.app import App
from rooms.auth.caller import Caller
from rooms.domain.log import LogRecord
from rooms.domain.log_kinds import LOG_KINDS, LogKind


class Knocked(TypedDict):
    """The detail of Knocked."""

    rawId: str


KNOCKED = LogKind(
    "Knocked",
    "decision",
    Knocked,
    lambda detail, names: f"{names[detail['rawId']]} knocked",
    personal=("rawId",),
)


@pytest.fixture
def knocked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LOG_KINDS, "Knocked", KNOCKED)


def asked_for(kind: str) -> str | None:
    http = HttpRequest("GET", "http://localhost/log", params={"kind": kind}, body=b"")
    request = Request(App({}), http, Caller("test", "read"), "extension", NEWEST)
    return request.choice("kind", *LOG_KINDS)


def test_the_filter_of_the_log_knows_no_other_kind() -> None:
    with pytest.raises(InvalidParameter):
        asked_for("Knocked")


@pytest.mark.usefixtures("knocked")
def test_the_filter_of_the_log_knows_a_new_kind() -> None:
    assert asked_for("Knocked") == "Knocked"


@pytest.mark.usefixtures("knocked")
def test_a_record_of_a_new_kind_has_its_sentence() -> None:
    record = LogRecord("1", 0, "Knocked", "alice", "", {"rawId": "8:a"})
    assert log_body(record, {"8:a": "Alice"})["text"] == "Alice knocked"


@pytest.mark.usefixtures("knocked")
def test_the_document_has_a_new_kind_and_its_detail() -> None:
    made: Any = document()
    schemas = made["components"]["schemas"]
    assert schemas["LogKind"]["enum"][-1] == "Knocked"
    refs = [each["$ref"] for each in schemas["LogDetail"]["anyOf"]]
    assert refs[-1] == "#/components/schemas/Knocked"
