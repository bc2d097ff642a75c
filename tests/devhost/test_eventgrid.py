"""The Event Grid webhook."""

import json

import pytest

from testkit.devhost import Devhost
from testkit.raw_http import Answer

WEBHOOK = "/runtime/webhooks/EventGrid?functionName=Receive"


@pytest.fixture(autouse=True)
def _nothing_received_yet(devhost: Devhost) -> None:
    devhost.request("DELETE", "/received")


def deliver(
    devhost: Devhost, body: bytes, kind: str | None = "Notification", webhook: str = WEBHOOK
) -> Answer:
    return devhost.request(
        "POST", webhook, *([f"aeg-event-type: {kind}"] if kind else []), body=body
    )


def received(devhost: Devhost) -> list[str]:
    texts: list[str] = devhost.get("/received").json()["received"]
    return sorted(texts)


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        (b'[{"id":"1"},{"id":"2"}]', ['{"id":"1"}', '{"id":"2"}']),
        (b' {"id" : "1", "specversion":"1.0"} ', ['{"id":"1","specversion":"1.0"}']),
        (b"[]", []),
    ],
)
def test_a_function_runs_once_for_each_element(
    devhost: Devhost, body: bytes, texts: list[str]
) -> None:
    assert deliver(devhost, body).status == 202
    assert received(devhost) == texts


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (b'{"a":1.10,"b":[ 1 ]}', '{"a":1.1,"b":[1]}'),
        (b'{"a":1,"a":2}', '{"a":2}'),
        (b'{"a":"\\ud800","b":"\\ud83d\\ude00"}', '{"a":"\ufffd","b":"\U0001f600"}'),
        (b'{"a":"\xff"}', '{"a":"\ufffd"}'),
        (
            b'{"time":"2026-01-01T00:00:00.1234567+01:00"}',
            '{"time":"2026-01-01T00:00:00.1234567+01:00"}',
        ),
    ],
)
def test_an_element_arrives_as_the_host_writes_it_anew(
    devhost: Devhost, sent: bytes, text: str
) -> None:
    deliver(devhost, sent)
    assert received(devhost) == [text]


def test_elements_run_in_parallel(devhost: Devhost) -> None:
    assert deliver(devhost, b'[{"data":"together"},{"data":"together"}]').status == 202


def test_one_failure_fails_the_delivery_and_the_others_run(devhost: Devhost) -> None:
    reply = deliver(devhost, b'[{"data":"fail"},{"id":"2"}]')
    assert (reply.status, reply.body) == (500, b"ValueError('as the test wants')")
    assert received(devhost) == ['{"id":"2"}']


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"1", b"[1]", b'[{"id":"1"},[]]', b"[" * 5000, b'{"a":' * 65 + b"1" + b"}" * 65],
)
def test_what_is_no_delivery_is_500_and_reaches_no_function(devhost: Devhost, body: bytes) -> None:
    assert deliver(devhost, body).status == 500
    assert received(devhost) == []


def test_64_levels_are_not_too_deep(devhost: Devhost) -> None:
    assert deliver(devhost, b'{"a":' * 64 + b"1" + b"}" * 64).status == 202


def test_a_typed_parameter_gets_an_event(devhost: Devhost) -> None:
    body = b'[{"id":"1","eventType":"T","data":{"a":1},"eventTime":"2026-01-01T00:00:00Z"}]'
    assert deliver(devhost, body, webhook=WEBHOOK.replace("Receive", "receive_typed")).status == 202
    assert received(devhost) == ["1 T {'a': 1}"]


def test_a_bad_time_fails_before_a_typed_function(devhost: Devhost) -> None:
    body = b'[{"id":"1","eventType":"T","data":{},"eventTime":"yesterday"}]'
    assert deliver(devhost, body, webhook=WEBHOOK.replace("Receive", "receive_typed")).status == 500


@pytest.mark.parametrize("name", ["receive", "Nothing", "", "echo"])
def test_another_function_name_is_404(devhost: Devhost, name: str) -> None:
    assert (
        deliver(devhost, b"[]", webhook=f"/runtime/webhooks/EventGrid?functionName={name}").status
        == 404
    )


def test_a_validation_is_answered_with_its_code(devhost: Devhost) -> None:
    body = json.dumps([{"data": {"validationCode": "c0de", "validationUrl": "https://x"}}]).encode()
    reply = deliver(devhost, body, "SubscriptionValidation")
    assert (reply.status, reply.json()) == (200, {"validationResponse": "c0de"})


@pytest.mark.parametrize(
    ("kind", "status"), [("Unsubscribe", 202), ("notification", 202), (None, 400), ("Other", 400)]
)
def test_the_event_type_decides(devhost: Devhost, kind: str | None, status: int) -> None:
    assert deliver(devhost, b"[]", kind).status == status


def test_the_handshake_of_cloud_events_is_answered(devhost: Devhost) -> None:
    reply = devhost.request("OPTIONS", WEBHOOK, "WebHook-Request-Origin: eventgrid.azure.net")
    assert (reply.status, reply.headers["webhook-allowed-origin"]) == (200, "eventgrid.azure.net")
