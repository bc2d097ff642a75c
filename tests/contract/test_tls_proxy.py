"""The app behind a proxy that ends TLS, with ROOMS_TRUST_FORWARDED_HOST. The SDK for JavaScript
follows no link to plain HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from devhost.azurite import PROJECT
from devhost.tls import Certificates
from testkit.raw import Raw
from testkit.running import RunningApp, running_app
from tests.contract.node import run_node
from tests.contract.tls_proxy import tls_proxy

LISTS = Path(__file__).parent / "javascript" / "lists.mjs"
ROOMS = 31
"""More than a page of either list."""


@pytest.fixture(scope="module")
def trusting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """An app that believes a proxy."""
    settings = {"ROOMS_TRUST_FORWARDED_HOST": "true"}
    with running_app(tmp_path_factory.mktemp("trusting"), settings) as app:
        yield app


@pytest.fixture(scope="module")
def room_ids(trusting: RunningApp) -> list[str]:
    """Rooms of more than one page, newest first."""
    raw = Raw(trusting.http, trusting.manage_key)
    return [raw.new_room()["id"] for _ in range(ROOMS)][::-1]


@pytest.fixture(scope="module")
def proxy(trusting: RunningApp) -> Iterator[str]:
    """The address of the proxy."""
    tls = Certificates(PROJECT / ".devhost").server_context()
    with tls_proxy(trusting.port, tls) as endpoint:
        yield endpoint


@pytest.mark.parametrize("parameters", ["x=of-no-meaning", "state=open"])
def test_the_javascript_sdk_pages_through_both_lists(
    trusting: RunningApp, proxy: str, room_ids: list[str], parameters: str
) -> None:
    connection_string = f"endpoint={proxy}/;accesskey={trusting.manage_key}"
    done = run_node(
        LISTS,
        {
            "CONNECTION_STRING": connection_string,
            "NODE_EXTRA_CA_CERTS": str(trusting.ca),
            "PARAMETERS": parameters,
        },
    )
    assert done.returncode == 0, done.stderr
    pages = json.loads(done.stdout)
    assert len(pages) > 1
    assert [room_id for page in pages for room_id in page] == room_ids


@pytest.mark.parametrize("query", ["", "?state=open"])
def test_the_scheme_alone_counts_too(trusting: RunningApp, room_ids: list[str], query: str) -> None:
    raw = Raw(trusting.http, trusting.manage_key)
    link = raw.get(f"/rooms{query}", {"X-Forwarded-Proto": "https"}).json()["nextLink"]
    assert link.startswith(f"https://localhost:{trusting.port}/rooms?")
