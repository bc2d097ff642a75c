"""A smoke of `make bench`, with next to nothing to do. No times are asserted."""

import asyncio
import re
from pathlib import Path

import pytest

from bench.__main__ import Sizes, bench
from bench.operations import OPERATIONS
from bench.report import Figures, draw, page
from bench.speed import requests

TINY = Sizes(
    rounds=1,
    calls=2,
    few=130,
    many=140,
    records=10,
    growth_calls=2,
    rooms=2,
    at_once=4,
    people=5,
    starts=1,
    rejoins=30,
    neighbour_seconds=0.5,
)


@pytest.fixture(scope="module")
def figures() -> Figures:
    return bench(TINY, print)


@pytest.mark.thorough
def test_every_operation_is_measured_one_at_a_time_and_many_at_once(figures: Figures) -> None:
    measured = [(each.name, each.at_once) for each in figures.speeds]
    assert measured == [
        (operation.name, at_once) for operation in OPERATIONS for at_once in (1, TINY.at_once)
    ]


@pytest.mark.thorough
def test_the_storage_alone_is_given_as_many_requests_as_the_service_makes_of_it(
    azurite: str, tmp_path: Path
) -> None:
    assert asyncio.run(requests(tmp_path, azurite, TINY.people)) == {
        name: (requests, requests)
        for name, requests in {
            "create": 1,
            "get": 1,
            "update": 2,
            "participants": 1,
            "invite": 2,
            "delete": 2,
            "list page": 10,
            "event": 1,
            "may come in": 1,
            "admission": 2,
            "presence": 3,
        }.items()
    }


@pytest.mark.thorough
def test_the_page_has_every_table_and_its_pictures(figures: Figures, tmp_path: Path) -> None:
    written = page(figures, {"processor": "any"})
    draw(figures, tmp_path)
    for table in figures.tables():
        assert all(f"| {' | '.join(row)} |" in written for row in (table.columns, *table.rows))
    assert "$" not in written
    assert {f"performance/{picture.name}" for picture in tmp_path.iterdir()} == set(
        re.findall(r"!\[[^\]]+\]\(([^)]+)\)", written)
    )
