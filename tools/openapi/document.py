"""The document, put together."""

from collections.abc import Iterator, Mapping, Sequence

from openapi import admission_api, insight_api, rooms_api
from openapi.failures import SHAPES, description_of, failures, headers_of, schema_of
from openapi.operation import Answer, Header, Kind, Operation, Parameter
from openapi.schemas import Schema, Schemas
from rooms import __version__
from rooms.api import openapi
from rooms.api.acs import participants, rooms
from rooms.api.extension import (
    admission,
    attendance,
    calls,
    details,
    health,
    live,
    log,
    overview,
    presence,
    quarantine,
    roles,
    room_list,
)
from rooms.api.routing import Route
from rooms.domain.limits import LIMITS

_TAGS: tuple[tuple[str, str, Sequence[Route], Mapping[str, Operation]], ...] = (
    (
        "Rooms",
        "As ACS has them.",
        (*rooms.routes.all, *room_list.routes.all),
        rooms_api.ROOMS,
    ),
    (
        "Participants",
        "Who is invited to a room, as ACS has it.",
        participants.routes.all,
        rooms_api.PARTICIPANTS,
    ),
    (
        "Admission",
        "Whether a person may join, and if not, why.",
        admission.routes.all,
        admission_api.ADMISSION,
    ),
    ("Roles", "What each role may do.", roles.routes.all, admission_api.ROLES),
    (
        "Calls",
        "Who is in a room, and its calls, from the events of ACS's calling service.",
        (*presence.routes.all, *calls.routes.all, *live.routes.all),
        insight_api.CALLS,
    ),
    ("Attendance", "Who came and who did not.", attendance.routes.all, insight_api.ATTENDANCE),
    ("Log", "Who changed what, and what happened.", log.routes.all, insight_api.LOG),
    ("Overview", "A room, its details and its people.", overview.routes.all, insight_api.OVERVIEW),
    (
        "Details",
        "Title, external id, scheduled times, and names of people.",
        details.routes.all,
        insight_api.DETAILS,
    ),
    (
        "Quarantine",
        "Events that the service did not understand.",
        quarantine.routes.all,
        insight_api.QUARANTINE,
    ),
    ("Health", "Whether the service is ready.", health.routes.all, admission_api.HEALTH),
    ("Document", "This document.", openapi.routes.all, admission_api.DOCUMENT),
)
"""Tag, its description, its routes, and the description of each by its name.

The timer and the Event Grid trigger are left out, as nobody calls them; so are the console's files,
which are for a browser.
"""

_DESCRIPTION = f"""\
A successor of Azure Communication Services (ACS) Rooms, and what ACS Rooms never told.

**Who calls.** Requests are signed with a key (HMAC-SHA256), as the official SDKs sign them, or have an Entra ID token. On the
routes that ACS does not have, a key may also be sent as it is, as `x-api-key`. A key that may only read is enough for every GET.

**Errors** have a `code` and a `message`, and the code again in the header `x-ms-error-code`. On the routes that ACS does not
have, they have a `target` where a parameter or field is at fault. On ACS's routes what is wrong with the content of a request is
told in `details`, without that header.

**Times** are sent with an offset and up to 9 fraction digits, of which 7 are kept, and answered in UTC.

**Parameters** are named without regard to case. One that is not known is ignored, and one without a value is as if it were not
there, unless told otherwise.

**Bodies** have at most {LIMITS.body_bytes:,} bytes, and a Content-Length. Their type is application/json, application/merge-patch+json, or
any other that ends in json.

What the host refuses before this service sees it has no body: a path with a NUL (400), a request line of more than 8 KiB (414),
headers of more than 32 KiB (431), a path or method that is not here (404).
"""

_SECURITY: Mapping[str, Schema] = {
    "hmac": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=<base64>`: the signature is "
        "over the method, path with query, and those headers, as Microsoft documents it for ACS. The SDKs do it.",
    },
    "entra": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A token of Entra ID for the scope `https://communication.azure.com//.default`.",
    },
    "key": {
        "type": "apiKey",
        "in": "header",
        "name": "x-api-key",
        "description": "A key as it is, on the routes that ACS does not have; read only if there is no Authorization.",
    },
}
_SCHEMES: Mapping[Kind, tuple[str, ...]] = {
    "acs": ("hmac", "entra"),
    "extension": ("hmac", "entra", "key"),
    "either": ("hmac", "entra", "key"),
    "public": (),
}

_SHARED = {
    401: "Denied",
    411: "LengthRequired",
    413: "BodyTooLarge",
    415: "UnsupportedMediaType",
    503: "Unavailable",
}
"""Failures that are the same for all operations of a kind, by their status."""

_MEDIA_TYPES = {
    "POST": ("application/json",),
    "PATCH": ("application/merge-patch+json", "application/json"),
}


def document() -> Schema:
    """Makes the OpenAPI document of this service, version 3.1.

    Raises:
        ValueError: a route has no description, or a description no route.
    """
    operations = [
        (tag, route, operation)
        for tag, _, routes, about in _TAGS
        for route, operation in _described(routes, about)
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
            "summary": "Rooms, who may come in, and who came.",
            "description": _DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag, "description": description} for tag, description, *_ in _TAGS],
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "responses": shared,
            "securitySchemes": _SECURITY,
        },
    }


def _described(
    routes: Sequence[Route], about: Mapping[str, Operation]
) -> Iterator[tuple[Route, Operation]]:
    names = {route.name for route in routes}
    if names != about.keys():
        raise ValueError(f"without route or without description: {sorted(names ^ about.keys())}")
    for route in routes:
        yield route, about[route.name]


def _operation(
    operation: Operation, method: str, schemas: Schemas, shared: dict[str, Schema]
) -> Schema:
    """An operation; failures that others have, too, go into `shared`."""
    made: Schema = {
        "summary": operation.summary,
        "description": operation.description,
        "security": [{scheme: []} for scheme in _SCHEMES[operation.kind]],
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
            "required": True,
            "content": dict.fromkeys(_MEDIA_TYPES[method], media),
        }
    responses = {answer.status: _response(answer, schemas) for answer in operation.answers}
    for status, errors in failures(operation, method).items():
        responses[status] = {
            "description": description_of(errors, operation.kind),
            "headers": _headers(headers_of(errors, operation.kind)),
            "content": {"application/json": {"schema": schema_of(errors, operation.kind)}},
        }
        if status in _SHARED:
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
