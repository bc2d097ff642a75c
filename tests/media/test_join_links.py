"""What the token of a join link is worth."""

import dataclasses

import pytest

from rooms.domain.join_link import JoinLink
from rooms.domain.time import SECOND, parse_time
from rooms.media.errors import InvalidJoinLink
from rooms.media.join_links import JoinLinks
from rooms.media.signed_json import InvalidToken, claims_of, signed
from rooms.settings.media import ApiKey

NOW = parse_time("2026-05-04T10:00:00Z")
OLD, NEW = ApiKey("2025", b"o" * 32), ApiKey("2026", b"n" * 32)
LINK = JoinLink(
    "0" * 32, "99400000000000001", "8:acs:one_two", "Ines Khan, a name with ü", NOW + 60 * SECOND
)


def links(*keys: ApiKey, at: int = NOW) -> JoinLinks:
    return JoinLinks(keys or (OLD,), lambda: at)


def test_a_token_says_what_the_link_says() -> None:
    assert links().read(links().token(LINK), LINK.room_id) == LINK


def test_a_link_without_a_name_has_none() -> None:
    nameless = dataclasses.replace(LINK, display_name=None)
    assert links().read(links().token(nameless), LINK.room_id) == nameless


def test_a_link_stays_good_when_a_key_is_added_and_signs() -> None:
    assert links(NEW, OLD).read(links(OLD).token(LINK), LINK.room_id) == LINK


def test_a_link_is_worthless_when_its_key_is_gone() -> None:
    with pytest.raises(InvalidJoinLink):
        links(NEW).read(links(OLD).token(LINK), LINK.room_id)


def test_a_link_is_for_one_room() -> None:
    with pytest.raises(InvalidJoinLink):
        links().read(links().token(LINK), "99400000000000002")


def test_a_link_is_good_until_just_before_it_expires() -> None:
    token = links().token(LINK)
    assert links(at=LINK.expires_at - 1).read(token, LINK.room_id) == LINK
    with pytest.raises(InvalidJoinLink):
        links(at=LINK.expires_at).read(token, LINK.room_id)


def test_a_token_of_the_media_server_is_no_link() -> None:
    claims = {"jti": "0" * 32, "room": LINK.room_id, "sub": LINK.raw_id, "exp": 4_000_000_000}
    with pytest.raises(InvalidJoinLink):
        links().read(signed(OLD, claims), LINK.room_id)


def test_a_link_is_no_token_of_the_media_server() -> None:
    with pytest.raises(InvalidToken):
        claims_of(links().token(LINK), (OLD,))
