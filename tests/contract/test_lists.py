"""The list of rooms with a key as it is, or parameters that ACS does not have, and that it is ACS's
without them."""

import asyncio
import json
import re
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from azure.communication.rooms import RoomsClient
from azure.communication.rooms.aio import RoomsClient as AsyncRoomsClient
from azure.core.credentials import AzureKeyCredential

from rooms.domain.time import DAY, HOUR, SECOND, Ticks, format_time, now, parse_time
from rooms.storage import keys
from rooms.storage.cursors import to_cursor
from testkit.events import live_meeting
from testkit.identifiers import raw_id
from testkit.insight import BASE, Insight, assert_invalid, assert_is, assert_refused
from testkit.raw import JSON, NEWEST, SUPPORTED, Raw, family_a
from testkit.running import RunningApp, new_key
from tests.contract.node import run_node
from tests.contract.pairs import paired
from tests.effort import thorough

# The SDK's own use of datetime.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

type Room = dict[str, Any]

MANY = 34
"""More than a page of rooms."""

INVITE_ONLY = {"roomJoinPolicy": "InviteOnly", "carrier": "own"}


def listed(room: Room, title: str | None, people: int) -> Room:
    """A room that nobody has scheduled, as the list has it."""
    unscheduled = {"scheduledStart": None, "scheduledEnd": None}
    return {**room, **INVITE_ONLY, "title": title, **unscheduled, "people": people}


NO_VERSION = family_a("ApiVersionUnspecified", "An API version is required, but was not specified.")
NOT_OF_THIS_LIST = "This is not a token of a nextLink of this list."


@pytest.fixture(scope="module")
def person(raw: Raw) -> str:
    return raw_id()


@pytest.fixture(scope="module")
def rooms(raw: Raw, person: str) -> list[Room]:
    """Rooms to which the person is invited, the newest first; each second one is open only from
    tomorrow on."""
    start = now() - now() % SECOND

    def room(number: int) -> dict[str, Any]:
        opens = start + (DAY if number % 2 else -HOUR)
        times = {"validFrom": format_time(opens), "validUntil": format_time(start + 2 * DAY)}
        return raw.new_room({"participants": {person: {"role": "Attendee"}, raw_id(): {}}, **times})

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(room, range(MANY)))
    return sorted(made, key=lambda room: parse_time(room["createdAt"]), reverse=True)


@pytest.fixture(scope="module")
def tea(insight: Insight, person: str, rooms: list[Room]) -> list[Room]:
    """Those of them that are called Tea 0, 3, ..., 33; all others are called Coffee."""
    for number, room in enumerate(rooms):
        assert (
            insight.patch(f"/rooms/{room['id']}/details", {"title": title_of(number)}).status == 200
        )
    return rooms[::3]


def title_of(number: int) -> str:
    return f"{'Tea' if number % 3 == 0 else 'Coffee'} {number} of {MINE}"


MINE = uuid.uuid4().hex
"""In the titles of these rooms only."""


def ids(rooms: list[Room]) -> list[str]:
    return [room["id"] for room in rooms]


# Without a parameter of ours it is ACS's list.


@pytest.mark.usefixtures("tea")
def test_without_a_parameter_the_list_is_acs_s_to_the_byte(raw: Raw, rooms: list[Room]) -> None:
    answer = raw.get("/rooms")
    token = answer.json()["nextLink"].partition("nextLink=")[2].partition("&")[0]
    assert re.fullmatch("[A-Za-z0-9_-]+", token)
    link = f"{raw.endpoint}/rooms?nextLink={token}&api-version={NEWEST}"
    listed = [raw.get(f"/rooms/{room['id']}").json() for room in answer.json()["value"]]
    assert (
        answer.body
        == json.dumps({"value": listed, "nextLink": link}, separators=(",", ":")).encode()
    )
    assert (answer.headers["content-type"], answer.headers["api-supported-versions"]) == (
        JSON,
        SUPPORTED,
    )


@pytest.mark.parametrize(
    "query", ["other=1", "STATES=open", *thorough("other=", "$filter=state&top=3")]
)
def test_with_nothing_but_unknown_parameters_it_is_acs_s_list(
    app: RunningApp, raw: Raw, rooms: list[Room], query: str
) -> None:
    plain, asked = raw.get("/rooms"), raw.get(f"/rooms?{query}")
    assert (asked.status, asked.body) == (200, plain.body)
    without_version = Raw(app.http, app.manage_key, version=None).get(f"/rooms?{query}")
    assert (without_version.status, without_version.json()) == (400, NO_VERSION)


@pytest.mark.parametrize("key", ["", "a gateway's own"])
def test_a_signed_request_gets_acs_s_list_whatever_key_stands_beside(
    raw: Raw, rooms: list[Room], key: str
) -> None:
    asked = raw.get("/rooms", {"x-api-key": key})
    assert (asked.status, asked.body) == (200, raw.get("/rooms").body)


# With one, or a key as it is, it is ours.


@pytest.mark.parametrize("query", ["", *thorough("?other=1", f"?api-version={NEWEST}")])
def test_with_a_key_as_it_is_all_rooms_are_listed_with_their_titles(
    app: RunningApp, raw: Raw, rooms: list[Room], tea: list[Room], query: str
) -> None:
    found = Insight(app, app.read_key).all(f"/rooms{query}")
    assert ids(found) == raw.room_ids()
    expected = {room["id"]: listed(room, title_of(number), 2) for number, room in enumerate(rooms)}
    for room in found:
        if room["id"] in expected:
            assert_is(room, expected[room["id"]])


def test_a_signed_request_with_a_parameter_of_ours_has_titles_too(
    raw: Raw, rooms: list[Room], tea: list[Room], person: str
) -> None:
    first = raw.get(f"/rooms?participant={person}").json()["value"][0]
    assert_is(first, listed(rooms[0], title_of(0), 2))


def test_a_room_without_a_title_has_null(raw: Raw, insight: Insight) -> None:
    eve = raw_id()
    room = raw.new_room({"participants": {eve: {}}})
    expected = listed(room, None, 1)
    assert_is(insight.json(f"/rooms?participant={eve}"), {"value": [expected]})


@pytest.mark.parametrize(
    "text",
    [f"of {MINE.upper()}", f"ee 4 of {MINE}", *thorough(f"TEA 3 of {MINE}", f"Milk of {MINE}")],
    ids=["the end", "the middle", "all of it", "none"],
)
def test_rooms_are_chosen_by_a_part_of_their_title_in_whatever_case(
    insight: Insight, rooms: list[Room], tea: list[Room], text: str
) -> None:
    expected = [
        room["id"] for number, room in enumerate(rooms) if text.lower() in title_of(number).lower()
    ]
    assert ids(insight.all(f"/rooms?title={quote(text)}")) == expected


def test_title_person_state_and_time_have_to_fit_all(
    insight: Insight, tea: list[Room], person: str
) -> None:
    later = [room for room in tea if parse_time(room["validFrom"]) > now()]
    until = quote(later[0]["validFrom"])
    chosen = {
        f"participant={person}": tea,
        "state=upcoming": later,
        f"until={until}": [room for room in tea if room not in later],
        f"participant={person}&state=upcoming": later,
        f"state=upcoming&until={until}": [],
        f"participant={raw_id()}": [],
    }
    listed = {query: ids(insight.all(f"/rooms?title=tea&{query}")) for query in chosen}
    mine = set(ids(tea))
    assert {
        query: [room_id for room_id in found if room_id in mine] for query, found in listed.items()
    } == {query: ids(found) for query, found in chosen.items()}


def test_a_next_link_is_of_the_same_title(
    insight: Insight, rooms: list[Room], tea: list[Room]
) -> None:
    pages = list(insight.pages(f"/rooms?title={quote(f'OF {MINE}')}"))
    assert [room for page in pages for room in ids(page["value"])] == ids(rooms)
    assert f"title=OF+{MINE}" in pages[0]["nextLink"]


@pytest.mark.parametrize(
    "title", ["100% & C++ #1?", *thorough("\u05e9\u05d9 \U0001f600", "x" * 256)]
)
def test_a_title_is_found_by_all_of_it(raw: Raw, insight: Insight, title: str) -> None:
    room_id = raw.new_room()["id"]
    assert insight.patch(f"/rooms/{room_id}/details", {"title": title}).status == 200
    assert ids(insight.all(f"/rooms?title={quote(title, safe='')}")) == [room_id]


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("state=", "state"),
        ("title=", "title"),
        ("participant=", "participant"),
        ("externalId=", "externalId"),
        ("EXTERNALID=", "externalId"),
        ("Participant&state=open", "participant"),
        ("from=&until=", "from"),
        ("scheduledFrom=", "scheduledFrom"),
        ("name=", "name"),
    ],
)
def test_a_parameter_without_a_value_is_refused_as_it_would_list_everything(
    insight: Insight, query: str, target: str
) -> None:
    assert assert_invalid(insight.get(f"/rooms?{query}"), target) == "Must have a value."


def test_a_key_as_it_is_lists_the_rooms_of_a_person_without_an_api_version(
    app: RunningApp, person: str, rooms: list[Room]
) -> None:
    for key in (app.manage_key, app.read_key):
        pages = list(Insight(app, key).pages(f"/rooms?participant={person}"))
        assert ids([room for page in pages for room in page["value"]]) == ids(rooms)
        assert all(len(page["value"]) <= 30 for page in pages)


@pytest.mark.parametrize("name", ["PARTICIPANT", *thorough("participant", "Participant")])
def test_the_names_of_parameters_are_of_any_case(
    insight: Insight, rooms: list[Room], person: str, name: str
) -> None:
    assert ids(insight.all(f"/rooms?{name}={quote(person)}")) == ids(rooms)


def test_rooms_of_a_person_are_chosen_by_state_and_time(
    insight: Insight, rooms: list[Room], person: str
) -> None:
    later = [room for room in rooms if parse_time(room["validFrom"]) > now()]
    today = [room for room in rooms if room not in later]
    until = quote(later[0]["validFrom"])
    chosen = {
        "state=open": today,
        "state=upcoming": later,
        "state=expired": [],
        f"until={until}": today,
        f"from={until}": rooms,
        f"state=upcoming&until={until}": [],
    }
    answers = {query: ids(insight.all(f"/rooms?participant={person}&{query}")) for query in chosen}
    assert answers == {query: ids(listed) for query, listed in chosen.items()}


@pytest.mark.parametrize("state", ["open", "upcoming"])
def test_all_rooms_of_a_state_are_listed_and_no_others(
    raw: Raw, insight: Insight, rooms: list[Room], state: str
) -> None:
    at = now()
    expected = [
        room["id"]
        for page in raw.pages()
        for room in page
        if (at < parse_time(room["validFrom"])) == (state == "upcoming")
        and at < parse_time(room["validUntil"])
    ]
    assert len(expected) >= len(rooms) / 2
    assert ids(insight.all(f"/rooms?state={state}")) == expected


def test_all_pages_are_as_of_the_time_of_the_first(
    insight: Insight, rooms: list[Room], person: str
) -> None:
    """Which a token has in it: one that says that it is of long ago makes a page of then."""
    for list_of, prefix in (
        (f"participant={person}", keys.invitee_prefix(person)),
        ("", keys.INDEX_START),
    ):
        newest = f"{prefix}{keys.descending(parse_time(rooms[0]['createdAt']) + 1)}"
        tomorrow, long_ago = (
            to_cursor(f"{at} {newest}") for at in (now() + DAY + HOUR, now() - DAY)
        )
        shown = [
            ids(insight.all(f"/rooms?{list_of}&state=open&nextLink={token}"))
            for token in (tomorrow, long_ago)
        ]
        assert set(shown[0]) >= set(ids(rooms))
        assert not set(shown[1]) & set(ids(rooms))


def test_a_list_of_which_nothing_fits_is_empty(
    insight: Insight, rooms: list[Room], person: str
) -> None:
    assert insight.all(f"/rooms?participant={person}&state=expired") == []


def test_rooms_of_an_external_id_are_listed_and_filtered(raw: Raw, insight: Insight) -> None:
    mine, name = raw_id(), uuid.uuid4().hex
    of_person, own, removed = (
        raw.new_room({"participants": {mine: {}} if number != 1 else {}})["id"]
        for number in range(3)
    )
    for room_id in (of_person, removed):
        named = {"title": "Tea", "participants": {mine: {"externalId": name}}}
        assert insight.patch(f"/rooms/{room_id}/details", named).status == 200
    assert insight.patch(f"/rooms/{own}/details", {"externalId": name}).status == 200
    body: dict[str, Any] = {"participants": {mine: None}}
    assert insight.patch(f"/rooms/{removed}/invitees", body).status == 200
    listed = {
        query: ids(insight.all(f"/rooms?externalId={name}{query}"))
        for query in ("", "&title=tea", "&state=open", "&state=expired")
    }
    assert listed == {
        "": [own, of_person],
        "&title=tea": [of_person],
        "&state=open": [own, of_person],
        "&state=expired": [],
    }
    assert insight.all(f"/rooms?externalId={name.upper()}") == []


# Schedules and names


@pytest.fixture(scope="module")
def scheduled(raw: Raw, insight: Insight) -> dict[str, str]:
    """A room for each of three hours, the first one at ten, to which a person of that hour is
    invited."""
    rooms = {}
    for hour in ("10", "11", "12"):
        guest = raw_id()
        room_id = raw.new_room({"participants": {guest: {}}})["id"]
        rooms[hour] = room_id
        details = {
            "scheduledStart": f"2031-05-04T{hour}:00:00Z",
            "scheduledEnd": f"2031-05-04T{hour}:30:00Z",
            "participants": {guest: {"name": f"Anna\n{hour} Oblonskaya"}},
        }
        assert insight.patch(f"/rooms/{room_id}/details", details).status == 200
    return rooms


@pytest.mark.parametrize(
    ("query", "hours"),
    [
        ("scheduledFrom=2031-05-04T10:00:00Z&scheduledUntil=2031-05-04T12:00:00Z", "10 11"),
        ("scheduledFrom=2031-05-04T10:00:00.0000001Z", "11 12"),
        ("scheduledUntil=2031-05-04T11:00:00Z&name=Oblonskaya", "10"),
        ("name=OBLONSKAYA", "10 11 12"),
        ("name=ANNA%0A11+Oblonskaya", "11"),
        ("name=Oblonskaya%22", ""),
    ],
)
def test_rooms_are_chosen_by_their_schedule_and_the_names_of_people(
    insight: Insight, scheduled: dict[str, str], query: str, hours: str
) -> None:
    found = ids(insight.all(f"/rooms?{query}"))
    assert found == [scheduled[hour] for hour in reversed(hours.split())]


def test_the_list_has_the_schedule_and_no_name(insight: Insight, scheduled: dict[str, str]) -> None:
    (found,) = insight.all("/rooms?name=12+Oblonskaya")
    times = {
        "scheduledStart": "2031-05-04T12:00:00+00:00",
        "scheduledEnd": "2031-05-04T12:30:00+00:00",
    }
    assert {name: found[name] for name in times} == times
    assert "Oblonskaya" not in json.dumps(found)


def test_a_schedule_of_no_length_is_refused(insight: Insight) -> None:
    at = "2031-05-04T10:00:00Z"
    answer = insight.get(f"/rooms?scheduledFrom={at}&scheduledUntil={at}")
    assert assert_invalid(answer, "scheduledUntil") == "Must be after `scheduledFrom`."


# Calls


def test_each_room_has_its_last_call_if_that_is_asked_for(raw: Raw, insight: Insight) -> None:
    guest, device = raw_id(), raw_id()
    live, over, never = (raw.new_room({"participants": {guest: {}}})["id"] for _ in range(3))
    names = {each: {"externalId": f"of {guest}"} for each in (guest, device)}
    for room_id in (live, over):
        path = f"/rooms/{room_id}/details"
        assert insight.patch(path, {"participants": names}).status == 200
        earlier, last = live_meeting(room_id), live_meeting(room_id)
        insight.deliver(earlier.started(), earlier.added(1, guest), earlier.ended(2))
        insight.deliver(last.started(3), last.added(4, guest), last.added(5, device))
        if room_id == over:
            insight.deliver(last.ended(6))
    listed = insight.all(f"/rooms?participant={guest}&include=lastCall")
    calls = {room_id: insight.json(f"/rooms/{room_id}/calls")["value"] for room_id in (live, over)}
    last_calls = {
        room_id: {name: some[0][name] for name in ("id", "startedAt", "endedAt", "people")}
        for room_id, some in calls.items()
    }
    assert {room["id"]: room["lastCall"] for room in listed} == {**last_calls, never: None}
    assert (last_calls[live]["endedAt"], last_calls[live]["people"]) == (None, 1)
    assert "lastCall" not in insight.all(f"/rooms?participant={guest}")[0]


def test_nothing_else_can_be_included(insight: Insight) -> None:
    answer = insight.get("/rooms?include=names")
    assert assert_invalid(answer, "include") == "Must be one of: lastCall."


# api-version


def test_an_api_version_is_heeded_on_all_pages(
    app: RunningApp, insight: Insight, rooms: list[Room], person: str
) -> None:
    oldest = insight.all(f"/rooms?participant={person}&api-version=2023-06-14")
    assert ids(oldest) == ids(rooms)
    room = ["id", "createdAt", "validFrom", "validUntil"]
    ours = ["roomJoinPolicy", "carrier", "title", "scheduledStart", "scheduledEnd", "people"]
    assert list(oldest[0]) == [*room, *ours]


def test_an_unknown_api_version_is_refused(insight: Insight) -> None:
    message = assert_refused(
        insight.get("/rooms?state=open&api-version=1999-01-01"), 400, "UnsupportedApiVersion"
    )
    assert message == (
        f"The HTTP resource that matches the request URI '{BASE}/rooms' does not support"
        " the API version '1999-01-01'."
    )


# The SDKs


PARAMETERS: Mapping[str, str] = {
    "state": "open",
    "from": "2026-01-01T00:00:00.5+00:00",
    "until": "2999-12-31T23:59:59.9999999Z",
}


@pytest.mark.parametrize(
    ("client", "source", "others"),
    [
        pytest.param(RoomsClient, "endpoint", {}, id="sync"),
        pytest.param(AsyncRoomsClient, "connection_string", PARAMETERS, id="async"),
        *(
            pytest.param(*each, marks=pytest.mark.thorough)
            for each in product(
                (RoomsClient, AsyncRoomsClient),
                ("endpoint", "connection_string"),
                ({}, PARAMETERS),
            )
        ),
    ],
)
async def test_the_python_sdk_lists_the_rooms_of_a_person_over_all_pages(
    app: RunningApp,
    rooms: list[Room],
    person: str,
    client: Any,
    source: str,
    others: Mapping[str, str],
) -> None:
    """It writes the values of a nextLink anew, in its own way."""
    made = (
        client(app.http, AzureKeyCredential(app.manage_key))
        if source == "endpoint"
        else client.from_connection_string(app.connection_string, connection_verify=str(app.ca))
    )
    urls: list[str] = []
    parameters = {"participant": person, **others}
    listed = made.list_rooms(
        params=parameters, raw_response_hook=lambda response: urls.append(response.http_request.url)
    )
    if client is RoomsClient:
        found = await asyncio.to_thread(lambda: [room.id for room in listed])
        made.close()
    else:
        found = [room.id async for room in listed]
        await made.close()
    expected = [room for room in rooms if not others or parse_time(room["validFrom"]) <= now()]
    assert found == ids(expected)
    first, *further = urls
    assert person in first
    assert further
    assert all(quote(person) in url for url in further)


@pytest.mark.parametrize("source", ["connection_string", *thorough("endpoint")])
def test_the_javascript_sdk_lists_the_rooms_of_a_person_over_all_pages(
    app: RunningApp, rooms: list[Room], person: str, source: str
) -> None:
    endpoint = {"ENDPOINT": app.http, "KEY": app.manage_key}
    string = {"CONNECTION_STRING": app.connection_string, "NODE_EXTRA_CA_CERTS": str(app.ca)}
    parameters = {"PARAMETERS": urlencode({"participant": person, "from": PARAMETERS["from"]})}
    script = Path(__file__).parent / "javascript" / "lists.mjs"
    done = run_node(script, {**(endpoint if source == "endpoint" else string), **parameters})
    assert done.returncode == 0, done.stderr
    pages = json.loads(done.stdout)
    assert [room_id for page in pages for room_id in page] == ids(rooms)
    assert len(pages) > 1


# What is refused


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("state=foo", "state"),
        ("state=Open", "state"),
        ("state=open,upcoming", "state"),
        ("participant=8:acs:nobody", "participant"),
        ("participant=4:%2B14255550123", "participant"),
        ("participant=8:orgid:00000000-0000-4000-8000-000000000000", "participant"),
        (f"participant=%20{raw_id(1)}", "participant"),
        (f"participant={raw_id(1)}%0A", "participant"),
        (f"externalId={'x' * 257}", "externalId"),
        (f"externalId=a&participant={raw_id(1)}", "externalId"),
        ("from=yesterday", "from"),
        ("from=2026-11-21", "from"),
        ("until=2026-11-21T10:00:00", "until"),
        ("until=2026-13-01T00:00:00Z", "until"),
        ("from=0000-01-01T00:00:00Z", "from"),
        ("from=0001-01-01T00:00:00%2B00:01", "from"),
        ("until=9999-12-31T23:59:59-00:01", "until"),
        ("from=2026-11-21T10:00:00Z&until=2026-11-21T10:00:00Z", "until"),
        ("from=2026-11-21T10:00:00Z&until=2026-11-21T09:59:59.9999999Z", "until"),
        (f"title={'x' * 257}", "title"),
        ("nextLink=garbage", "nextLink"),
        ("state=open&nextLink=garbage", "nextLink"),
        ("state=open&nextLink=%00", "nextLink"),
        (f"state=open&nextLink={'A' * 5000}", "nextLink"),
    ],
)
def test_what_cannot_be_understood_is_refused_by_its_name(
    insight: Insight, query: str, target: str
) -> None:
    assert_invalid(insight.get(f"/rooms?{query}"), target)


def point(at: Ticks) -> str:
    return f"{keys.descending(at)}:99400000000000000"


TOKENS = {
    "of ACS's list": keys.index_row("99400000000000000", 10**18),
    "of a list of calls": f"{now()} {keys.descending_hour(now())}:room:{'a' * 64}",
    "of a log": f"{keys.descending(10**18)}:{'a' * 32}",
    "of the quarantine": keys.quarantine_row("0" * 64),
    "of no time": f"{keys.INDEX_START}{point(10**18)}",
    "of a time that is too long": f"{'9' * 20} {keys.INDEX_START}{point(10**18)}",
    "of a row in part": f"{10**18} {keys.INDEX_START}1",
    "of the rooms of another person": f"{10**18} {keys.invitee_prefix(raw_id(2))}{point(10**18)}",
}


LISTS = {"all": "", "state": "state=open", "title": "title=a", "person": f"participant={raw_id(1)}"}


@paired("query", LISTS, "token", TOKENS)
def test_a_token_of_another_list_is_refused(insight: Insight, query: str, token: str) -> None:
    answer = insight.get(f"/rooms?{query}&nextLink={to_cursor(token)}")
    assert assert_invalid(answer, "nextLink") == NOT_OF_THIS_LIST


def test_a_token_of_some_rooms_is_none_of_a_persons_and_none_of_acs_s(
    raw: Raw, insight: Insight, rooms: list[Room], person: str
) -> None:
    links = [
        insight.json(f"/rooms?{query}")["nextLink"]
        for query in (f"from={FIRST}", f"participant={person}")
    ]
    some, persons = (link.partition("nextLink=")[2] for link in links)
    assert_invalid(insight.get(f"/rooms?participant={person}&nextLink={some}"), "nextLink")
    assert_invalid(insight.get(f"/rooms?state=open&nextLink={persons}"), "nextLink")
    for token in (some, persons):
        answer = raw.get(f"/rooms?nextLink={token}")
        assert (answer.status, answer.json()["error"]["details"][0]["target"]) == (400, "nextLink")


@pytest.mark.parametrize("digit", ["9", *thorough("0", "5")])
@pytest.mark.parametrize("as_of", ["0" * 18, "9" * 19, *thorough("9" * 18, "0" * 19)])
def test_a_forged_token_of_the_right_form_is_one_of_some_page(
    insight: Insight, as_of: str, digit: str
) -> None:
    for query, prefix in (
        ("", keys.INDEX_START),
        ("state=open", keys.INDEX_START),
        ("title=x", keys.INDEX_START),
        (f"participant={raw_id(1)}", keys.invitee_prefix(raw_id(1))),
    ):
        for row in (digit * 19, f"{digit * 19}:{digit * 17}"):
            token = to_cursor(f"{as_of} {prefix}{row}")
            assert insight.get(f"/rooms?{query}&nextLink={token}").status == 200, (query, row)


FIRST, LAST = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z"


@pytest.mark.parametrize("state", ["&state=open", *thorough("")])
def test_the_first_and_the_last_time_there_is_are_times_like_others(
    insight: Insight, rooms: list[Room], person: str, state: str
) -> None:
    of_person = f"/rooms?participant={person}{state}"
    everything = ids(insight.all(of_person))
    expected = {
        f"from={FIRST}&until={LAST}": everything,
        f"from={FIRST}": everything,
        f"from={LAST}": [],
        f"until={FIRST}": [],
    }
    assert {query: ids(insight.all(f"{of_person}&{query}")) for query in expected} == expected
    for query in expected:
        assert insight.get(f"/rooms?{query}{state}").status == 200


def test_a_wrong_key_or_none_opens_no_list(app: RunningApp, person: str) -> None:
    for query in (
        "",
        f"api-version={NEWEST}",
        "title=a",
        "state=open",
        "state=foo",
        f"participant={person}",
        "from=x",
        f"state=open&api-version={NEWEST}",
    ):
        assert_refused(Insight(app, new_key()).get(f"/rooms?{query}"), 401, "Denied")
        assert_refused(app.devhost.get(f"/rooms?{query}"), 401, "Denied")
