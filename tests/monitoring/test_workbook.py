"""The workbook and the template have what the portal and the service need of them."""

import json
import re

import pytest

from devhost.azurite import PROJECT
from tests.monitoring.kql import ALERTS, BICEP, WORKBOOK, WORKBOOK_QUERIES


def test_names_in_the_workbook_are_different() -> None:
    names = [item["name"] for item in WORKBOOK["items"]]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", WORKBOOK_QUERIES)
def test_a_query_asks_the_workspace_for_the_time_that_is_chosen(name: str) -> None:
    (content,) = [item["content"] for item in WORKBOOK["items"] if item["name"] == name]
    assert content["crossComponentResources"] == WORKBOOK["fallbackResourceIds"] == ["{workspace}"]
    assert content["timeContextFromParameter"] == "TimeRange"


def test_the_template_fills_in_all_that_is_left_open_in_workbook_and_queries() -> None:
    texts = [json.dumps(WORKBOOK), *ALERTS.values()]
    open_names = {name for text in texts for name in re.findall(r"\{[a-z]+\}", text)}
    assert open_names == {"{workspace}", "{component}"}
    assert all(f"'{name}'" in BICEP for name in open_names)


def test_the_template_has_a_rule_for_each_alert() -> None:
    assert set(re.findall(r"loadTextContent\('alerts/(\w+)\.kql'\)", BICEP)) == set(ALERTS)


METRICS = {
    "DeadLetteredCount",
    "DeliveryAttemptFailCount",
    "DroppedEventCount",
    "Availability",
}
"""Of system topics of Event Grid, and of tables (azure-monitor-docs, 2026-07-31)."""


def test_rules_on_metrics_are_of_documented_ones() -> None:
    assert set(re.findall(r"metric(?:Name)?: '(\w+)'", BICEP)) == METRICS


def test_each_alert_has_a_row_in_the_documentation() -> None:
    page = (PROJECT / "docs" / "monitoring.md").read_text()
    rules = {*re.findall(r"^    +name: '([a-z-]+)'$", BICEP, re.MULTILINE), "availability"}
    assert rules == set(re.findall(r"^\| \[`([a-z-]+)`\]", page, re.MULTILINE))
