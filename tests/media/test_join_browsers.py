"""Join links: in which browser one is good, and what attackers get."""

import asyncio
import logging
from collections import Counter

import pytest

from rooms.api.extension import join
from rooms.domain.room import RoomChange
from rooms.domain.time import DAY
from testkit.livekit_double import LiveKitDouble
from testkit.storage import ORIGIN
from tests.media.entrance import (
    ANN,
    BOB,
    ELSEWHERE,
    HERE,
    NOW,
    Entrance,
    at,
    code,
    content,
    target,
)

# One browser.


async def test_the_browser_that_has_joined_may_join_again(entrance: Entrance) -> None:
    token = await entrance.token()
    for device in ("tab-1", "tab-2", "tab-1"):
        content(await entrance.join(token, device=device), 200)


async def test_no_other_browser_may_and_the_log_has_no_more_of_it(entrance: Entrance) -> None:
    token = await entrance.token()
    await entrance.join(token, HERE)
    assert code(await entrance.join(token, ELSEWHERE), 403) == "JoinLinkUsed"
    assert await entrance.kinds() == ["Admitted", "JoinLinkMade"]


async def test_only_the_browser_that_has_joined_learns_of_the_meeting(entrance: Entrance) -> None:
    token = await entrance.token(displayName="Ann")
    await entrance.join(token, HERE)
    content(await entrance.look(f"JoinLink {token}", HERE), 200)
    for browser in (None, "", ELSEWHERE, HERE[:-1], "\ud800", "é" * 10_000):
        assert code(await entrance.look(f"JoinLink {token}", browser), 403) == "JoinLinkUsed"


async def test_of_many_browsers_at_once_exactly_one_gets_in(entrance: Entrance) -> None:
    token = await entrance.token()
    browsers = [f"{number:022}" for number in range(20)]
    answers = await asyncio.gather(*(entrance.join(token, browser) for browser in browsers))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 403: 19}
    assert await entrance.kinds() == ["Admitted", "JoinLinkMade"]


async def test_all_tabs_of_one_browser_get_in_at_once(entrance: Entrance) -> None:
    token = await entrance.token()
    answers = await asyncio.gather(
        *(entrance.join(token, device=f"tab-{number}") for number in range(20))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert await entrance.kinds() == ["Admitted"] * 20 + ["JoinLinkMade"]


async def test_each_link_has_a_browser_of_its_own(entrance: Entrance) -> None:
    first, second = await entrance.token(), await entrance.token()
    content(await entrance.join(first, HERE), 200)
    content(await entrance.join(second, ELSEWHERE), 200)


async def test_the_row_of_a_browser_tells_of_no_person_and_of_no_other_link(
    entrance: Entrance,
) -> None:
    for _ in range(2):
        await entrance.join(await entrance.token(displayName="Ann"))
    partition = entrance.room_id[-1]
    all_rows = await entrance.app.table.first(partition, ".join-link:", ".join-link;", 1_000)
    rows = [row for row in all_rows if entrance.room_id in row["RowKey"]]
    assert len(rows) == 2
    assert all(row.keys() == {"PartitionKey", "RowKey", "browser"} for row in rows)
    assert len({row["browser"] for row in rows}) == 2
    assert not any(text in str(rows) for text in (ANN, "Ann", HERE))


# Whoever attacks.


async def test_no_link_no_entrance(entrance: Entrance, livekit_double: LiveKitDouble) -> None:
    token = await entrance.token()
    media = content(await entrance.join(token), 200)["media"]["token"]
    key = livekit_double.key
    head, claims, signature = token.split(".")
    forged = [
        "",
        "JoinLink",
        "JoinLink ",
        token,
        f"Bearer {token}",
        f"Bearer {media}",
        f"JoinLink {media}",
        f"JoinLink {entrance.key}",
        f"JoinLink {head}.{claims[:-4]}AAAA.{signature}",
        f"JoinLink {head}.{claims}.",
        f"JoinLink {token}{'A' * 10_000}",
        f"JoinLink {'[' * 10_000}",
        "JoinLink \u00ff\u0100.\u00e9.x",
        f"JoinLink {key.secret.decode()}",
    ]
    for authorization in forged:
        assert code(await entrance.look(authorization), 401) == "JoinLinkInvalid"
    for stolen in (media, f"{head}.{claims}.", token[:-1]):
        assert code(await entrance.join(stolen), 401) == "JoinLinkInvalid"
    assert await entrance.kinds() == ["Admitted", "JoinLinkMade"]


async def test_a_link_of_another_room_is_not_valid(entrance: Entrance) -> None:
    other = (await entrance.app.rooms.create(RoomChange(), {ANN: "Presenter"}, None, ORIGIN)).room
    token = await Entrance(entrance.app, entrance.key, other.id).token()
    assert code(await entrance.look(f"JoinLink {token}"), 401) == "JoinLinkInvalid"
    assert code(await entrance.join(token), 401) == "JoinLinkInvalid"


async def test_an_expired_link_is_not_valid_although_the_room_was_extended(
    entrance: Entrance,
) -> None:
    token = await entrance.token()
    await entrance.join(token)
    extended = RoomChange(NOW, NOW + 2 * DAY)
    await entrance.app.rooms.update(entrance.room_id, extended, ORIGIN)
    at(entrance, NOW + DAY)
    assert code(await entrance.look(f"JoinLink {token}"), 401) == "JoinLinkInvalid"
    assert code(await entrance.join(token), 401) == "JoinLinkInvalid"


async def test_links_outlive_a_rotation_as_long_as_their_key_is_there(
    entrance: Entrance, livekit_double: LiveKitDouble
) -> None:
    token, server = await entrance.token(), livekit_double.settings
    new = {"ROOMS_MEDIA_KEY__a-new-one": "n" * 32}
    both = entrance.restarted(**server, **new)
    content(await both.look(f"JoinLink {token}"), 200)
    only_new = {"ROOMS_MEDIA_URL": server["ROOMS_MEDIA_URL"], **new}
    rotated = entrance.restarted(**only_new)
    assert code(await rotated.look(f"JoinLink {token}"), 401) == "JoinLinkInvalid"
    content(await rotated.look(f"JoinLink {await both.token()}"), 200)


@pytest.mark.parametrize("browser", ["", "a" * 21, "a" * 87, "a" * 22 + "\n", "ä" * 22, None, 7])
async def test_a_browser_has_a_secret_that_nobody_guesses(
    entrance: Entrance, browser: object
) -> None:
    assert target(await entrance.join(await entrance.token(), browser)) == "$.browser"
    assert await entrance.kinds() == ["JoinLinkMade"]


async def test_nobody_speaks_for_others_with_a_link(entrance: Entrance) -> None:
    token = await entrance.token()
    (route,) = (route for route in join.routes.all if route.method == "POST")
    headers = {"authorization": f"JoinLink {token}", "on-behalf-of": "the director"}
    body = {"device": "tab-1", "browser": HERE}
    request = entrance._request("POST", "join", headers, body)
    assert target(await route.handle(entrance.app, request)) == "On-Behalf-Of"


async def test_each_link_has_a_quota_of_its_own(
    entrance: Entrance, livekit_double: LiveKitDouble
) -> None:
    one, other = await entrance.token(), await entrance.token(rawId=BOB)
    quota = {"ROOMS_KEY_RATE": "1", "ROOMS_KEY_BURST": "1"}
    bounded = entrance.restarted(**livekit_double.settings, **quota)
    answers = await asyncio.gather(*(bounded.look(f"JoinLink {one}") for _ in range(20)))
    assert 429 in {answer.status_code for answer in answers}
    content(await bounded.look(f"JoinLink {other}"), 200)


async def test_no_token_and_no_secret_is_in_a_log(
    entrance: Entrance, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = await entrance.token()
    await entrance.join(token, HERE)
    await entrance.join(token, ELSEWHERE)
    await entrance.look(f"JoinLink {token}x")
    said = caplog.text + repr(await entrance.log())
    assert "403 JoinLinkUsed" in said
    for secret in (*token.split("."), HERE, ELSEWHERE):
        assert secret not in said
