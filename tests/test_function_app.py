"""What the host is told of the app."""

import json
from typing import Any

import pytest

import function_app
from devhost.azurite import PROJECT


def http_triggers() -> list[Any]:
    """The trigger of each HTTP-triggered function, as the worker hands it to the host when it
    indexes the app."""
    bindings = [
        json.loads(raw) for f in function_app.app.get_functions() for raw in f.get_raw_bindings()
    ]
    return [binding for binding in bindings if binding["type"] == "httpTrigger"]


TRIGGERS = http_triggers()  # an app can be indexed once


def test_the_routes_of_the_rooms_api() -> None:
    routes = {(method, t["route"]) for t in TRIGGERS for method in t["methods"]}
    assert {
        ("POST", "rooms"),
        ("GET", "rooms"),
        ("GET", "rooms/{roomId}"),
        ("PATCH", "rooms/{roomId}"),
        ("DELETE", "rooms/{roomId}"),
        ("GET", "rooms/{roomId}/participants"),
        ("PATCH", "rooms/{roomId}/participants"),
    } <= routes


@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda t: f"{t['methods'][0]} {t['route']}")
def test_every_route_states_that_we_check_who_calls(trigger: dict[str, Any]) -> None:
    assert trigger["authLevel"] == "ANONYMOUS"


def test_routes_have_no_prefix() -> None:
    assert (
        json.loads((PROJECT / "host.json").read_text())["extensions"]["http"]["routePrefix"] == ""
    )
