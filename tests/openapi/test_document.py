"""The OpenAPI document is valid, current, and agrees with the app."""

import json
import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from jsonschema_rs import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from openapi import document as documents
from openapi import markdown
from openapi.document import document
from openapi.operation import Operation
from openapi.tags import TAGS
from rooms.api.body import Body, parse_body
from rooms.api.errors import ANSWERS, AdmissionRefused, ValidationFailed
from rooms.api.openapi import FILE
from tests.test_function_app import TRIGGERS

DOCUMENT: Any = json.loads(json.dumps(document()))
OPERATIONS: list[Any] = [
    operation for path in DOCUMENT["paths"].values() for operation in path.values()
]
DESCRIBED: dict[str, Operation] = {
    documents._camel(name): operation for tag in TAGS for name, operation in tag.operations.items()
}


def test_it_is_an_openapi_document() -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_it_has_all_routes_of_the_app_except_the_pages() -> None:
    routes = {
        (method, f"/{trigger['route'].lstrip('/')}")
        for trigger in TRIGGERS
        for method in trigger["methods"]
    }
    described = {
        (method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in item
    }
    assert described == {
        (method, path)
        for method, path in routes
        if path != "/" and not path.startswith(("/console", "/join/"))
    }


def test_a_route_without_description_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    tag = TAGS[0]
    fewer = {name: operation for name, operation in tag.operations.items() if name != "get_room"}
    monkeypatch.setattr(documents, "TAGS", (tag._replace(operations=fewer),))
    with pytest.raises(ValueError, match="get_room"):
        document()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation["operationId"])
def test_each_operation_has_a_tag_a_summary_and_descriptions(operation: Any) -> None:
    tags = {tag["name"] for tag in DOCUMENT["tags"]}
    assert tags >= set(operation["tags"])
    assert not operation["summary"].endswith(".")
    assert operation["description"].endswith(".")
    assert all(
        parameter["description"].endswith(".") for parameter in operation.get("parameters", ())
    )


def test_each_operation_that_acs_has_needs_an_api_version() -> None:
    needed = {
        name
        for name, operation in DESCRIBED.items()
        for parameter in operation.parameters
        if parameter.name == "api-version" and parameter.required
    }
    of_acs = ("acs", "identity")
    assert needed == {name for name, operation in DESCRIBED.items() if operation.kind in of_acs}


def test_every_error_is_an_answer_of_some_operation() -> None:
    shared = DOCUMENT["components"]["responses"]
    codes = {
        (status, code)
        for operation in OPERATIONS
        for status, answer in operation["responses"].items()
        for code in shared.get(answer.get("$ref", "").rpartition("/")[2], answer)
        .get("headers", {})
        .get("x-ms-error-code", {})
        .get("schema", {})
        .get("enum", [])
    }
    codes |= {("403", ANSWERS[AdmissionRefused].code)}
    assert {(str(answer.status), answer.code) for answer in ANSWERS.values()} <= codes


@pytest.mark.parametrize(
    "name", [name for name, operation in DESCRIBED.items() if operation.body is not None]
)
def test_examples_of_bodies_are_accepted(name: str) -> None:
    operation = DESCRIBED[name]
    models: tuple[type[Body], ...] = get_args(operation.body) or (operation.body,)
    assert operation.examples
    assert len(operation.examples) >= len(models)
    for example in operation.examples.values():
        assert any(is_understood(model, example) for model in models)


def is_understood(model: type[Body], example: Any) -> bool:
    try:
        parse_body(model, json.dumps(example).encode())
    except ValidationFailed:
        return False
    return True


def examples() -> Iterator[tuple[str, Any, Any]]:
    """Yields the name, schema and value of each example in parameters, bodies and answers."""
    for operation in OPERATIONS:
        name = operation["operationId"]
        for parameter in operation.get("parameters", ()):
            if "example" in parameter:
                yield f"{name} {parameter['name']}", parameter["schema"], parameter["example"]
        for media in operation.get("requestBody", {}).get("content", {}).values():
            for title, example in media["examples"].items():
                yield f"{name} {title}", media["schema"], example["value"]
        for status, answer in operation["responses"].items():
            for media in answer.get("content", {}).values():
                if "example" in media:
                    yield f"{name} {status}", media["schema"], media["example"]


@pytest.mark.parametrize(
    ("schema", "example"), [pytest.param(*rest, id=name) for name, *rest in examples()]
)
def test_examples_are_valid(schema: Any, example: Any) -> None:
    validator = Draft202012Validator({**schema, "components": DOCUMENT["components"]})
    assert [error.message for error in validator.iter_errors(example)] == []


def test_an_answer_allows_only_the_fields_of_its_type() -> None:
    room = DOCUMENT["components"]["schemas"]["Room"]
    assert room["additionalProperties"] is False
    assert (list(room["properties"]), room["required"]) == (
        ["id", "createdAt", "validFrom", "validUntil", "pstnDialOutEnabled"],
        ["id", "createdAt", "validFrom", "validUntil"],
    )


def test_bodies_of_acs_routes_allow_unknown_fields_and_those_of_extension_routes_do_not() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert "additionalProperties" not in schemas["CreateRoom"]
    assert schemas["PatchDetails"]["additionalProperties"] is False


def test_the_served_file_is_current() -> None:
    assert json.loads(FILE.read_text()) == DOCUMENT, "Run: make openapi"


def test_the_page_is_current() -> None:
    assert markdown.FILE.read_text() == markdown.page(DOCUMENT), "Run: make openapi"


def test_every_link_of_the_page_leads_to_a_heading_of_it() -> None:
    page = markdown.page(DOCUMENT)
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    assert len(set(headings)) == len(headings)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= anchors
