"""docs/reliability.md, written as a whole by a full run: page.md with what came of each part."""

from collections.abc import Mapping
from pathlib import Path
from string import Template

from faults import markdown
from faults.result import Result

TEMPLATE = Path(__file__).parent / "page.md"


def page(results: Mapping[str, Result], machine: Mapping[str, str]) -> str:
    """The page, in Markdown, of the results of all parts by their names."""
    parts = {
        f"{name}_{what}": text
        for name, result in results.items()
        for what, text in (
            ("holds", result.holds),
            ("figures", _figures(result.figures)),
            ("outcome", _outcome(result)),
        )
    }
    return Template(TEMPLATE.read_text()).substitute(parts, machine=_figures(machine))


def _figures(figures: Mapping[str, str]) -> str:
    return markdown.table(("", ""), list(figures.items()))


def _outcome(result: Result) -> str:
    return (
        "".join(f"* {problem}\n" for problem in result.problems)
        or "It held: no problem was found.\n"
    )
