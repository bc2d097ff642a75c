"""The queries of the monitoring, and what they find in lines of a log."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb_kql

from devhost.azurite import PROJECT

FOLDER = PROJECT / "infra" / "monitoring"
FUNCTION = "ACSRoomsIncomingOperations"

FUNCTION_QUERY = (FOLDER / "acs_rooms_incoming_operations.kql").read_text()

ALERTS = {path.stem: path.read_text() for path in sorted((FOLDER / "alerts").glob("*.kql"))}

BICEP = "".join(path.read_text() for path in sorted(FOLDER.glob("*.bicep")))

WORKBOOK = json.loads((FOLDER / "workbook.json").read_text())

WORKBOOK_QUERIES = {
    item["name"]: item["content"]["query"] for item in WORKBOOK["items"] if item["type"] == 3
}

SHOWN = re.findall(
    r"^ {4,}(App(?:Traces|Requests)\b.*\n(?: {4,}\|.*\n)*)",
    (PROJECT / "docs" / "monitoring.md").read_text(),
    re.MULTILINE,
)
"""Those in the documentation."""

DOCUMENTED = {
    "errors": """
        ACSRoomsIncomingOperations
        | where ResultType == "Failed"
        | project TimeGenerated, OperationName, OperationVersion, ResultSignature
        | order by TimeGenerated desc
        | limit 100
    """,
    "counts": """
        ACSRoomsIncomingOperations
        | summarize Count = count() by OperationName, OperationVersion, ResultType, ResultSignature
        | order by OperationName asc, Count desc
    """,
    "summary": """
        ACSRoomsIncomingOperations
        | where OperationVersion == "2024-04-15"
        | summarize TotalRoomCount = dcount(RoomId),
                    AvgAddedParticipantsCount = avg(AddedRoomParticipantsCount),
                    AvgRemovedParticipantsCount = avg(RemovedRoomParticipantsCount),
                    AvgUpsertedParticipantsCount = avg(UpsertedRoomParticipantsCount),
                    AvgRoomLifespan = avg(RoomLifespan),
                    SumPstnDialoutEnabled=countif(PstnDialOutEnabled==1)
    """,
}
"""The queries that Microsoft documents for the table (azure-monitor-docs, 2026-01-27)."""

TABLES: Mapping[str, Mapping[str, str]] = json.loads(
    (Path(__file__).parent / "tables.json").read_text()
)
"""The columns of tables of Azure Monitor, with their types (azure-monitor-docs, 2026-07-27)."""

LOGGED = {name: columns for name, columns in TABLES.items() if name != FUNCTION}
"""Those that are filled from the log of the app."""

COMPONENT = "/subscriptions/5d7f/resourceGroups/rooms/providers/microsoft.insights/components/rooms"

_TYPES = {
    "string": "VARCHAR",
    "int": "INTEGER",
    "real": "DOUBLE",
    "bool": "BOOLEAN",
    "datetime": "TIMESTAMP",
    "dynamic": "JSON",
}

_LEVELS = {"INFO": 1, "WARNING": 2, "ERROR": 3, "CRITICAL": 4}
"""How the host counts levels of log lines in AppTraces."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line in the log of the app, as the host gets it."""

    level: str
    message: str


@dataclass(frozen=True, slots=True)
class Execution:
    """An execution of a function, as the host tells it. `result` is a status of HTTP, or 0."""

    function: str
    result: int
    succeeded: bool


@cache
def _sql(query: str) -> str:
    """Returns a query in SQL. It takes longer to translate than to run."""
    return duckdb_kql.to_sql(query)


class Workspace:
    """A Log Analytics workspace with what was logged, and the function."""

    def __init__(self, lines: Iterable[Line], executions: Iterable[Execution] = ()) -> None:
        self._tables = duckdb_kql.connect()
        for name, columns in LOGGED.items():
            declared = ", ".join(f'"{each}" {_TYPES[kind]}' for each, kind in columns.items())
            self._tables.execute(f"CREATE TABLE {name} ({declared})")
        for line in lines:
            self._insert("AppTraces", Message=line.message, SeverityLevel=_LEVELS[line.level])
        for each in executions:
            self._insert(
                "AppRequests",
                Name=each.function,
                ResultCode=str(each.result),
                Success=each.succeeded,
                DurationMs=12.5,
            )
        self._tables.execute(f"CREATE TABLE {FUNCTION} AS {_sql(FUNCTION_QUERY)}")

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Returns the rows that a query gives."""
        found = self._tables.sql(_sql(query.replace("{component}", COMPONENT)))
        return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]

    def _insert(self, table: str, **values: object) -> None:
        row = {
            "TimeGenerated": datetime.now(UTC).replace(tzinfo=None),
            "OperationId": "4bf92f3577b34da6a3ce929d0e0e4736",
            "_ResourceId": COMPONENT.lower(),
            **values,
        }
        names = ", ".join(f'"{name}"' for name in row)
        self._tables.execute(
            f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})",
            list(row.values()),
        )
