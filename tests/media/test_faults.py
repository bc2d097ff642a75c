"""Whatever becomes of webhooks, of the media server and of the storage, attendance ends with what
truly happened."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from rooms.storage.errors import StorageUnavailable
from testkit.livekit_double import ApiFault, LiveKitDouble
from testkit.livekit_webhooks import WebhookFault
from testkit.storage_proxy import Fault, StorageProxy
from testkit.waiting import HANG_SECONDS
from tests.effort import thorough
from tests.media.faulty_call import ANN, BOB, SWEEP, FaultyCall, Told, faulty_call

KINDS = ("participant_joined", "participant_left", "room_finished")

OTHERS_NEVER_TAKEN = WebhookFault.LOST, WebhookFault.WRONG_KEY
"""Faults after which the service has never heard of it, as after FORGED."""

LATE = 2 * SWEEP
"""How late at most an end is noticed of which no event tells: after a minute, by the next look."""


@pytest_asyncio.fixture
async def call(
    direct: TableClient, livekit_double: LiveKitDouble, one_partition: None
) -> AsyncIterator[FaultyCall]:
    """The call. The timer's looks read one partition only."""
    async with faulty_call(direct, livekit_double) as call:
        yield call


async def test_without_faults_attendance_is_the_truth_and_nothing_is_estimated(
    call: FaultyCall,
) -> None:
    await call.play()
    assert await call.legs() == call.truth
    attended = {
        each["rawId"]: (each["joins"], each["estimated"])
        for each in (await call.attendance())["value"]
    }
    assert attended == {ANN: (2, False), BOB: (2, False)}


@pytest.mark.parametrize(
    "fault", [WebhookFault.LATE, WebhookFault.REPLAYED, *thorough(WebhookFault.TWICE)]
)
async def test_webhooks_that_come_in_the_end_count_as_if_they_had_come_at_once(
    call: FaultyCall, fault: WebhookFault
) -> None:
    call.server.webhooks.choose = lambda _: fault
    await call.play()
    call.server.release()
    await call.pass_time(180)
    assert await call.legs() == call.truth


@pytest.mark.parametrize("kind", KINDS)
async def test_a_webhook_that_is_lost_is_repaired(call: FaultyCall, kind: str) -> None:
    lost = WebhookFault.LOST
    call.server.webhooks.choose = lambda event: lost if event["event"] == kind else None
    await call.play()
    await call.pass_time(180)
    assert_repaired(await call.legs(), call.truth)


@pytest.mark.parametrize("fault", [WebhookFault.FORGED, *thorough(*OTHERS_NEVER_TAKEN)])
async def test_a_call_of_which_no_webhook_is_taken_is_repaired(
    call: FaultyCall, fault: WebhookFault
) -> None:
    call.server.webhooks.choose = lambda _: fault
    await call.play()
    await call.pass_time(180)
    assert {each.status for each in call.server.webhooks.deliveries} <= {401}
    assert_repaired(await call.legs(), call.truth)


@pytest.mark.parametrize(
    "fault", [ApiFault.REFUSES, ApiFault.SLOW, *thorough(ApiFault.DOWN, ApiFault.FAILS)]
)
async def test_nobody_is_taken_as_gone_while_the_server_does_not_answer(
    call: FaultyCall, fault: ApiFault
) -> None:
    await call.join(ANN, "laptop")
    await call.deliver()
    call.server.api = lambda _: fault
    await call.pass_time(200)
    call.server.api = lambda _: None
    await call.pass_time(60)
    assert await call.legs() == call.truth


async def test_a_server_that_is_killed_has_told_of_no_end_and_all_stays_have_one(
    call: FaultyCall,
) -> None:
    await call.join(ANN, "laptop")
    await call.join(BOB, "laptop")
    await call.pass_time(90)
    call.server.kill()
    await call.pass_time(10)
    await call.join(ANN, "laptop")
    await call.pass_time(120)
    await call.leave(ANN, "laptop")
    await call.deliver()
    assert_repaired(await call.legs(), call.truth)


async def test_what_the_storage_never_took_is_repaired(
    client: TableClient, proxy: StorageProxy, livekit_double: LiveKitDouble
) -> None:
    async with faulty_call(client, livekit_double) as call:
        proxy.choose = lambda _number, _what: Fault.REFUSED
        await call.join(ANN, "laptop")
        await call.deliver()
        assert {each.status for each in call.server.webhooks.deliveries} == {503, 200}
        proxy.forget()
        await storage_answers(call)
        await call.pass_time(90)
        assert await call.legs() == call.truth


async def storage_answers(call: FaultyCall) -> None:
    """Waits until the service asks the storage again, that has failed."""
    async with asyncio.timeout(HANG_SECONDS):
        while True:
            with contextlib.suppress(StorageUnavailable):
                await call.app.rooms.with_roster(call.room_id)
                return
            await asyncio.sleep(0.05)


def assert_repaired(legs: list[Told], truth: list[Told]) -> None:
    """Each stay is there, from its true start until its true end, or one that is estimated and not
    much later."""
    assert [(leg.who, leg.start) for leg in legs] == [(stay.who, stay.start) for stay in truth]
    for leg, stay in zip(legs, truth, strict=True):
        assert stay.end is not None
        assert leg.end is not None
        assert leg.end == stay.end or (leg.estimated and stay.end < leg.end <= stay.end + LATE)
