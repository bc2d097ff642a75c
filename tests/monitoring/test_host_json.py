"""What host.json lets through to Application Insights."""

import json
from collections.abc import Mapping

import pytest

from devhost.azurite import PROJECT

LOGGING = json.loads((PROJECT / "host.json").read_text())["logging"]


def level_of(category: str, levels: Mapping[str, str]) -> str:
    """Returns the lowest level of a category that is let through, as .NET's LoggerRuleSelector
    finds it: of the rules whose name the category begins with, the longest. A rule may have one
    `*`, and the category then ends with what is behind it."""

    def fits(rule: str) -> bool:
        start, _, end = rule.lower().partition("*")
        return category.lower().startswith(start) and category.lower().endswith(end)

    fitting = [rule for rule in levels if rule != "default" and fits(rule)]
    return levels[max(fitting, key=len, default="default")]


@pytest.mark.parametrize(
    ("category", "level"),
    [
        ("Function.call_events.User", "Information"),  # lines of the app
        ("Function.call_events", "Warning"),  # the host's two lines of each execution
        ("Host.Results", "Information"),  # requests
        ("Host.Startup", "Information"),
    ],
)
def test_lines_of_the_app_are_let_through_and_two_of_each_execution_are_not(
    category: str, level: str
) -> None:
    assert level_of(category, LOGGING["logLevel"]) == level


def test_no_line_request_or_exception_is_left_to_chance() -> None:
    sampling = LOGGING["applicationInsights"]["samplingSettings"]
    assert set(sampling["excludedTypes"].split(";")) == {"Trace", "Request", "Exception"}
