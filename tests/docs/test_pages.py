"""The documentation agrees with the code, and its links lead somewhere."""

import re
from dataclasses import Field, fields
from pathlib import Path

import pytest

from devhost.azurite import PROJECT
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.time import DAY
from rooms.settings import PREFIXES, SETTINGS
from rooms.settings.storage import STORAGE_SETTINGS
from tests.docs.shown import DOCS

ROOT = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
PAGES = [*(PROJECT / name for name in ROOT), *sorted(DOCS.rglob("*.md"))]

GENERATED = ("api.md", "performance.md", "reliability.md")
"""Pages that a program writes."""

ROW = re.compile(r"^\| `(\w+)(?:__<name>)?` \| (.*?) \|", re.MULTILINE)


def _name(page: Path) -> str:
    return str(page.relative_to(PROJECT))


def _anchors(page: Path) -> set[str]:
    """Returns the anchors of a page, as GitHub makes them from headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_to_a_file_and_a_heading(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text())
    broken = list[str]()
    for link in links:
        if re.match(r"https?:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            broken.append(link)
    assert broken == []


def test_each_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set[Path](), [PROJECT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.exists():
            continue
        reached.add(page)
        for link in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
            waiting.append((page.parent / link).resolve())
    assert [_name(page) for page in PAGES if page not in reached] == []


def test_the_readme_is_short() -> None:
    assert len((PROJECT / "README.md").read_text().splitlines()) <= 130


def test_each_setting_is_documented_and_each_documented_setting_is_read() -> None:
    code = "".join(path.read_text() for path in (PROJECT / "rooms").rglob("*.py"))
    read = set(re.findall(r'"(ROOMS_(?:[A-Z]+_)*[A-Z]+(?:__(?:[A-Za-z]+)?)?)"', code))
    assert "ROOMS_STORAGE" in read
    further = {name for name in SETTINGS if re.search("__[2-9]", name)}  # as the first of these
    page = (DOCS / "settings.md").read_text()
    documented = {
        f"{name}__" if f"`{name}__<name>`" in page else name for name, _ in ROW.findall(page)
    }
    assert documented | further == read | STORAGE_SETTINGS == SETTINGS | set(PREFIXES)


@pytest.mark.parametrize("field", fields(Limits), ids=lambda field: field.name)
def test_each_limit_is_documented_with_its_value(field: Field[float]) -> None:
    values = dict(ROW.findall((DOCS / "limits.md").read_text()))
    assert values[field.name].startswith(_shown(field.name, getattr(LIMITS, field.name)))


def test_each_documented_limit_exists() -> None:
    names = [name for name, _ in ROW.findall((DOCS / "limits.md").read_text())]
    assert sorted(names) == sorted(field.name for field in fields(Limits))


def _shown(name: str, value: float) -> str:
    """Returns how the page writes the value of a limit."""
    if name in ("event_ahead", "call_length", "mark_kept", "unknown_kept"):
        return f"{value // DAY:g} day"
    if name.endswith("_bytes"):
        kib = int(value) // 1024
        return f"{kib // 1024} MiB" if kib % 1024 == 0 else f"{kib} KiB"
    if name.endswith(("_seconds", "_overtime")):
        return f"{value:g} s "
    return f"{int(value):,} "


@pytest.mark.parametrize("page", [page for page in PAGES if page.name not in GENERATED], ids=_name)
def test_lines_are_short(page: Path) -> None:
    prose = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    not_prose = ("|", "    ", "![")  # tables, commands and pictures
    lines = [line for line in prose.splitlines() if not line.startswith(not_prose)]
    assert [line for line in lines if len(line) > 100] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_each_make_target_shown_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    shown = re.findall(r"(?:^    |`)(?:[A-Z]+=\S+ )?make ([a-z]+)", page.read_text(), re.MULTILINE)
    assert set(shown) <= targets


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_each_file_shown_exists(page: Path) -> None:
    shown = re.findall(
        r"`((?:rooms|tools|tests|examples)/[\w/.]*|function_app\.py|host\.json)`", page.read_text()
    )
    assert [path for path in shown if not (PROJECT / path).exists()] == []
