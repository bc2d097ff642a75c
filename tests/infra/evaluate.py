"""Evaluates Bicep as Azure does, as far as infra/ needs it.

Declarations are evaluated when they are asked for.
"""

import base64
import ipaddress
import json
import operator
import re
import uuid
from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from tests.infra.bicep import Node, declarations, text_of

type Names = Mapping[str, Any]

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"

TOKEN = "abcdefghijklm"
"""What uniqueString returns, here always."""


class File:
    """A file with values of its parameters."""

    def __init__(self, path: Path, parameters: Names) -> None:
        self.path = path
        self._declared = declarations(path, "parameter") | declarations(path, "variable")
        self._outputs = declarations(path, "output")
        self._values = dict(parameters)

    @property
    def outputs(self) -> dict[str, Any]:
        """The values of all outputs, by name."""
        return {
            name: self.evaluate(output.children[-1], {}) for name, output in self._outputs.items()
        }

    def value(self, name: str, local: Names) -> Any:
        """Returns the value of a name."""
        if name in local:
            return local[name]
        if name not in self._values:
            declaration = self._declared[name]
            assert any(each.type == "=" for each in declaration.children), f"{name} is not given"
            self._values[name] = self.evaluate(declaration.children[-1], {})
        return self._values[name]

    def evaluate(self, node: Node, local: Names) -> Any:
        """Returns the value of an expression, with names of loops and lambdas around it."""
        parts = [each for each in node.children if each.type != "comment"]
        match node.type:
            case "string":
                return self._string(node, local)
            case "number":
                return int(text_of(node))
            case "boolean":
                return text_of(node) == "true"
            case "null":
                return None
            case "identifier":
                return self.value(text_of(node), local)
            case "parenthesized_expression" | "interpolation":
                return self.evaluate(next(each for each in parts if each.is_named), local)
            case "object":
                return {
                    self._key(each.children[0], local): self.evaluate(each.children[-1], local)
                    for each in parts
                    if each.type == "object_property"
                }
            case "array":
                return [self.evaluate(each, local) for each in parts if each.is_named]
            case "for_statement":
                name, source, body = (each for each in parts if each.is_named)
                return [
                    self.evaluate(body, {**local, text_of(name): item})
                    for item in self.evaluate(source, local)
                ]
            case "ternary_expression":
                test, then, otherwise = (each for each in parts if each.is_named)
                return self.evaluate(then if self.evaluate(test, local) else otherwise, local)
            case "unary_expression":
                assert parts[0].type == "!"
                return not self.evaluate(parts[1], local)
            case "binary_expression":
                return self._binary(parts, local)
            case "lambda_expression" | "member_expression" | "subscript_expression":
                return self._ended(node, local, lambda value: value)
            case "call_expression":
                return self._call(node, local)
        raise NotImplementedError(f"{node.type}: {text_of(node)}")

    def _string(self, node: Node, local: Names) -> str:
        texts = []
        for each in node.children:
            match each.type:
                case "string_content":
                    texts.append(text_of(each))
                case "escape_sequence":
                    texts.append(text_of(each).removeprefix("\\").replace("n", "\n"))
                case "interpolation":
                    texts.append(_text(self.evaluate(each, local)))
        return "".join(texts)

    def _key(self, node: Node, local: Names) -> str:
        return self._string(node, local) if node.type == "string" else text_of(node)

    def _binary(self, parts: list[Node], local: Names) -> Any:
        left, sign = self.evaluate(parts[0], local), text_of(parts[1])
        if sign in ("&&", "||"):
            return left if left is (sign == "||") else self.evaluate(parts[2], local)
        right = self.evaluate(parts[2], local)
        if callable(left):  # the parser takes a => b > 0 for (a => b) > 0
            return lambda item: _BINARY[sign](left(item), right)
        return _BINARY[sign](left, right)

    def _ended(self, node: Node, local: Names, end: Callable[[Any], Any]) -> Any:
        """Evaluates what ends with `.name` or `[index]`, which `end` takes.

        The parser takes `a ? b : c.d` for `(a ? b : c).d`, and `a => a.b` for `(a => a).b`.
        """
        parts = [each for each in node.children if each.is_named and each.type != "comment"]
        match node.type:
            case "member_expression" | "subscript_expression":
                return self._ended(parts[0], local, lambda whole: end(self._of(whole, node, local)))
            case "ternary_expression":
                if self.evaluate(parts[0], local):
                    return self.evaluate(parts[1], local)
                return self._ended(parts[2], local, end)
            case "lambda_expression":
                name = text_of(parts[0])
                return lambda item: self._ended(parts[-1], {**local, name: item}, end)
        return end(self.evaluate(node, local))

    def _of(self, whole: Any, node: Node, local: Names) -> Any:
        if node.type == "member_expression":
            return whole[text_of(node.children[-1])]
        return whole[self.evaluate(node.children[-2], local)]

    def _call(self, node: Node, local: Names) -> Any:
        function, arguments = node.children
        given = [self.evaluate(each, local) for each in arguments.children if each.is_named]
        match text_of(function):
            case "loadTextContent":
                return (self.path.parent / given[0]).read_text()
            case "loadJsonContent":
                return json.loads((self.path.parent / given[0]).read_text())
        return _FUNCTIONS[text_of(function)](*given)


def _text(value: Any) -> str:
    """Returns a value as Azure writes it: True and False begin with a capital."""
    return value if isinstance(value, str) else str(value)


def _union(*parts: Any) -> Any:
    return dict(chain.from_iterable(part.items() for part in parts))


def _resource_id(*parts: str) -> str:
    """Returns the id of a resource, from subscription, group, type and names."""
    *scope, kind, name = parts
    assert len(scope) == 2
    return f"/subscriptions/{scope[0]}/resourceGroups/{scope[1]}/providers/{kind}/{name}"


def _subnet(network: str, size: int, index: int) -> str:
    return str(list(ipaddress.ip_network(network).subnets(new_prefix=size))[index])


_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "+": operator.add,
    "-": operator.sub,
}

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "any": lambda value: value,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "cidrSubnet": _subnet,
    "concat": lambda *parts: list(chain.from_iterable(parts)),
    "contains": lambda whole, part: part in whole,
    "empty": lambda value: not value,
    "environment": lambda: {"suffixes": {"storage": "core.windows.net"}},
    "filter": lambda items, function: [item for item in items if function(item)],
    "guid": lambda *parts: str(uuid.uuid5(uuid.NAMESPACE_URL, "-".join(parts))),
    "items": lambda value: [{"key": key, "value": value[key]} for key in sorted(value)],
    "join": lambda items, mark: mark.join(items),
    "last": lambda items: items[-1],
    "length": len,
    "map": lambda items, function: [function(item) for item in items],
    "max": max,
    "newGuid": lambda: str(uuid.uuid4()),
    "range": lambda first, count: list(range(first, first + count)),
    "replace": lambda text, old, new: text.replace(old, new),
    "resourceId": _resource_id,
    "split": lambda text, mark: re.split(re.escape(mark), text),
    "string": _text,
    "subscription": lambda: {
        "id": f"/subscriptions/{SUBSCRIPTION}",
        "subscriptionId": SUBSCRIPTION,
    },
    "subscriptionResourceId": lambda kind, name: f"/providers/{kind}/{name}",
    "tenant": lambda: {"tenantId": SUBSCRIPTION},
    "toLower": lambda text: text.lower(),
    "toObject": lambda items, key, value: {key(item): value(item) for item in items},
    "union": _union,
    "uniqueString": lambda *_: TOKEN,
}
