"""docs/infra.md against infra/: each parameter, role and output that a reader needs."""

import json
import re

from tests.docs.shown import DOCS
from tests.infra.bicep import INFRA, declarations, descriptions, text_of
from tests.infra.test_rules import KNOWN_ROLES, ROLES

MAIN = INFRA / "app" / "main.bicep"

SET_BY_AZD = ("AZURE_ENV_NAME", "AZURE_LOCATION", "AZURE_PRINCIPAL_ID", "AZURE_PRINCIPAL_TYPE")


def rows() -> list[str]:
    """Returns the row of each variable of azd that somebody may set, as the page has it."""
    values = json.loads((INFRA / "app" / "main.parameters.json").read_text())["parameters"]
    explained, before = descriptions(MAIN), decorators()
    found = []
    for name, declaration in declarations(MAIN, "parameter").items():
        variable = values[name]["value"].strip("${}")
        if variable in SET_BY_AZD:
            continue
        default = text_of(declaration.children[-1]).replace("''", "").strip("'").replace("'", '"')
        shown = f"`{default}`" if default not in ("", "[]", "{}") else ""
        meaning = re.sub(r"[\w:/-]*<[\w ]+>", r"`\g<0>`", explained[name])
        found.append(f"| `{variable}` | {shown} | {meaning}{limits(before[name])} |")
    return found


def decorators() -> dict[str, str]:
    """Returns what stands between each parameter and the one before it."""
    parts = re.split(r"^param (\w+).*$", MAIN.read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[0::2], strict=False))


def limits(decorated: str) -> str:
    """Returns the values that a parameter may have, in words."""
    if allowed := re.search(r"@allowed\(\[(.*)\]\)", decorated):
        return (
            " One of " + ", ".join(f"`{each}`" for each in re.findall(r"[\w]+", allowed[1])) + "."
        )
    least, most = (re.search(rf"@{end}Value\((-?\d+)\)", decorated) for end in ("min", "max"))
    if least and most:
        return f" {least[1]} to {most[1]}."
    return ""


def test_the_page_lists_each_variable_with_its_default() -> None:
    page = (DOCS / "infra.md").read_text()
    listed = re.findall(r"^\| `(?:AZURE|ANTEROOM|ROOMS)_.*$", page, re.MULTILINE)
    assert listed == rows()


def test_the_page_names_each_role() -> None:
    page = (DOCS / "infra.md").read_text()
    assert {role for role in KNOWN_ROLES.values() if role in page} == set(KNOWN_ROLES.values())
    assert not any(guid in page for guid in ROLES.values())


def test_pages_name_only_variables_that_there_are() -> None:
    values = (INFRA / "app" / "main.parameters.json").read_text()
    known = {*re.findall(r"ANTEROOM_\w+", values), "ANTEROOM_HOME", "ANTEROOM_ON_BEHALF_OF"}
    for page in DOCS.rglob("*.md"):
        assert set(re.findall(r"\bANTEROOM_\w+", page.read_text())) <= known, page.name
