"""Builds the document from the tags."""

from collections.abc import Iterator, Mapping

from openapi.failures import SHAPES, description_of, failures, headers_of, schema_of
from openapi.operation import Answer, Header, Operation, Parameter
from openapi.schemas import Schema, Schemas
from openapi.service import DESCRIPTION, OF_CALLS, SCHEMES, SECURITY, SUMMARY
from openapi.tags import TAGS, Tag
from rooms import __version__
from rooms.api.routing import Route

_SHARED = {
    401: "Denied",
    411: "LengthRequired",
    413: "BodyTooLarge",
    415: "UnsupportedMediaType",
    429: "TooManyRequests",
    503: "Unavailable",
}
"""Names of the errors that the operations of a kind share, by status, unless one has others."""

_MEDIA_TYPES = {
    "POST": ("application/json",),
    "PUT": ("application/json",),
    "PATCH": ("application/merge-patch+json", "application/json"),
}


def document() -> Schema:
    """Returns the OpenAPI document of this service, version 3.1.

    Raises:
        ValueError: a route has no description, or a description has no route.
    """
    operations = [
        (tag.name, route, operation) for tag in TAGS for route, operation in _operations_of(tag)
    ]
    schemas = Schemas(
        (*SHAPES, *(shape for *_, operation in operations for shape in operation.shapes()))
    )
    paths: dict[str, Schema] = {}
    shared: dict[str, Schema] = {}
    for tag, route, operation in operations:
        paths.setdefault(f"/{route.path}", {})[route.method.lower()] = {
            "tags": [tag],
            "operationId": _camel(route.name),
            **_operation(operation, route.method, schemas, shared),
        }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Anteroom",
            "version": __version__,
            "summary": SUMMARY,
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag.name, "description": tag.description} for tag in TAGS],
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "responses": shared,
            "securitySchemes": SECURITY,
        },
    }


def _operations_of(tag: Tag) -> Iterator[tuple[Route, Operation]]:
    names = {route.name for route in tag.routes}
    if odd := sorted(names ^ tag.operations.keys()):
        raise ValueError(f"Under {tag.name}, these have no route or no description: {odd}")
    for route in tag.routes:
        yield route, tag.operations[route.name]


def _operation(
    operation: Operation, method: str, schemas: Schemas, shared: dict[str, Schema]
) -> Schema:
    """Returns an operation. Adds the errors that it shares with others to `shared`."""
    made: Schema = {
        "summary": operation.summary,
        "description": operation.description,
        "security": [
            {scheme: []}
            for scheme in (*SCHEMES[operation.kind], *((OF_CALLS,) if operation.in_call else ()))
        ],
    }
    if operation.parameters:
        made["parameters"] = [_parameter(parameter, schemas) for parameter in operation.parameters]
    if operation.body is not None:
        media: Schema = {"schema": schemas.of(operation.body)}
        if operation.examples:
            media["examples"] = {
                _camel(name): {"summary": name, "value": value}
                for name, value in operation.examples.items()
            }
        made["requestBody"] = {
            "required": operation.body_required,
            "content": dict.fromkeys(_MEDIA_TYPES[method], media),
        }
    responses = {answer.status: _response(answer, schemas) for answer in operation.answers}
    for status, errors in failures(operation, method).items():
        responses[status] = {
            "description": description_of(errors, operation.kind),
            "headers": _headers(headers_of(errors, operation.kind)),
            "content": {"application/json": {"schema": schema_of(errors, operation.kind)}},
        }
        if status in _SHARED and not set(errors) & set(operation.errors):
            name = f"{_SHARED[status]}.{operation.kind}"
            shared[name] = responses[status]
            responses[status] = {"$ref": f"#/components/responses/{name}"}
    return made | {
        "responses": {str(status): response for status, response in sorted(responses.items())}
    }


def _parameter(parameter: Parameter, schemas: Schemas) -> Schema:
    made: Schema = {
        "name": parameter.name,
        "in": parameter.where,
        "description": parameter.description,
        "required": parameter.required,
        "schema": schemas.of(parameter.shape),
    }
    return made if parameter.example is None else {**made, "example": parameter.example}


def _response(answer: Answer, schemas: Schemas) -> Schema:
    made: Schema = {"description": answer.description}
    if answer.headers:
        made["headers"] = _headers(answer.headers)
    content: Schema = {}
    if answer.shape is not None:
        content["application/json"] = {"schema": schemas.of(answer.shape)}
        if answer.example is not None:
            content["application/json"]["example"] = answer.example
    for media_type, description in (answer.texts or {}).items():
        content[media_type] = {"schema": {"type": "string", "description": description}}
    return {**made, "content": content} if content else made


def _headers(headers: Mapping[str, Header]) -> Schema:
    return {
        name: {
            "description": header.description,
            "required": header.required,
            "schema": dict(header.schema),
        }
        for name, header in headers.items()
    }


def _camel(name: str) -> str:
    first, *rest = "".join(letter if letter.isalnum() else " " for letter in name).split()
    return first + "".join(map(str.capitalize, rest))
