"""A row of the table as a line of JSON, in the form that Table Storage itself has (OData): the type
of a property stands beside it unless JSON says it."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from azure.data.tables import EdmType, EntityProperty

_TYPE = "@odata.type"


def line_of(row: Mapping[str, Any]) -> str:
    """Returns the line of a row, without its end."""
    properties: dict[str, Any] = {}
    for name, value in row.items():
        edm, written = _written(value)
        if edm is not None:
            properties[name + _TYPE] = edm
        properties[name] = written
    return json.dumps(properties, ensure_ascii=False, separators=(",", ":"))


def row_of(line: str) -> dict[str, Any]:
    """Returns the row of a line, as the SDK takes it.

    Raises:
        ValueError: the line is not one of `line_of`.
    """
    properties = json.loads(line)
    if not isinstance(properties, dict) or not {"PartitionKey", "RowKey"} <= properties.keys():
        raise ValueError("no row")
    return {
        name: _read(properties.get(name + _TYPE), value)
        for name, value in properties.items()
        if not name.endswith(_TYPE)
    }


def _written(value: Any) -> tuple[str | None, Any]:
    """Returns the type of a value, unless JSON says it, and how the value is written."""
    match value:
        case EntityProperty(value=inner, edm_type=edm):
            return str(EdmType(edm).value), str(inner)
        case bool() | int() | str():
            return None, value
        case float():
            return EdmType.DOUBLE.value, repr(value)
        case bytes():
            return EdmType.BINARY.value, base64.b64encode(value).decode()
        case UUID():
            return EdmType.GUID.value, str(value)
        case datetime():
            # What the storage said has a digit more than a datetime can have.
            exact = getattr(value, "tables_service_value", "") or value.isoformat()
            return EdmType.DATETIME.value, exact
    raise ValueError(f"a property of the type {type(value).__name__}")


def _read(edm: str | None, value: Any) -> Any:
    match edm:
        case None:
            return value
        case EdmType.DOUBLE.value:
            return float(value)
        case EdmType.BINARY.value:
            return base64.b64decode(value, validate=True)
        case EdmType.GUID.value:
            return UUID(value)
        case EdmType.DATETIME.value:
            return EntityProperty(value, EdmType.DATETIME)
        case EdmType.INT64.value:
            return EntityProperty(int(value), EdmType.INT64)
    raise ValueError(f"a property of the type {edm}")
