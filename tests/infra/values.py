"""Checks values against Microsoft's types, as bicepcheck checks what stands in a file."""

import re
from collections.abc import Iterator
from typing import Any

from tests.infra.bicep import types_of
from tests.infra.deployment import Resource

_REQUIRED, _READ_ONLY = 1, 2

_TAKEN = {"Microsoft.OperationalInsights/workspaces/savedSearches.properties has no etag"}
"""What Azure takes, and its types do not have: Azure/azure-rest-api-specs#24585."""


def problems(resource: Resource) -> list[str]:
    """Returns what Azure's types do not allow in a resource."""
    types, body = types_of(resource.kind, resource.version)
    checked = _Types(types).of(body, resource.body, resource.kind)
    return [
        each
        for each in checked
        if each not in _TAKEN and not re.fullmatch(r"\S+ needs (type|apiVersion)", each)
    ]


class _Types:
    def __init__(self, types: list[dict[str, Any]]) -> None:
        self._types = types

    def of(self, reference: dict[str, str], value: Any, at: str) -> Iterator[str]:
        """Yields what is wrong with a value that should have a type."""
        type_ = self._types[int(reference["$ref"].rpartition("/")[2])]
        kind = type_["$type"]
        if value is None or kind in ("AnyType", "ResourceType"):
            return
        match kind:
            case "ObjectType" | "DiscriminatedObjectType":
                yield from self._object(type_, value, at)
            case "UnionType":
                yield from self._union(type_, value, at)
            case "StringLiteralType":
                if str(value).lower() != type_["value"].lower():
                    yield f"{at} is {value!r}, not {type_['value']!r}"
            case "IntegerType":
                if type(value) is not int:
                    yield f"{at} is {value!r}, not a number"
                elif not type_.get("minValue", value) <= value <= type_.get("maxValue", value):
                    yield f"{at} is {value}"
            case "BooleanType":
                if type(value) is not bool:
                    yield f"{at} is {value!r}, not true or false"
            case "StringType":
                yield from _text(type_, value, at)
            case "ArrayType":
                if not isinstance(value, list):
                    yield f"{at} is {value!r}, not a list"
                    return
                for i, each in enumerate(value):
                    yield from self.of(type_["itemType"], each, f"{at}[{i}]")

    def _object(self, type_: dict[str, Any], value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{at} is {value!r}, not an object"
            return
        allowed = dict(type_.get("properties") or type_.get("baseProperties") or {})
        if key := type_.get("discriminator"):
            of = {name.lower(): each for name, each in type_["elements"].items()}
            chosen = of.get(str(value.get(key)).lower())
            if chosen is None:
                yield f"{at}.{key} is {value.get(key)!r}"
                return
            allowed |= self._types[int(chosen["$ref"].rpartition("/")[2])]["properties"]
        for name, each in value.items():
            if name in allowed:
                if allowed[name]["flags"] & _READ_ONLY:
                    yield f"{at}.{name} is read-only"
                yield from self.of(allowed[name]["type"], each, f"{at}.{name}")
            elif extra := type_.get("additionalProperties"):
                yield from self.of(extra, each, f"{at}.{name}")
            else:
                yield f"{at} has no {name}"
        for name, of in allowed.items():
            if of["flags"] & _REQUIRED and name not in value:
                yield f"{at} needs {name}"

    def _union(self, type_: dict[str, Any], value: Any, at: str) -> Iterator[str]:
        elements = [self._types[int(e["$ref"].rpartition("/")[2])] for e in type_["elements"]]
        literals = [each["value"] for each in elements if each["$type"] == "StringLiteralType"]
        if value not in literals:
            # Text of any kind is allowed for values that came later: none of ours did.
            yield f"{at} is {value!r}, none of {', '.join(map(str, literals))}"


def _text(type_: dict[str, Any], value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{at} is {value!r}, not text"
    elif not type_.get("minLength", 0) <= len(value) <= type_.get("maxLength", len(value)):
        yield f"{at} is {value!r}, of {len(value)} characters"
    elif (pattern := type_.get("pattern")) and not re.search(pattern, value):
        yield f"{at} is {value!r}, not {pattern}"
