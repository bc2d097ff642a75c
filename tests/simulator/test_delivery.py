from itertools import chain
from random import Random
from typing import Any

import pytest

from simulator.delivery import REFUSALS, Manner, Progress, Undelivered, deliver
from simulator.faults import Faults
from testkit.ports import free_port
from tests.simulator.webhook import Webhook, listening

EVENTS: list[dict[str, Any]] = [{"id": str(number), "eventType": "t"} for number in range(200)]
CLOUD_EVENTS: list[dict[str, Any]] = [
    {"id": str(number), "specversion": "1.0"} for number in range(20)
]
IMPATIENT = Manner(
    batch=5, in_flight=4, first_pause_seconds=0.001, longest_pause_seconds=0.01, give_up_seconds=30
)


def ids(webhook: Webhook) -> list[str]:
    return sorted(event["id"] for event in chain.from_iterable(webhook.taken))


async def test_a_webhook_that_fails_at_random_gets_every_event_in_the_end() -> None:
    random = Random(1)
    failures = [408, 429, 500, 503, None]
    async with listening(
        Webhook(lambda _: random.choice(failures) if random.random() < 0.4 else 200)
    ) as webhook:
        outcome = await deliver(EVENTS, webhook.url, manner=IMPATIENT)
    assert ids(webhook) == sorted(event["id"] for event in EVENTS)
    assert (outcome.progress.delivered, outcome.progress.retries) == (200, webhook.deliveries - 40)
    assert outcome.progress.retries > 0
    assert not outcome.dropped
    assert not outcome.refused


@pytest.mark.parametrize("status", sorted(REFUSALS))
async def test_a_refusal_is_not_tried_again(status: int) -> None:
    async with listening(Webhook(lambda number: status if number == 1 else 202)) as webhook:
        outcome = await deliver(EVENTS, webhook.url, manner=Manner(batch=5, in_flight=1))
    assert outcome.refused == dict.fromkeys(range(5, 10), f"{status} answer {status}")
    assert outcome.progress == Progress(200, 200, 0)
    assert webhook.deliveries == 40


async def test_dropped_events_are_reported_and_copies_are_delivered() -> None:
    async with listening(Webhook()) as webhook:
        outcome = await deliver(
            EVENTS, webhook.url, Faults(shuffle=True, copies=2, drop=0.1), seed=3, manner=IMPATIENT
        )
    kept = [event["id"] for place, event in enumerate(EVENTS) if place not in outcome.dropped]
    assert 5 < len(outcome.dropped) < 40
    assert ids(webhook) == sorted(2 * kept)


async def test_no_more_are_in_flight_than_may_be() -> None:
    async with listening(Webhook()) as webhook:
        await deliver(EVENTS, webhook.url, manner=Manner(batch=1, in_flight=3))
    assert webhook.most_in_flight <= 3


async def test_progress_is_reported_up_to_the_last_event() -> None:
    reports: list[Progress] = []
    async with listening(Webhook(lambda number: 503 if number == 0 else 200)) as webhook:
        outcome = await deliver(EVENTS, webhook.url, on_progress=reports.append, manner=IMPATIENT)
    assert [progress.delivered for progress in reports] == sorted(
        progress.delivered for progress in reports
    )
    assert reports[-1] == outcome.progress == Progress(200, 200, 1, "503 answer 503")


async def test_deliveries_look_like_event_grids() -> None:
    async with listening(Webhook()) as webhook:
        await deliver(EVENTS[:1], webhook.url)
        await deliver(CLOUD_EVENTS[:1], webhook.url)
        await deliver(CLOUD_EVENTS, webhook.url, manner=Manner(batch=20))
    assert {headers["aeg-event-type"] for headers in webhook.headers} == {"Notification"}
    assert [headers["Content-Type"].split(";")[0] for headers in webhook.headers] == [
        "application/json",
        "application/cloudevents+json",
        "application/cloudevents-batch+json",
    ]


async def test_it_gives_up_when_nobody_takes_the_events() -> None:
    async with listening(Webhook(lambda _: 500)) as webhook:
        with pytest.raises(Undelivered, match="500 answer 500"):
            await deliver(
                EVENTS, webhook.url, manner=Manner(give_up_seconds=0, first_pause_seconds=0.001)
            )


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_it_gives_up_at_once_when_it_is_not_the_webhook(status: int) -> None:
    reports: list[Progress] = []
    async with listening(Webhook(lambda _: status)) as webhook:
        with pytest.raises(
            Undelivered,
            match=rf"/webhook does not accept the events: {status} answer {status}\. Is it",
        ):
            await deliver(EVENTS, webhook.url, on_progress=reports.append)
    assert not reports


@pytest.mark.parametrize(
    "url", ["http://localhost:{port}/webhook", "http://nowhere.invalid/webhook"]
)
async def test_it_gives_up_at_once_when_nobody_is_there(url: str) -> None:
    with pytest.raises(
        Undelivered,
        match=r"does not accept the events: Cannot connect .*\. Is it the app's webhook",
    ):
        await deliver(EVENTS, url.format(port=free_port()))


async def test_a_webhook_that_has_taken_events_may_be_gone_for_a_while() -> None:
    async with listening(Webhook(lambda number: 404 if number == 1 else 202)) as webhook:
        outcome = await deliver(
            EVENTS, webhook.url, manner=Manner(batch=100, in_flight=1, first_pause_seconds=0.001)
        )
    assert outcome.progress == Progress(200, 200, 1, "404 answer 404")
