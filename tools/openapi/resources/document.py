"""The OpenAPI document."""

from typing import Annotated

from pydantic import WithJsonSchema

from openapi.operation import Answer, Operation

type Document = Annotated[
    dict[str, object], WithJsonSchema({"type": "object", "required": ["openapi", "info", "paths"]})
]

DOCUMENT = {
    "get_openapi": Operation(
        kind="public",
        summary="Get this document",
        description="Needs no key, because the document has no secrets.",
        answers=(Answer(200, "An OpenAPI document.", Document),),
    ),
}
