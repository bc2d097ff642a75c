"""Which module of the service may import which."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]

LAYERS = (
    ("function_app",),
    (
        "rooms.api",
        "rooms.intake.event_grid",
        "rooms.upkeep.timer",
        "rooms.upkeep.export_timer",
        "rooms.upkeep.media_timer",
        "rooms.upkeep.acs_timer",
        "rooms.console.routes",
        "rooms.join_page.routes",
    ),
    ("rooms.app",),
    (
        "rooms.acs",
        "rooms.archive",
        "rooms.auth",
        "rooms.identity",
        "rooms.storage",
        "rooms.intake",
        "rooms.media",
        "rooms.upkeep",
        "rooms.console",
        "rooms.join_page",
        "rooms.pages",
    ),
    ("rooms.settings",),
    ("rooms.domain", "rooms.http_session", "rooms.managed_identity", "rooms.log_text"),
)
"""Modules and packages. Each imports only from its own layer and from those behind it."""

CLOSED = {
    "rooms.domain": ("rooms.domain",),
    "rooms.storage": ("rooms.domain", "rooms.storage", "rooms.log_text"),
}
"""All that modules of these packages import of the project."""


def name_of(path: Path) -> str:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


MODULES = {
    name_of(path): path
    for path in [PROJECT / "function_app.py", *sorted((PROJECT / "rooms").rglob("*.py"))]
}
OUTSIDE = {path.name for path in (PROJECT / "tools").iterdir() if path.is_dir()} | {"tests"}


def imported_by(text: str) -> Iterator[str]:
    """Yields what a module imports, wherever the statement stands in it."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            assert node.module is not None
            for alias in node.names:
                is_module = f"{node.module}.{alias.name}" in MODULES
                yield f"{node.module}.{alias.name}" if is_module else node.module


GRAPH = {name: set(imported_by(path.read_text())) for name, path in MODULES.items()}


def is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def layer_of(module: str) -> int | None:
    """Returns the layer that names the module, or the innermost package that has it."""
    found = {
        name: layer for layer, names in enumerate(LAYERS) for name in names if is_in(module, name)
    }
    return found[max(found, key=len)] if found else None


def test_every_module_has_a_layer() -> None:
    assert [name for name in MODULES if layer_of(name) is None] == ["rooms"]


@pytest.mark.parametrize("module", GRAPH)
def test_a_module_imports_only_from_its_layer_and_those_behind_it(module: str) -> None:
    own = layer_of(module) or 0
    ahead = {
        other
        for other in GRAPH[module]
        if (layer := layer_of(other)) is not None and layer < own and other in MODULES
    }
    assert ahead == set()


@pytest.mark.parametrize("package", CLOSED)
def test_the_domain_and_the_storage_import_nothing_outward(package: str) -> None:
    outward = {
        (module, other)
        for module, imported in GRAPH.items()
        if is_in(module, package)
        for other in imported
        if other in MODULES and not any(is_in(other, each) for each in CLOSED[package])
    }
    assert outward == set()


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {module: imported & MODULES.keys() for module, imported in GRAPH.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" <- ".join(circle.args[1]))


def test_nothing_that_is_deployed_imports_tools_or_tests() -> None:
    assert {"devhost", "testkit", "tests"} <= OUTSIDE
    found = {
        (module, other)
        for module, imported in GRAPH.items()
        for other in imported
        if other.partition(".")[0] in OUTSIDE
    }
    assert found == set()


def test_imports_are_found_wherever_they_stand() -> None:
    text = (
        "import json\ndef f():\n    from rooms.storage import keys\n    from rooms.app import App"
    )
    assert list(imported_by(text)) == ["json", "rooms.storage.keys", "rooms.app"]
