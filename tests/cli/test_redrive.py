"""`rooms redrive`, at the app and at a host that refuses."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from rooms_cli import webhook
from rooms_cli.dead_letters import read_entries
from testkit.events import Element, Meeting, in_cloud_events, room_of_another_service
from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.ports import free_port
from tests.cli.line import VARIABLE, Line

ALICE = raw_id(1)
SECRET = "c2VjcmV0LXN5c3RlbS1rZXk="

# The fields of azure-docs, articles/event-grid/delivery-and-retry.md.
OF_EVENT_GRID = {
    "deadLetterReason": "MaxDeliveryAttemptsExceeded",
    "deliveryAttempts": 30,
    "lastDeliveryOutcome": "NotFound",
    "lastHttpStatusCode": 404,
    "publishTime": "2026-05-04T10:00:00.0265758Z",
    "lastDeliveryAttemptTime": "2026-05-05T10:00:00.0465788Z",
}
OF_CLOUD_EVENTS = {
    "deadletterreason": "MaxDeliveryAttemptsExceeded",
    "deliveryattempts": 30,
    "lastdeliveryoutcome": "NotFound",
    "publishtime": "2026-05-04T10:00:00.0265758Z",
}


def dead(event: Element, cloud: bool = False) -> Element:
    """Returns an event as a dead-letter blob has it."""
    return in_cloud_events(event) | OF_CLOUD_EVENTS if cloud else event | OF_EVENT_GRID


def strange(text: str = "") -> Element:
    """Returns an event that goes to quarantine."""
    event = Meeting(room_of_another_service()).started()
    return event | {"eventType": "Other.Type", "subject": f"call/\ud800é{text}"}


def blob(folder: Path, name: str, content: object) -> str:
    """Writes a dead-letter file."""
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def test_a_call_of_dead_letters_in_both_schemas_is_known(
    line: Line, insight: Insight, tmp_path: Path
) -> None:
    call = Meeting(room_of_another_service())
    events = call.whole(60, call.stay(1, 50, ALICE))
    array = [dead(event, number % 2 == 0) for number, event in enumerate(events[1:])]
    files = [
        blob(tmp_path, "one.json", dead(events[0])),
        blob(tmp_path, "array.json", "\ufeff" + json.dumps(array)),
    ]
    assert line.out("redrive", *files) == [
        "4 entries: 4 delivered, 0 in quarantine, 0 refused, 0 unreadable."
    ]
    once = insight.json(f"/rooms/{call.room_id}/log")["value"]
    assert [record["kind"] for record in once][::-1] == [
        "CallStarted",
        "ParticipantAdded",
        "ParticipantRemoved",
        "CallEnded",
    ]
    assert line.run("redrive", *files).code == 0
    assert insight.json(f"/rooms/{call.room_id}/log")["value"] == once


def test_the_sample_of_the_documentation_without_specversion_is_a_cloud_event(
    line: Line, insight: Insight, tmp_path: Path
) -> None:
    call = Meeting(room_of_another_service())
    event = dead(call.started(), cloud=True)
    del event["specversion"]
    assert line.run("redrive", blob(tmp_path, "a.json", [event])).code == 0
    assert len(insight.json(f"/rooms/{call.room_id}/log")["value"]) == 1


@pytest.mark.parametrize("text", ["", "a" * 2000], ids=["short", "longer than an excerpt"])
def test_what_is_in_quarantine_is_named_each_time(line: Line, tmp_path: Path, text: str) -> None:
    event, good = strange(text), Meeting(room_of_another_service()).started()
    file = blob(tmp_path, "a.json", [dead(good), dead(event)])
    for _ in range(2):
        ended = line.run("redrive", file)
        assert (ended.code, ended.err) == (1, "")
        heading, row, total = ended.out.splitlines()
        assert heading.split() == ["file", "entry", "id", "what", "became", "of", "it"]
        assert row.startswith(
            f"{file}  2      {event['id']}  in quarantine: eventType: must be one"
        )
        assert total == "2 entries: 1 delivered, 1 in quarantine, 0 refused, 0 unreadable."


def test_it_tells_scripts_an_object_on_each_line(line: Line, tmp_path: Path) -> None:
    event = Meeting(room_of_another_service()).started()
    file = blob(tmp_path, "a.json", [dead(event), 7])
    ended = line.run("redrive", file, "--json")
    assert (ended.code, ended.err) == (1, "")
    assert [json.loads(text) for text in ended.out.splitlines()] == [
        {"file": file, "number": 1, "id": event["id"], "outcome": "delivered", "detail": ""},
        {
            "file": file,
            "number": 2,
            "id": "",
            "outcome": "unreadable",
            "detail": "must be an object",
        },
    ]


@pytest.mark.parametrize(
    ("text", "count", "fault"),
    [
        ("", 1, "not JSON: Expecting value"),
        ('[{"id": "a"}, {"id": ', 2, "not JSON: Expecting value"),
        ('[{"id": "a"} {"id": "b"}]', 2, "not JSON: Expecting ',' or ']'"),
        ('[{"id": "a"}] x', 2, "not JSON: Extra data"),
        ('{"id": "a"} {"id": "b"}', 1, "not JSON: Extra data"),
        ('[{"id": "a"}, {"data": NaN}]', 2, "not JSON: NaN is no JSON number"),
        ('[{"id": "a"}, {"data": 1e999}]', 2, "not JSON: a number is too large"),
        ('[{"id": "a"}, "b"]', 2, "must be an object"),
        ("[" * 100_000, 1, "not JSON: "),
    ],
)
def test_what_is_well_formed_before_a_fault_is_read(
    tmp_path: Path, text: str, count: int, fault: str
) -> None:
    *good, last = read_entries(Path(blob(tmp_path, "a.json", text)))
    assert (len(good) + 1, last.number) == (count, count)
    assert last.fault.startswith(fault)
    assert all((entry.id, entry.fault) == ("a", "") for entry in good)


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"\xff\xfe\x00")
    assert [entry.fault for entry in read_entries(path)] == ["not JSON: the file is not UTF-8"]


@pytest.mark.parametrize("text", ["[]", " [ ] "])
def test_an_empty_blob_has_no_entries(tmp_path: Path, text: str) -> None:
    assert list(read_entries(Path(blob(tmp_path, "a.json", text)))) == []


def test_a_missing_file_is_found_before_anything_is_sent(line: Line, tmp_path: Path) -> None:
    ended = line.run("redrive", str(tmp_path / "none.json"))
    assert ended.code == 2
    assert "none.json" in ended.err


# At a host in Azure.


@dataclass
class Host:
    """Answers deliveries with these statuses, and has an empty quarantine."""

    status: Callable[[Any], int]
    endpoint: str = ""
    keys: list[str | None] = field(default_factory=list)
    """The keys of the deliveries."""

    def shell(self, line: Line, key: str | None = SECRET) -> Line:
        return line.having(
            **{VARIABLE: f"endpoint={self.endpoint}/;accesskey=YQ==", "EVENT_GRID_KEY": key}
        )


@contextmanager
def hosting(status: Callable[[Any], int]) -> Iterator[Host]:
    host = Host(status)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.answer(200, b'{"value": []}')

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            host.keys.append(self.headers["x-functions-key"])
            assert self.path == "/runtime/webhooks/EventGrid?functionName=call_events"
            self.answer(host.status(body), b"because\x1b[31m")

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("localhost", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        host.endpoint = f"http://localhost:{server.server_port}"
        yield host
        server.shutdown()


@pytest.fixture
def many(tmp_path: Path) -> str:
    """A file of 60 entries."""
    call = Meeting(room_of_another_service())
    return blob(tmp_path, "a.json", [dead(call.started(number)) for number in range(60)])


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "_PAUSES", (0, 0))


def test_a_wrong_key_stops_it_at_once_and_is_not_shown(line: Line, many: str) -> None:
    with hosting(lambda body: 401) as host:
        said = host.shell(line).failure("redrive", many)
    assert said == (
        f"The host at {host.endpoint} does not accept the key in EVENT_GRID_KEY. Set it to the "
        "system key eventgrid_extension of the Function App. 0 of 60 entries were delivered "
        "before. The command can be repeated."
    )
    assert set(host.keys) == {SECRET}
    assert len(host.keys) < 30


@pytest.mark.parametrize("status", [302, 403, 404])
def test_what_is_not_the_webhook_stops_it_at_once(line: Line, many: str, status: int) -> None:
    with hosting(lambda body: status) as host:
        said = host.shell(line, None).failure("redrive", many)
    assert said.startswith(f"{host.endpoint} answered {status} to an event. Check the endpoint in")
    assert set(host.keys) == {None}
    assert len(host.keys) < 30


def test_an_entry_that_is_refused_is_named_and_does_not_stop_the_others(
    line: Line, many: str
) -> None:
    bad = json.loads(Path(many).read_text())[6]["id"]
    with hosting(lambda body: 400 if body[0]["id"] == bad else 202) as host:
        ended = host.shell(line).run("redrive", many)
    assert (ended.code, ended.err) == (1, "")
    _, row, total = ended.out.splitlines()
    assert row == f"{many}  7      {bad}  refused: 400 because[31m"
    assert total == "60 entries: 59 delivered, 0 in quarantine, 1 refused, 0 unreadable."


def test_a_failure_that_passes_is_no_refusal(line: Line, many: str) -> None:
    seen = set[str]()

    def status(body: Any) -> int:
        if first := body[0]["id"] not in seen:
            seen.add(body[0]["id"])
        return 503 if first else 202

    with hosting(status) as host:
        assert host.shell(line).out("redrive", many)[-1].startswith("60 entries: 60 delivered,")


def test_a_service_that_fails_again_and_again_is_left_in_peace(line: Line, many: str) -> None:
    with hosting(lambda body: 500) as host:
        said = host.shell(line).failure("redrive", many)
    assert said.startswith("The service failed on 20 entries in a row: 500 because")
    assert len(host.keys) < 3 * 60


def test_a_key_of_several_lines_is_refused_and_not_shown(line: Line, many: str) -> None:
    said = line.having(EVENT_GRID_KEY=f"{SECRET}\n{SECRET}").failure("redrive", many)
    assert said == "EVENT_GRID_KEY is not a key. Copy the key alone."


def test_nobody_answers(line: Line, many: str) -> None:
    endpoint = f"http://localhost:{free_port()}"
    shell = line.having(**{VARIABLE: f"endpoint={endpoint}/;accesskey=YQ=="})
    assert shell.failure("redrive", many).startswith(f"Cannot connect to {endpoint}.")
