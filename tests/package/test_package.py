"""What is deployed: built, unzipped, and run by a Python that has nothing else."""

import importlib.util
import json
import marshal
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest
from packaging.utils import canonicalize_name

from devhost.azurite import PROJECT
from package.build import Built, build
from package.contents import BESIDE_ROOMS, LIBRARIES, package_of
from package.target import PACKAGES, ROOT
from package.zipped import files
from testkit.devhost import Devhost, running_devhost
from testkit.running import new_key
from tests.requirements import installed_with, requirements

UNCHECKED_HASH = 0b01
"""The flags of bytecode that Python takes without a look at its source (PEP 552)."""

X86_64 = 0x3E
"""The machine in the header of an ELF file, at byte 18."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(PROJECT, tmp_path_factory.mktemp("build"), print)


@pytest.fixture(scope="module")
def app(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip file, unzipped."""
    folder = tmp_path_factory.mktemp("wwwroot")
    with zipfile.ZipFile(built.zip) as zipped:
        zipped.extractall(folder)
    return folder


def paths(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in files(folder)}


def sources(folder: Path) -> set[str]:
    return {path for path in paths(folder) if not path.endswith(".pyc")}


def test_at_its_top_is_only_what_the_host_reads(app: Path) -> None:
    assert {path.name for path in app.iterdir()} == {
        *BESIDE_ROOMS,
        ".python_packages",
        "__pycache__",
        "node_modules",
        "rooms",
    }


def test_it_has_the_whole_service(app: Path) -> None:
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "rooms"]
    tracked = subprocess.run(listed, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert {f"rooms/{path}" for path in sources(app / "rooms")} == set(tracked.stdout.splitlines())


def test_it_has_the_packages_that_the_service_needs_and_no_others(app: Path) -> None:
    installed = {
        canonicalize_name(path.name.removesuffix(".dist-info").rpartition("-")[0])
        for path in (app / PACKAGES).glob("*.dist-info")
    }
    assert installed == installed_with(requirements("requirements.txt")).keys()


def test_it_has_the_files_that_the_pages_load_with_their_licenses(app: Path) -> None:
    found = paths(app / "node_modules")
    licenses = {path for path in found if Path(path).name.startswith("LICENSE")}
    assert found - licenses == set(LIBRARIES)
    assert {package_of(path) for path in licenses} == {package_of(path) for path in LIBRARIES}


def test_its_binaries_are_for_the_machines_of_azure(app: Path) -> None:
    binaries = [path for path in files(app) if path.suffix in (".so", ".dylib", ".pyd")]
    headers = {path.read_bytes()[:20] for path in binaries}
    assert {(header[:4], header[18]) for header in headers} == {(b"\x7fELF", X86_64)}


def test_all_of_it_is_compiled_and_stays_so_whatever_the_times_of_its_files(app: Path) -> None:
    modules = [path for path in files(app) if path.suffix == ".py"]
    flags = {path: int.from_bytes(bytecode_of(path)[4:8], "little") for path in modules}
    assert set(flags.values()) == {UNCHECKED_HASH}


def test_its_bytecode_says_where_the_sources_are_in_azure(app: Path) -> None:
    modules = [path for path in files(app) if path.suffix == ".py"]
    named = {path: marshal.loads(bytecode_of(path)[16:]) for path in modules}
    assert {path: code.co_filename for path, code in named.items()} == {
        path: f"{ROOT}/{path.relative_to(app).as_posix()}" for path in modules
    }
    assert all(isinstance(code, CodeType) for code in named.values())


def bytecode_of(module: Path) -> bytes:
    return Path(importlib.util.cache_from_source(module)).read_bytes()


def test_it_names_no_path_of_the_machine_that_built_it(built: Built, app: Path) -> None:
    named = [str(path).encode() for path in (PROJECT, sys.prefix, built.folder.parent)]
    assert [
        path
        for path in files(app)
        for content in [path.read_bytes()]
        if any(name in content for name in named)
    ] == []


def test_each_package_has_the_files_that_it_lists_and_no_scripts(app: Path) -> None:
    listed = {
        line.partition(",")[0]
        for record in (app / PACKAGES).glob("*.dist-info/RECORD")
        for line in record.read_text().splitlines()
    }
    assert listed == sources(app / PACKAGES)


def test_azd_takes_all_of_the_folder(built: Built, app: Path) -> None:
    assert (built.folder / ".funcignore").read_bytes() == b""
    assert paths(built.folder) == paths(app) | {".funcignore"}


BARE = """
import importlib.machinery, json, logging, sys
app, packages = sys.argv[1:]
compile_source = importlib.machinery.SourceFileLoader.source_to_code
def refuse(self, data, path, **options):
    if path.startswith(app):
        raise AssertionError(f"{path} is compiled")
    return compile_source(self, data, path, **options)
importlib.machinery.SourceFileLoader.source_to_code = refuse
sys.path[:0] = [app, packages]
from azure_functions_runtime import loader
from azure_functions_runtime.bindings.meta import load_binding_registry
load_binding_registry()
functions = loader.index_function_app(f"{app}/function_app.py")
loaded = [module.__file__ for module in sys.modules.values() if getattr(module, "__file__", None)]
print(json.dumps({"functions": [each.get_function_name() for each in functions],
                  "beside": [file for file in loaded if "site-packages" in file
                             and not file.startswith(packages)]}))
"""
"""Indexes the app as the worker does. Fails if a module of the package has to be compiled."""


def test_a_bare_python_loads_all_functions_and_compiles_nothing(app: Path) -> None:
    before = paths(app)
    loaded = subprocess.run(
        [bare_python(), "-I", "-S", "-c", BARE, str(app), str(app / PACKAGES)],
        cwd=tempfile.gettempdir(),
        env={},
        capture_output=True,
        text=True,
    )
    assert loaded.returncode == 0, loaded.stderr
    said = json.loads(loaded.stdout.splitlines()[-1])
    assert said["beside"] == []
    assert {"create_room", "call_events", "upkeep", "get_console", "get_join_page"} <= set(
        said["functions"]
    )
    assert paths(app) == before


def bare_python() -> str:
    """Returns the Python of which the environment of the tests was made: without packages."""
    return os.path.realpath(sys.executable)


PAGES = ("rooms/console/static/index.html", "rooms/join_page/static/index.html")


@pytest.fixture(scope="module")
def served(app: Path, azurite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devhost]:
    """The host on the package, whose pages have one line more than those of this checkout."""
    for page in PAGES:
        with (app / page).open("a") as file:
            file.write("<!-- of the package -->\n")
    settings = {
        "ROOMS_STORAGE": azurite,
        "ROOMS_MANAGE_KEY__test": new_key(),
        "ROOMS_MEDIA_URL": "wss://media.invalid",
        "ROOMS_MEDIA_KEY__test": "a secret that no media server knows",
        # Before the folder in which devhost starts, which has a service, too.
        "PYTHONPATH": os.pathsep.join((str(app), str(app / PACKAGES))),
        "PYTHONSAFEPATH": "1",
    }
    with running_devhost(app, tmp_path_factory.mktemp("devhost"), settings) as devhost:
        yield devhost


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/console", PAGES[0]),
        ("/console/preact.js", "node_modules/preact/dist/preact.mjs"),
        ("/join/99400000000000000", PAGES[1]),
        ("/join/static/livekit.js", "node_modules/livekit-client/dist/livekit-client.umd.js"),
    ],
)
def test_the_pages_are_served_from_it(app: Path, served: Devhost, address: str, file: str) -> None:
    answer = served.get(address)
    assert (answer.status, answer.body) == (200, (app / file).read_bytes())
