"""Makes the schemas of the document from Python types."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from rooms.api.shapes import Page

type Schema = dict[str, Any]

REF = "#/components/schemas/{model}"
_PAGE = re.compile(rf"{Page.__name__}\[(\w+)\]")


class _Schemas(GenerateJsonSchema):
    """Makes schemas without titles, which would repeat names. Answers allow no other fields."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def typed_dict_schema(self, schema: core_schema.TypedDictSchema) -> JsonSchemaValue:
        made = super().typed_dict_schema(schema)
        made.pop("title", None)
        return made | {"additionalProperties": False}

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        made = super().model_schema(schema)
        made.pop("title", None)
        return made

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Leaves the default out: in a merge patch, an absent field differs from null."""
        return self.generate_inner(schema["schema"])

    def normalize_name(self, name: str) -> str:
        return super().normalize_name(_PAGE.sub(r"PageOf\1", name))


class Schemas:
    """The schemas of the given types. `components` has the named ones, which others refer to."""

    def __init__(self, types: Iterable[Any]) -> None:
        adapters: list[tuple[Any, Any, TypeAdapter[Any]]] = [
            (each, "validation", TypeAdapter(each)) for each in dict.fromkeys(types)
        ]
        schemas, rest = TypeAdapter.json_schemas(
            adapters, ref_template=REF, schema_generator=_Schemas
        )
        self._of: Mapping[Any, Schema] = {each: schema for (each, _), schema in schemas.items()}
        self.components: Schema = rest["$defs"]

    def of(self, each: Any) -> Schema:
        """Returns the schema of one of the types."""
        return self._of[each]
