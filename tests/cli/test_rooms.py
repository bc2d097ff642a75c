"""`rooms list`, `create` and `show`."""

import re

import pytest

from rooms.domain.limits import LIMITS
from rooms_cli.client import Client
from rooms_cli.failures import Failure
from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.raw import Raw
from tests.cli.line import Line

ALICE, BOB, CAROL, DAVE = map(raw_id, range(1, 5))

LISTED = {
    "roomJoinPolicy": "InviteOnly",
    "carrier": "own",
    "title": None,
    "scheduledStart": None,
    "scheduledEnd": None,
}

OPENS, LATER = "2025-03-03T10:00:00Z", "2025-03-04T00:00:00+00:00"


@pytest.fixture(scope="module")
def new_room(line: Line) -> str:
    """A room with one of each role."""
    people = ["--presenter", ALICE, "--attendee", BOB, "--consumer", CAROL, "--collaborator", DAVE]
    (said,) = line.out("create", *people, "--pstn", "--title", "Tea")
    found = re.fullmatch(r"Room (994\d{14}), open from (\S+Z) until (\S+Z)", said)
    assert found
    return found[1]


def test_a_room_is_created_as_it_was_asked_for(line: Line, new_room: str) -> None:
    shown = line.json("show", new_room)
    assert shown["roomId"] == new_room
    assert shown["pstnDialOutEnabled"] is True
    roles = {ALICE: "Presenter", BOB: "Attendee", CAROL: "Consumer", DAVE: "Collaborator"}
    assert {one["rawId"]: one["role"] for one in shown["participants"]} == roles
    assert shown["title"] == "Tea"


def test_a_room_is_shown_with_names_and_whole_raw_ids(
    line: Line, insight: Insight, new_room: str
) -> None:
    insight.patch(
        f"/rooms/{new_room}/details",
        {"externalId": "T-1", "participants": {BOB: {"name": "Bob", "externalId": "B-1"}}},
    )
    first, *_, heading, alice, bob, _, _ = line.out("show", new_room)
    assert first == f"Room {new_room}: Tea (T-1)"
    assert re.split("  +", heading) == ["name", "role", "external id", "raw id"]
    assert alice.split() == ["Presenter", ALICE]
    assert bob.split() == ["Bob", "Attendee", "B-1", BOB]


def test_a_created_room_is_as_on_the_wire(line: Line) -> None:
    room = line.json("create")
    assert list(room) == ["id", "createdAt", "validFrom", "validUntil", "pstnDialOutEnabled"]
    assert room["createdAt"].endswith("+00:00")
    room_id = room.pop("id")
    assert room.items() <= line.json("show", room_id).items()


def test_a_deleted_room_is_shown_as_such(line: Line, raw: Raw) -> None:
    room_id = line.json("create", "--title", "Tea")["id"]
    assert raw.delete(f"/rooms/{room_id}").status == 204
    first, second, *_ = line.out("show", room_id)
    assert first == f"Room {room_id}: Tea"
    assert second.endswith("(deleted)")


def test_rooms_are_listed_newest_first_up_to_the_limit(line: Line, new_room: str) -> None:
    newest = line.json("create")
    listed = line.json_lines("list", "--limit", "2")
    assert (listed[0], len(listed)) == ({**newest, **LISTED, "people": 0}, 2)
    ended = line.run("list", "--limit", "2")
    assert (ended.code, ended.err) == (0, "Only the newest 2 are shown. --limit shows more.\n")
    heading, first, _ = ended.out.splitlines()
    columns = ["room", "open from", "until", "state", "dial-out", "guests", "title"]
    assert re.split("  +", heading) == columns
    assert re.split("  +", first)[::3] == [newest["id"], "open"]


def test_rooms_are_listed_by_invitee_and_state(line: Line) -> None:
    eve = raw_id()
    room = line.json("create", "--from", OPENS, "--presenter", eve)
    assert line.json_lines("list", "--participant", eve, "--state", "open", "--until", LATER) == [
        {**room, **LISTED, "people": 1}
    ]
    assert line.out("list", "--participant", eve, "--state", "expired") == ["No rooms."]
    assert line.json_lines("list", "--participant", eve, "--until", OPENS) == []
    assert len(line.out("list", "--participant", eve, "--limit", "1")) == 2  # and nothing of others


def test_rooms_are_listed_by_external_id(line: Line, insight: Insight) -> None:
    eve = raw_id()
    room = line.json("create", "--presenter", eve)
    people = {"participants": {eve: {"externalId": f"E of {eve}"}}}
    assert insight.patch(f"/rooms/{room['id']}/invitees", people).status == 200
    (listed,) = line.json_lines("list", "--external-id", f"E of {eve}")
    assert listed["id"] == room["id"]
    assert line.failure("list", "--external-id", "x" * 257) == (
        "--external-id: Must have at most 256 characters."
    )


def test_rooms_are_listed_by_a_part_of_their_title_and_with_it(line: Line) -> None:
    eve = raw_id()
    room = line.json("create", "--attendee", eve, "--title", "Green Tea")
    line.json("create", "--attendee", eve)
    assert line.json_lines("list", "--participant", eve, "--title", "n tea") == [
        {**room, **LISTED, "title": "Green Tea", "people": 1}
    ]
    _, shown = line.out("list", "--participant", eve, "--title", "TEA")
    assert re.split("  +", shown)[-1] == "Green Tea"


def test_a_room_is_opened_to_every_acs_user_and_closed_again(line: Line) -> None:
    eve = raw_id()
    room_id = line.json("create", "--attendee", eve)["id"]
    for policy, who, guests, on_the_wire in (
        (
            "open",
            "the invited, and every other ACS user as a guest",
            "yes",
            "CommunicationServiceUsers",
        ),
        ("invite-only", "the invited", "no", "InviteOnly"),
    ):
        assert line.out("policy", room_id, policy) == [f"Who can join room {room_id}: {who}."]
        assert f"Who can join: {who}" in line.out("show", room_id)
        _, listed = line.out("list", "--participant", eve)
        assert re.split("  +", listed)[5] == guests
        assert line.json("policy", room_id, policy) == {"roomJoinPolicy": on_the_wire}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["create", "--attendee", "8:orgid:1", "--attendee", ALICE, "--presenter", "Bob"],
            "Not a raw id of an ACS user: Bob, 8:orgid:1. It should look like 8:acs:<guid>_<guid>.",
        ),
        (
            ["create", "--until", "2025-01-01T00:00:00Z"],
            "--until: The time range end is in the past.",
        ),
        (
            ["show", "99400000000000000"],
            "There is no such room, or it was deleted. `rooms list` shows the rooms.",
        ),
        (
            ["policy", "99400000000000000", "open"],
            "There is no such room, or it was deleted. `rooms list` shows the rooms.",
        ),
        (
            ["list", "--from", LATER, "--until", OPENS],
            "--until: Must be after --from.",
        ),
        (
            ["list", "--participant", "Bob"],
            "--participant: Must be the raw id of an ACS user: 8:acs:<guid>_<guid>.",
        ),
    ],
)
def test_what_the_service_refuses(line: Line, arguments: list[str], said: str) -> None:
    assert line.failure(*arguments) == said


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_room_that_gets_no_title_is_shown_all_the_same(
    line: Line, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    def set_title(*_: object) -> None:
        raise Failure("Away.")

    monkeypatch.setattr(Client, "set_title", set_title)
    ended = line.run("create", "--title", "Tea", *options)
    assert ended.code == 1
    found = re.search(r"994\d{14}", ended.out)
    assert found
    assert line.json("show", found[0])["roomId"] == found[0]
    assert ended.err.startswith(
        "rooms: The room was created, but its title may not be set: Away. "
        f"To set it, send PATCH /rooms/{found[0]}/details."
    )


def test_a_title_may_be_as_long_as_the_service_takes_it(line: Line) -> None:
    longest = "x" * LIMITS.text
    assert line.json("show", line.json("create", "--title", longest)["id"])["title"] == longest


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show"], "Missing argument 'ROOM'"),
        (["show", "../calls"], "must be a room id"),
        (["policy", "x"], "Missing argument 'open|invite-only'"),
        (["policy", "x", "closed"], "'open|invite-only': Input should be 'open' or 'invite-only'"),
        (["list", "--from", "2026-05-04T10:00:00"], "for example 2026-05-04T10:00:00Z"),
        (["create", "--attendee", ALICE, "--presenter", ALICE], f"{ALICE} is invited twice"),
        (["create", "--title", ""], "'--title': must be 1 to 256 characters long"),
        (["list", "--title", ""], "'--title': must be 1 to 256 characters long"),
        (
            ["create", "--title", "x" * (LIMITS.text + 1)],
            "'--title': must be 1 to 256 characters long",
        ),
        (["create", "--attendee", ""], "'--attendee': must not be empty"),
        (["create", "--from", ""], "'--from': must be an RFC 3339 time"),
        (["list", "--participant", ""], "'--participant': must not be empty"),
        (["list", "--participant", " "], "'--participant': must not be empty"),
        (["list", "--state", ""], "'--state': Input should be 'open', 'upcoming' or 'expired'"),
        (["list", "--from", ""], "'--from': must be an RFC 3339 time"),
        (["list", "--until", ""], "'--until': must be an RFC 3339 time"),
        (["attendance", "x", "--call", ""], "'--call': must not be empty"),
        (["attendance"], "ROOM is missing: give a room, or --person"),
        (["attendance", "x", "--person", "D-1"], "--person goes with neither ROOM nor --call"),
        (["attendance", "--person", "x", "--call", "y"], "--person goes with neither ROOM nor"),
        (["attendance", "--person", " "], "'--person': must not be empty"),
        (["list", "--external-id", ""], "'--external-id': must not be empty"),
        (["list", "--external-id", "x", "--participant", ALICE], "exclude each other"),
        (["list", "--external-id", "\udced"], "'--external-id': must be text in UTF-8"),
        (["list", "--title", "\udced"], "'--title': must be text in UTF-8"),
        (["explain", "x", "\udced"], "must be text in UTF-8"),
        (["log", "x", "--kind", ""], "'--kind': must not be empty"),
        (["log", "x", "--actor", ""], "'--actor': must not be empty"),
        (["who", "x", "--at", ""], "'--at': must be an RFC 3339 time"),
        (["show", ""], "must be a room id"),
    ],
)
def test_a_command_line_that_is_wrong(line: Line, arguments: list[str], said: str) -> None:
    ended = line.run(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
