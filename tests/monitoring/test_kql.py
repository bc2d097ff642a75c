"""Microsoft's parser knows every name in the queries."""

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from testkit.waiting import HANG_SECONDS
from tests.contract.node import find
from tests.monitoring.kql import (
    ALERTS,
    BICEP,
    DOCUMENTED,
    FUNCTION,
    FUNCTION_QUERY,
    LOGGED,
    SHOWN,
    TABLES,
    WORKBOOK_QUERIES,
)

OURS = {
    **{f"alert {name}": query for name, query in ALERTS.items()},
    **{f"workbook {name}": query for name, query in WORKBOOK_QUERIES.items()},
}
QUERIES = {
    **OURS,
    **{f"documented {name}": query for name, query in DOCUMENTED.items()},
    **{f"page {number}": query for number, query in enumerate(SHOWN)},
}
IN_SEVERAL_WINDOWS = re.compile(
    r"'alerts/(\w+)\.kql'\)\n +window: '\w+'\n +every: '\w+'\n +periods: \[[2-9]"
)
"""An alert in the template that is raised only if several windows in a row have something."""

MISSPELT = {
    "a column": QUERIES["alert quarantine_grew"].replace("where Message", "where Massage"),
    "a column of the function": "ACSRoomsIncomingOperations | where RoomLifeSpan > 60",
    "an operator": "AppTraces | whre Message has 'x'",
    "a table": "AppTrace | take 1",
}


@dataclass(frozen=True, slots=True)
class Bound:
    """What the parser says of a query."""

    problems: list[str]
    columns: dict[str, str]


def bound(queries: Mapping[str, str]) -> Mapping[str, Bound]:
    """Returns what Microsoft's parser says of queries, for the tables as they are documented and
    the function as it is here."""
    function = f"let {FUNCTION} = () {{\n{FUNCTION_QUERY}\n}};\n"
    texts = {name: function + query for name, query in queries.items()}
    done = subprocess.run(
        [find("node"), str(Path(__file__).parent / "bind.mjs")],
        input=json.dumps({"tables": LOGGED, "queries": texts}),
        capture_output=True,
        text=True,
        check=True,
        timeout=HANG_SECONDS,
    )
    return {name: Bound(**each) for name, each in json.loads(done.stdout).items()}


@pytest.fixture(scope="module")
def said() -> Mapping[str, Bound]:
    """What the parser says of all of them, in one process."""
    return bound({**QUERIES, **MISSPELT, "the function": FUNCTION})


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_has_no_problem(said: Mapping[str, Bound], name: str) -> None:
    assert said[name].problems == []
    assert said[name].columns


@pytest.mark.parametrize("name", MISSPELT)
def test_a_misspelt_name_is_found(said: Mapping[str, Bound], name: str) -> None:
    assert said[name].problems != []


def test_the_function_has_the_columns_of_the_table_of_acs(said: Mapping[str, Bound]) -> None:
    assert said["the function"] == Bound([], dict(TABLES[FUNCTION]))
    assert len(TABLES[FUNCTION]) == 24


@pytest.mark.parametrize("name", re.findall(IN_SEVERAL_WINDOWS, BICEP))
def test_an_alert_that_needs_several_windows_says_when_each_row_was(
    said: Mapping[str, Bound], name: str
) -> None:
    assert said[f"alert {name}"].columns["TimeGenerated"] == "datetime"


@pytest.mark.parametrize("name", OURS)
def test_a_query_of_a_shared_workspace_is_of_this_app(name: str) -> None:
    assert '| where _ResourceId =~ "{component}"' in OURS[name]
