import asyncio
import random
import string

import pytest
from azure.data.tables.aio import TableClient

from rooms.domain.events import Quarantined
from rooms.domain.limits import LIMITS, Limits
from rooms.domain.time import now, parse_time
from rooms.storage.cursors import Page
from rooms.storage.entities import compressed
from rooms.storage.errors import QuarantinedEventNotFound, StorageUnavailable
from rooms.storage.keys import quarantine_row
from rooms.storage.quarantine import Quarantine
from rooms.storage.table import Table
from testkit.past import Watched
from testkit.storage_proxy import Fault, StorageProxy

NOON = parse_time("2026-05-04T12:00:00.1234567Z")
ODD = '{"a":"\\u0000 é \U0001f600 / \\\\ # ? \' \u2028 \ufffe\ufffd"}'


def incompressible(parts: int) -> str:
    """Text that fills so many rows."""
    source = random.Random(parts)
    text = "".join(
        source.choices(
            string.ascii_letters + string.digits + "+/",
            k=int((parts - 0.3) * LIMITS.quarantine_part_bytes / 0.77),
        )
    )
    assert (
        (parts - 1) * LIMITS.quarantine_part_bytes
        < len(compressed(text))
        <= parts * LIMITS.quarantine_part_bytes
    )
    return text


@pytest.fixture
def quarantine(client: TableClient) -> Quarantine:
    return Quarantine(Table(client), lambda: NOON)


async def rows(client: TableClient) -> list[str]:
    return [row["RowKey"] async for row in client.list_entities()]


async def all_of(quarantine: Quarantine) -> list[Quarantined]:
    page = await quarantine.page(None)
    found = page.items
    while page.cursor is not None:
        page = await quarantine.page(page.cursor)
        found += page.items
    return found


@pytest.mark.parametrize(
    "text", ["", "x", ODD, "x" * 3_000_000, "\U0001f600" * 2_000], ids=range(5)
)
async def test_an_event_is_kept_whole(quarantine: Quarantine, text: str) -> None:
    event_id = await quarantine.put(text, "why")
    expected = Quarantined(event_id, NOON, "why", len(text), text[: LIMITS.excerpt])
    assert await quarantine.get(event_id) == (expected, text)
    assert await quarantine.page(None) == Page([expected], None)


async def test_an_event_delivered_again_is_kept_once_as_it_first_came(
    client: TableClient, quarantine: Quarantine
) -> None:
    first = await quarantine.put(ODD, "why")
    later = Quarantine(Table(client), now)
    assert await later.put(ODD, "another reason") == first
    assert await later.put(ODD + " ", "another event") != first
    kept, _ = await quarantine.get(first)
    assert (kept.received_at, kept.reason) == (NOON, "why")
    assert len(await rows(client)) == 2


@pytest.mark.parametrize("parts", [1, 2, 3])
async def test_a_large_event_is_kept_in_parts_and_goes_with_all_of_them(
    client: TableClient, quarantine: Quarantine, proxy: StorageProxy, parts: int
) -> None:
    text = incompressible(parts)
    await quarantine.put("another", "why")
    proxy.forget()
    event_id = await quarantine.put(text, "why")
    assert len(proxy.seen) == parts
    assert len(await rows(client)) == 1 + parts
    proxy.forget()
    assert (await quarantine.get(event_id))[1] == text
    assert len(proxy.seen) == parts
    assert [event.size for event in await all_of(quarantine)].count(len(text)) == 1
    await quarantine.put(text, "why")
    await quarantine.remove(event_id)
    assert len(await rows(client)) == 1
    with pytest.raises(QuarantinedEventNotFound):
        await quarantine.get(event_id)


async def test_an_event_cut_off_in_its_parts_is_not_seen_and_can_come_again(
    client: TableClient, quarantine: Quarantine, proxy: StorageProxy
) -> None:
    await quarantine.put("makes the table", "why")
    text = incompressible(3)
    proxy.forget()
    proxy.choose = lambda number, _: Fault.REFUSED if number >= 2 else None
    with pytest.raises((StorageUnavailable, TimeoutError)):
        async with asyncio.timeout(0.3):
            await quarantine.put(text, "why")
    proxy.forget()
    assert [event.excerpt for event in await all_of(quarantine)] == ["makes the table"]
    event_id = await quarantine.put(text, "why")
    assert (await quarantine.get(event_id))[1] == text
    await quarantine.remove(event_id)
    assert len(await rows(client)) == 1


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.TWICE])
async def test_a_put_whose_outcome_is_not_known_is_carried_out_once(
    client: TableClient, quarantine: Quarantine, proxy: StorageProxy, fault: Fault
) -> None:
    await quarantine.put("makes the table", "why")
    proxy.forget()
    proxy.choose = lambda number, _: fault if number == 0 else None
    event_id = await quarantine.put(ODD, "why")
    assert (await quarantine.get(event_id))[1] == ODD
    assert len(await rows(client)) == 2


async def test_pages_have_every_event_once_in_the_order_of_ids(
    quarantine: Quarantine, proxy: StorageProxy
) -> None:
    ids = [
        await quarantine.put(str(number), "why") for number in range(2 * LIMITS.quarantine_page + 5)
    ]
    cursor, listed, requests = None, list[Quarantined](), list[int]()
    while not requests or cursor is not None:
        proxy.forget()
        page = await quarantine.page(cursor)
        requests.append(len(proxy.seen))
        assert len(page.items) <= LIMITS.quarantine_page
        listed, cursor = listed + page.items, page.cursor
    assert [event.id for event in listed] == sorted(ids)
    assert set(requests) == {10}


async def test_an_id_that_is_none(quarantine: Quarantine) -> None:
    good = await quarantine.put("a", "why")
    for wrong in ("", good[:-1], good.upper(), f"{good}\n", "0" * 64, "../a#?"):
        for ask in (quarantine.get, quarantine.remove):
            with pytest.raises(QuarantinedEventNotFound):
                await ask(wrong)
    assert (await quarantine.get(good))[1] == "a"


async def test_what_several_remove_at_once_is_gone(quarantine: Quarantine) -> None:
    event_id = await quarantine.put("a", "why")
    answers = await asyncio.gather(
        *(quarantine.remove(event_id) for _ in range(5)), return_exceptions=True
    )
    assert None in answers
    assert all(answer is None or isinstance(answer, QuarantinedEventNotFound) for answer in answers)
    assert await quarantine.page(None) == Page([], None)


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.TWICE])
async def test_a_removal_whose_outcome_is_not_known_is_done(
    client: TableClient, quarantine: Quarantine, proxy: StorageProxy, fault: Fault
) -> None:
    event_id = await quarantine.put("a", "why")
    proxy.forget()
    proxy.choose = lambda number, _: fault if number == 1 else None
    await quarantine.remove(event_id)
    assert await rows(client) == []


async def test_an_event_that_comes_anew_while_it_is_removed_stays(
    client: TableClient, quarantine: Quarantine
) -> None:
    event_id = await quarantine.put("a", "why")

    async def before(kind: str, _: str) -> None:
        if kind == "delete":
            await quarantine.remove(event_id)
            await quarantine.put("a", "why")

    await Quarantine(Watched(client, before), lambda: NOON).remove(event_id)
    assert (await quarantine.get(event_id))[1] == "a"


async def test_an_event_that_lost_parts_as_it_came_anew_while_it_was_removed_can_be_removed(
    client: TableClient,
) -> None:
    limits = Limits(quarantine_part_bytes=10)
    quarantine = Quarantine(Table(client), lambda: NOON, limits)
    event_id = await quarantine.put(ODD, "why")

    async def before(kind: str, row: str) -> None:
        if kind == "commit" and row == quarantine_row(event_id):
            await quarantine.remove(event_id)

    assert (
        await Quarantine(Watched(client, before), lambda: NOON, limits).put(ODD, "why") == event_id
    )
    assert await rows(client) == [quarantine_row(event_id)]
    await quarantine.remove(event_id)
    assert await rows(client) == []
