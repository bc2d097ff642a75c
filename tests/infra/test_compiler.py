"""infra/ by Bicep's compiler, where there is one, and by what only a compiler would refuse."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.infra.bicep import INFRA, bicep_files, declarations, text_of, walk

FILES = {path.relative_to(INFRA).as_posix(): path for path in bicep_files()}

DECLARED = ("parameter", "variable", "resource", "module")

LOOPS = {f"{kind}_declaration" for kind in ("variable", "output", "resource", "module")}


@pytest.mark.skipif(shutil.which("bicep") is None, reason="Bicep's compiler is not on PATH.")
@pytest.mark.parametrize("layer", ["app", "events"])
def test_the_compiler_takes_a_layer(layer: str) -> None:
    line = ["bicep", "build", "--stdout", str(INFRA / layer / "main.bicep")]
    done = subprocess.run(line, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", FILES.values(), ids=FILES)
def test_no_name_hides_a_function_that_the_file_calls(path: Path) -> None:
    names = {name for kind in DECLARED for name in declarations(path, kind)}
    called = {
        text_of(node.children[0])
        for each in (declarations(path, kind) for kind in (*DECLARED, "output"))
        for declaration in each.values()
        for node in walk(declaration)
        if node.type == "call_expression"
    }
    assert not names & called  # BCP265


@pytest.mark.parametrize("path", FILES.values(), ids=FILES)
def test_loops_stand_only_where_the_compiler_takes_them(path: Path) -> None:
    for kind in (*DECLARED, "output"):
        for declaration in declarations(path, kind).values():
            for node in walk(declaration):
                if node.type == "for_statement":
                    assert node.parent is not None
                    in_property = node.parent.type == "object_property"
                    assert node.parent.type in LOOPS or in_property  # BCP138
                    assert not in_property or kind in ("resource", "module")
