"""What ACS answers is read with care."""

import json
from collections.abc import Mapping

import pytest

from rooms.acs.answer import AcsAnswer
from rooms.acs.errors import AcsRefusesUs, NoAnswerOfAcs, Refused
from rooms.acs.rooms_api import RoomsApi


class Answering:
    """Answers each request with a page that has this link."""

    def __init__(self, link: object) -> None:
        self._body = json.dumps({"value": [], "nextLink": link}).encode()

    async def send(self, _: str, __: str, ___: Mapping[str, str], ____: bytes) -> AcsAnswer:
        return AcsAnswer(200, {}, self._body)

    def refused(self) -> AcsRefusesUs:
        return AcsRefusesUs()


@pytest.mark.parametrize(
    ("link", "target"),
    [
        (None, None),
        ("", None),
        ("https://acs.example/rooms?a=b", "/rooms?a=b"),
        ("https://evil.example/rooms?a=b", "/rooms?a=b"),
        ("/rooms?a=b", "/rooms?a=b"),
        ("https://acs.example/rooms?a=b\r\nX: y", "/rooms?a=bX: y"),
    ],
)
async def test_a_link_is_followed_at_the_resource_that_is_set(
    link: str | None, target: str | None
) -> None:
    assert (await RoomsApi(Answering(link)).page()).link == target


@pytest.mark.parametrize("link", ["@evil.example/rooms", ".evil.example/", ":81/", "https://[/"])
async def test_a_link_that_would_name_another_host_is_none_of_acs(link: str) -> None:
    with pytest.raises(NoAnswerOfAcs):
        await RoomsApi(Answering(link)).page()


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        (429, "7", 7),
        (429, "0", 1),
        (429, "soon", 1),
        (429, "", 1),
        (429, "9" * 5_000, 3600),
        (503, "7", None),
    ],
)
def test_acs_names_a_pause_of_an_hour_at_most(
    status: int, header: str, seconds: int | None
) -> None:
    assert Refused(AcsAnswer(status, {"retry-after": header}, b"")).retry_after == seconds
