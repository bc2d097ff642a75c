"""Evaluates Bicep as Azure does, as far as the settings of the app need it.

Declarations are evaluated when they are asked for. Modules and resources are given.
"""

import operator
import re
from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from tests.infra.bicep import Node, declarations, text_of

type Names = Mapping[str, Any]


class File:
    """A file with values of its parameters, and of its modules and resources by their names."""

    def __init__(self, path: Path, parameters: Names, deployed: Names | None = None) -> None:
        self._declared = declarations(path, "parameter") | declarations(path, "variable")
        self._outputs = declarations(path, "output")
        self._modules = declarations(path, "module")
        self._values = {**parameters, **(deployed or {})}

    def output(self, name: str) -> Any:
        return self._evaluate(self._outputs[name].children[-1], {})

    def parameters_of(self, module: str) -> Any:
        """Returns what a module is given."""
        body = next(each for each in self._modules[module].children if each.type == "object")
        params = next(each for each in body.children if text_of(each).startswith("params:"))
        return self._evaluate(params.children[-1], {})

    def _value(self, name: str, local: Names) -> Any:
        if name in local:
            return local[name]
        if name not in self._values:
            declaration = self._declared[name]
            assert any(each.type == "=" for each in declaration.children), f"{name} is not given"
            self._values[name] = self._evaluate(declaration.children[-1], {})
        return self._values[name]

    def _evaluate(self, node: Node, local: Names) -> Any:
        parts = [each for each in node.children if each.type != "comment"]
        match node.type:
            case "string":
                return self._string(node, local)
            case "number":
                return int(text_of(node))
            case "boolean":
                return text_of(node) == "true"
            case "identifier":
                return self._value(text_of(node), local)
            case "parenthesized_expression" | "non_null_assertion" | "interpolation":
                inner = next(each for each in parts if each.is_named)
                return self._evaluate(inner, local)
            case "object":
                return {
                    self._key(each.children[0], local): self._evaluate(each.children[-1], local)
                    for each in parts
                    if each.type == "object_property"
                }
            case "array":
                return [self._evaluate(each, local) for each in parts if each.is_named]
            case "for_statement":
                name, source, body = (each for each in parts if each.is_named)
                return [
                    self._evaluate(body, {**local, text_of(name): item})
                    for item in self._evaluate(source, local)
                ]
            case "ternary_expression":
                test, then, otherwise = (each for each in parts if each.is_named)
                return self._evaluate(then if self._evaluate(test, local) else otherwise, local)
            case "unary_expression":
                assert parts[0].type == "!"
                return not self._evaluate(parts[1], local)
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
                case "interpolation":
                    texts.append(_text(self._evaluate(each, local)))
        return "".join(texts)

    def _key(self, node: Node, local: Names) -> str:
        return self._string(node, local) if node.type == "string" else text_of(node)

    def _binary(self, parts: list[Node], local: Names) -> Any:
        left, sign = self._evaluate(parts[0], local), text_of(parts[1])
        if sign in ("&&", "||"):
            return left if left is (sign == "||") else self._evaluate(parts[2], local)
        return _BINARY[sign](left, self._evaluate(parts[2], local))

    def _ended(self, node: Node, local: Names, end: Callable[[Any], Any]) -> Any:
        """Evaluates what ends with `.name` or `[index]`, which `end` takes.

        The parser takes `a ? b : c.d` for `(a ? b : c).d`, and `a => a.b` for `(a => a).b`.
        """
        parts = [each for each in node.children if each.is_named and each.type != "comment"]
        match node.type:
            case "member_expression" | "subscript_expression":
                return self._ended(parts[0], local, lambda whole: end(self._of(whole, node, local)))
            case "ternary_expression":
                if self._evaluate(parts[0], local):
                    return self._evaluate(parts[1], local)
                return self._ended(parts[2], local, end)
            case "lambda_expression":
                name = text_of(parts[0])
                return lambda item: self._ended(parts[-1], {**local, name: item}, end)
        return end(self._evaluate(node, local))

    def _of(self, whole: Any, node: Node, local: Names) -> Any:
        if node.type == "member_expression":
            return whole[text_of(node.children[-1])]
        return whole[self._evaluate(node.children[-2], local)]

    def _call(self, node: Node, local: Names) -> Any:
        function, arguments = node.children
        given = [self._evaluate(each, local) for each in arguments.children if each.is_named]
        return _FUNCTIONS[text_of(function)](*given)


def _text(value: Any) -> str:
    """Returns a value as Azure writes it: True and False begin with a capital."""
    return value if isinstance(value, str) else str(value)


def _union(*parts: Any) -> Any:
    return dict(chain.from_iterable(part.items() for part in parts))


_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "+": operator.add,
    "-": operator.sub,
}

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "concat": lambda *parts: list(chain.from_iterable(parts)),
    "empty": lambda value: not value,
    "environment": lambda: {"suffixes": {"storage": "core.windows.net"}},
    "filter": lambda items, function: [item for item in items if function(item)],
    "items": lambda value: [{"key": key, "value": value[key]} for key in sorted(value)],
    "join": lambda items, mark: mark.join(items),
    "last": lambda items: items[-1],
    "length": len,
    "map": lambda items, function: [function(item) for item in items],
    "range": lambda first, count: list(range(first, first + count)),
    "replace": lambda text, old, new: text.replace(old, new),
    "split": lambda text, mark: re.split(re.escape(mark), text),
    "string": _text,
    "subscription": lambda: {"id": "/subscriptions/a"},
    "toLower": lambda text: text.lower(),
    "toObject": lambda items, key, value: {key(item): value(item) for item in items},
    "union": _union,
    "uniqueString": lambda *_: "abcdefghijklm",
}
