import base64
import tracemalloc

import pytest

from rooms.auth.authenticator import Authenticator
from rooms.auth.errors import Denied
from rooms.auth.signed_writes import SignedWrites
from rooms.domain.limits import LIMITS, Limits
from rooms.settings import read_settings
from tests.auth.conftest import Refusals
from tests.auth.requests import KEY, ROOM, Clock, request, signed_headers

ENV = {"ROOMS_MANAGE_KEY__server": base64.b64encode(KEY).decode()}
BODY = b'{"participants":{}}'


class Service:
    """Lets requests in and carries them out."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.clock = Clock()
        self.authenticator = Authenticator(read_settings(ENV), self.clock, limits=limits)

    async def send(
        self,
        method: str = "PATCH",
        body: bytes = BODY,
        repeatability_id: str = "",
        honoured: bool = False,
        done: bool = True,
    ) -> None:
        headers = signed_headers(method, ROOM, body)
        if repeatability_id:
            headers["repeatability-request-id"] = repeatability_id
        req = request(headers, method, ROOM, body)
        caller = await self.authenticator.authenticate(req)
        if done:
            self.authenticator.carried_out(req, caller, honoured)


@pytest.mark.parametrize("method", ["PATCH", "POST", "PUT", "DELETE"])
async def test_a_write_that_was_carried_out_is_not_carried_out_again(
    method: str, refusals: Refusals
) -> None:
    service = Service()
    await service.send(method)
    service.clock.advance(6)
    with pytest.raises(Denied):
        await service.send(method)
    assert refusals.only().endswith("a replay: a write with this signature was carried out 6 s ago")


async def test_it_is_refused_as_long_as_its_signature_is_good(refusals: Refusals) -> None:
    service = Service()
    service.clock.advance(-300)
    await service.send()
    for _ in range(10):
        service.clock.advance(60)
        with pytest.raises(Denied):
            await service.send()
        assert "a replay" in refusals.only()
    service.clock.advance(1)
    with pytest.raises(Denied):
        await service.send()
    assert "301 s behind" in refusals.only()


async def test_repeats_do_not_make_it_new(refusals: Refusals) -> None:
    service = Service()
    await service.send()
    service.clock.advance(5)
    await service.send()
    service.clock.advance(1)
    with pytest.raises(Denied):
        await service.send()
    assert "6 s ago" in refusals.only()


async def test_two_equal_writes_within_seconds_are_two_writes() -> None:
    service = Service()
    for _ in range(6):
        await service.send()
        service.clock.advance(1)


async def test_a_write_that_was_not_carried_out_may_be_sent_again() -> None:
    service = Service()
    await service.send(done=False)
    service.clock.advance(60)
    await service.send()


async def test_a_read_may_be_sent_again() -> None:
    service = Service()
    for _ in range(3):
        await service.send("GET")
        service.clock.advance(60)


async def test_another_write_is_another(refusals: Refusals) -> None:
    service = Service()
    await service.send()
    service.clock.advance(60)
    await service.send(body=b"{}")
    await service.send("DELETE")


async def test_a_write_that_the_service_knows_again_may_come_again() -> None:
    service = Service()
    await service.send("POST", repeatability_id="a", honoured=True)
    service.clock.advance(60)
    await service.send("POST", repeatability_id="a", honoured=True)


@pytest.mark.parametrize("repeatability_id", ["", "b", "A", "a,a"])
async def test_it_may_not_come_again_under_another_name(
    repeatability_id: str, refusals: Refusals
) -> None:
    service = Service()
    await service.send("POST", repeatability_id="a", honoured=True)
    service.clock.advance(60)
    with pytest.raises(Denied):
        await service.send("POST", repeatability_id=repeatability_id)
    assert "a replay" in refusals.only()


async def test_an_id_that_the_operation_does_not_know_helps_nobody(refusals: Refusals) -> None:
    service = Service()
    await service.send("PATCH", repeatability_id="a")
    service.clock.advance(60)
    with pytest.raises(Denied):
        await service.send("PATCH", repeatability_id="a")
    assert "a replay" in refusals.only()


async def test_a_token_and_a_plain_key_are_no_signatures() -> None:
    service = Service()
    req = request({"x-api-key": ENV["ROOMS_MANAGE_KEY__server"]}, "DELETE")
    for _ in range(2):
        caller = await service.authenticator.authenticate(req, allow_plain_key=True)
        service.authenticator.carried_out(req, caller, repeatable=False)
        service.clock.advance(60)


async def test_the_oldest_are_forgotten_where_there_are_too_many(refusals: Refusals) -> None:
    service = Service(Limits(signed_writes=2))
    for body in (b"1", b"2", b"3"):
        await service.send(body=body)
    service.clock.advance(60)
    await service.send(body=b"1")
    with pytest.raises(Denied):
        await service.send(body=b"3")
    assert "a replay" in refusals.only()


def test_as_many_as_are_remembered_take_no_more_memory_than_the_page_says() -> None:
    clock = Clock()
    writes = SignedWrites(clock, LIMITS.signed_writes)
    tracemalloc.start()
    try:
        for number in range(LIMITS.signed_writes + 100):
            clock.advance(0.001)
            writes.add(number.to_bytes(32), f"{number:036}")
        assert tracemalloc.get_traced_memory()[0] < 40_000_000
    finally:
        tracemalloc.stop()
