"""Reads Bicep: the files of infra/, their declarations, and what bicepcheck finds in them.

bicepcheck and Microsoft's types are beside the project on some machines only.
"""

import importlib.util
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import tree_sitter
import tree_sitter_bicep

from devhost.azurite import PROJECT
from tests.infra import further_types

INFRA = PROJECT / "infra"

_CHECKER = PROJECT.parent / "shared" / "tools" / "bicepcheck.py"

_PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bicep.language()))

type Node = tree_sitter.Node

with_types = pytest.mark.skipif(
    not _CHECKER.exists(),
    reason="Microsoft's types of Azure's resources are not beside the project (../shared).",
)


def bicep_files(folder: Path = INFRA) -> list[Path]:
    """Returns all Bicep files in a folder, in order."""
    return sorted(folder.rglob("*.bicep"))


@cache
def parse(path: Path) -> Node:
    """Returns the root of a file's syntax tree, as the file was when it was first asked for."""
    return _PARSER.parse(path.read_bytes()).root_node


def text_of(node: Node) -> str:
    """Returns the source of a node."""
    assert node.text is not None
    return node.text.decode()


def walk(node: Node) -> Iterator[Node]:
    """Yields a node and all below it."""
    yield node
    for child in node.children:
        yield from walk(child)


def name_of(declaration: Node) -> str:
    """Returns what a declaration names."""
    return next(text_of(child) for child in declaration.children if child.type == "identifier")


def declarations(path: Path, kind: str) -> dict[str, Node]:
    """Returns a file's declarations of a kind, such as `parameter`, by name."""
    found = (each for each in parse(path).children if each.type == f"{kind}_declaration")
    return {name_of(each): each for each in found}


def descriptions(path: Path) -> dict[str, str]:
    """Returns the @description of each parameter that has one."""
    found, before = {}, ""
    for node in parse(path).children:
        if node.type == "parameter_declaration" and (
            form := re.search(r"@description\('((?:[^'\\]|\\.)*)'\)", before)
        ):
            found[name_of(node)] = form[1].replace("\\'", "'")
        before = text_of(node) if node.type == "decorators" else ""
    return found


def types_of(kind: str, version: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Returns the types of a version, and the reference to that of a resource among them."""
    types, body = _checker().body_of(kind, version)
    assert types is not None, f"no such type: {kind}@{version}"
    return types, body


def problems(path: Path) -> list[str]:
    """Returns what bicepcheck finds in a file, and names that it declares and does not use."""
    checker = _checker()
    return [*checker.Check(path).run(), *checker.unused(path)]


@cache
def _checker() -> Any:
    spec = importlib.util.spec_from_file_location("bicepcheck", _CHECKER)
    assert spec is not None
    assert spec.loader is not None
    checker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(checker)
    for key, types in further_types.TYPES.items():
        if key not in checker.index():
            checker.index()[key] = [_InMemory(types)]
    return checker


class _InMemory:
    """Types as bicepcheck reads them from a file."""

    def __init__(self, types: list[dict[str, Any]]) -> None:
        self._types = types

    def read_text(self) -> str:
        return json.dumps(self._types)
