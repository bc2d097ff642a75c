"""Writes the document as docs/api.md, a page to read."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from textwrap import indent
from typing import Any

from openapi.schemas import Schema

FILE = Path(__file__).parents[2] / "docs" / "api.md"

_LIMITS = ("format", "pattern", "minLength", "maxLength", "minimum", "maxProperties")


def page(document: Schema) -> str:
    """Returns the document as Markdown: the operations of each tag, then the schemas."""
    return "\n\n".join(_parts(document)) + "\n"


def _parts(document: Schema) -> Iterator[str]:
    components = document["components"]
    yield "# API\n\n`make openapi` writes this page from the OpenAPI document, `GET /openapi.json`."
    yield document["info"]["description"].strip()
    yield "Security schemes:"
    schemes = components["securitySchemes"].items()
    yield _list(f"**{name}**: {scheme['description']}" for name, scheme in schemes)
    for tag in document["tags"]:
        yield f"## {tag['name']}\n\n{tag['description']}"
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if tag["name"] in operation["tags"]:
                    yield f"### {operation['summary']}\n\n`{method.upper()} {path}`"
                    yield from _operation(operation, components["responses"])
    yield "## Schemas"
    for name, schema in components["schemas"].items():
        yield f"### Schema {name}"
        yield from _schema(schema)


def _operation(operation: Schema, shared: Schema) -> Iterator[str]:
    yield operation["description"]
    schemes = [f"`{name}`" for scheme in operation["security"] for name in scheme]
    yield f"Security: {', '.join(schemes) or 'none'}."
    if parameters := operation.get("parameters"):
        columns = ("Parameter", "In", "Required", "Type", "Description", "Example")
        yield _table(columns, map(_parameter, parameters))
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]
        media = next(iter(content.values()))
        yield f"Body ({' or '.join(content)}): {_type(media['schema'])}"
        for example in media["examples"].values():
            yield f"Example body: {example['summary']}.\n\n{_json(example['value'])}"
    yield "Answers:"
    answers = operation["responses"].items()
    yield _list(f"**{status}**\n{_answer(each, shared)}" for status, each in answers)


def _parameter(parameter: Schema) -> Sequence[str]:
    example = f"`{parameter['example']}`" if "example" in parameter else ""
    required = "yes" if parameter["required"] else "no"
    kind, description = _type(parameter["schema"]), parameter["description"]
    return f"`{parameter['name']}`", parameter["in"], required, kind, description, example


def _answer(answer: Schema, shared: Schema) -> str:
    if "$ref" in answer:
        answer = {"description": shared[answer["$ref"].rpartition("/")[2]]["description"]}
    lines = [answer["description"]]
    for name, media in answer.get("content", {}).items():
        lines.append(f"* {name}: {media['schema'].get('description') or _type(media['schema'])}")
        if "example" in media:
            lines.append(indent(f"\n{_json(media['example'])}\n", "  "))
    for name, header in answer.get("headers", {}).items():
        lines.append(f"* header `{name}`: {header['description']}")
    return indent("\n".join(lines), "  ")


def _schema(schema: Schema) -> Iterator[str]:
    if "description" in schema:
        yield schema["description"]
    if fields := schema.get("properties"):
        required = dict.fromkeys(schema.get("required", ()), "yes")
        kinds = ((name, _type(each)) for name, each in fields.items())
        rows = ((f"`{name}`", kind, required.get(name, "no")) for name, kind in kinds)
        yield _table(("Field", "Type", "Required"), rows)
    else:
        yield f"Type: {_type(schema)}."


def _type(schema: Schema) -> str:
    match schema:
        case {"$ref": ref}:
            name = ref.rpartition("/")[2]
            return f"[{name}](#schema-{name.lower()})"
        case {"anyOf": choices}:
            return " or ".join(map(_type, choices))
        case {"enum": values}:
            return " or ".join(f"`{value}`" for value in values)
        case {"const": value}:
            return f"`{json.dumps(value)}`"
        case {"items": items}:
            return f"list of {_type(items)}"
        case {"additionalProperties": dict() as values}:
            return f"object, its values {_type(values)}"
    return ", ".join((schema["type"], *(f"{n} `{schema[n]}`" for n in _LIMITS if n in schema)))


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"* {item}" for item in items)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (columns, ["---"] * len(columns), *rows)
    cells = ([cell.replace("|", r"\|").replace("\n", " ") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _json(value: Any) -> str:
    return f"```json\n{json.dumps(value, indent=2, ensure_ascii=False)}\n```"
