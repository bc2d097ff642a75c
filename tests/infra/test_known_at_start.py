"""What Azure must know when a deployment starts: names, conditions, scopes and what loops go over.

The compiler refuses what only is known later, such as `properties` of a resource (BCP120, BCP177,
BCP178, BCP182). Microsoft's types do not tell.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.infra.bicep import INFRA, Node, bicep_files, declarations, text_of, walk

KNOWN = {"id", "name", "type", "apiVersion"}
"""Properties of a resource that are known at the start."""


def problems(path: Path) -> list[str]:
    """Returns what is used in a file before it is known."""
    deployed = declarations(path, "resource") | declarations(path, "module")
    variables = declarations(path, "variable")
    return [
        f"{path.name}:{node.start_point[0] + 1}: {late}"
        for node in _early(path, deployed, variables)
        for late in _late(node, deployed, variables)
    ]


def _early(path: Path, deployed: dict[str, Node], variables: dict[str, Node]) -> Iterator[Node]:
    """Yields expressions that must be known at the start."""
    for declaration in (*deployed.values(), *declarations(path, "output").values()):
        for node in walk(declaration):
            match node.type:
                case "for_statement":
                    yield _source(node)
                case "if_statement":
                    yield next(each for each in node.children if each.type.startswith("parenth"))
    for declaration in deployed.values():
        for body in _bodies(declaration):
            for each in body.children:
                if each.type == "object_property" and text_of(each.children[0]) in (
                    "name",
                    "scope",
                ):
                    yield each.children[-1]
    for variable in variables.values():
        yield from (node for node in walk(variable) if node.type == "for_statement")


def _source(loop: Node) -> Node:
    after_in = [each.type for each in loop.children].index("in") + 1
    return loop.children[after_in]


def _bodies(declaration: Node) -> Iterator[Node]:
    """Yields the object of a resource or module, also within its condition or loop."""
    for each in declaration.children:
        if each.type == "object":
            yield each
        elif each.type in ("if_statement", "for_statement"):
            yield from _bodies(each)


def _late(node: Node, deployed: dict[str, Node], variables: dict[str, Node]) -> Iterator[str]:
    """Yields the parts of an expression that are not known at the start."""
    for each in walk(node):
        if each.type == "member_expression":
            first = each
            while first.children and first.type in ("member_expression", "subscript_expression"):
                first = first.children[0]
            if text_of(first) in deployed and text_of(each.children[-1]) not in KNOWN:
                yield text_of(each)
        elif each.type == "identifier" and text_of(each) in variables:
            yield from _late(variables[text_of(each)].children[-1], deployed, variables)


FILES = {path.relative_to(INFRA).as_posix(): path for path in bicep_files()}


@pytest.mark.parametrize("path", FILES.values(), ids=FILES)
def test_nothing_is_used_before_azure_knows_it(path: Path) -> None:
    assert problems(path) == []


FAULTS = {
    "a loop over a resource's properties": (
        "app/function-app.bicep",
        "for i in range(0, length(clientIpRanges))",
        "for i in items(hostSettings)",
    ),
    "a loop of modules over an output": (
        "app/main.bicep",
        "for name in roomsAccounts: {",
        "for name in [storage.outputs.name]: {",
    ),
    "a condition on an output": (
        "app/main.bicep",
        "'archive.bicep' = if (archive)",
        "'archive.bicep' = if (archiveAccount.outputs.id != '')",
    ),
    "a name after the identity of a resource": (
        "app/identity.bicep",
        "output id string",
        "resource a 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n"
        "  name: guid(identity.properties.principalId)\n}\noutput id string",
    ),
    "a variable that loops over what is not known": (
        "app/network.bicep",
        "output appSubnetId",
        "var ids = [for i in range(0, 3): dns[i].properties.a]\noutput appSubnetId",
    ),
}


@pytest.mark.parametrize(("file", "before", "after"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_found(file: str, before: str, after: str, tmp_path: Path) -> None:
    copy = tmp_path / "infra"
    shutil.copytree(INFRA, copy)
    text = (copy / file).read_text()
    assert before in text
    (copy / file).write_text(text.replace(before, after, 1))
    assert problems(copy / file) != []
