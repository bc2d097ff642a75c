"""`rooms log`, and `rooms log --follow`."""

import json
import re
from itertools import batched

import pytest

from rooms.domain.events import SERVICE_LOG
from rooms.domain.log_kinds import LOG_KINDS
from rooms.domain.time import SECOND, now
from testkit.events import Meeting, room_of_another_service
from testkit.identifiers import raw_id
from testkit.insight import Insight
from testkit.raw import Raw
from testkit.running import running_app
from tests.cli.line import Line

ALICE, BOB = raw_id(1), raw_id(2)


def sentence(line: str) -> str:
    """Without the time and the actor."""
    found = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ  (?:test|event-grid) +(\S.*)", line)
    assert found, line
    return found[1]


def test_the_newest_record_is_the_last(line: Line, insight: Insight, meeting: str) -> None:
    newest = insight.json(f"/rooms/{meeting}/log")["value"][:3]
    assert line.json_lines("log", meeting, "--limit", "3") == newest[::-1]
    ended = line.run("log", meeting, "--limit", "3")
    assert ended.err == "Only the newest 3 are shown. --limit shows more.\n"
    left, created, named = map(sentence, ended.out.splitlines())
    assert left == "“Nils Diallo” left"
    assert re.fullmatch(
        r"created the room, open from \S+Z until \S+Z; invited “Ines Khan” as Presenter, .*",
        created,
    )
    assert re.fullmatch(
        r"set the title to “Lesson 797”; scheduled it from \S+Z until \S+Z; "
        r"set the names of “Ines Khan”, .*",
        named,
    )


def test_records_of_a_kind_an_actor_and_a_time(line: Line, insight: Insight, meeting: str) -> None:
    call = insight.json(f"/rooms/{meeting}/calls")["value"][0]
    during = ["--from", call["startedAt"], "--until", call["peakAt"], "--actor", "event-grid"]
    joined = map(sentence, line.out("log", meeting, "--kind", "ParticipantAdded", *during))
    assert list(joined) == ["“Ines Khan” joined as Presenter", "“Salma Hansen” joined as Attendee"]


def test_each_kind_of_the_service_is_accepted(line: Line, meeting: str) -> None:
    for kind in LOG_KINDS:
        shown = line.json_lines("log", meeting, "--kind", kind)
        assert {record["kind"] for record in shown} <= {kind}


def test_an_unknown_kind_is_answered_with_all_kinds(line: Line, meeting: str) -> None:
    refused = line.run("log", meeting, "--kind", "Joined")
    assert (refused.code, refused.out) == (1, "")
    kinds = ", ".join(LOG_KINDS)
    assert " ".join(refused.err.split()) == f"rooms: --kind: Must be one of: {kinds}."


def test_an_empty_kind_is_refused(line: Line, meeting: str) -> None:
    assert line.run("log", meeting, "--kind", "").code == 2


def test_the_log_of_the_service(line: Line) -> None:
    assert line.out("log", SERVICE_LOG, "--kind", "Accessed") == ["No records."]


def test_no_records(line: Line, meeting: str) -> None:
    none = ["log", meeting, "--until", "2000-01-01T00:00:00Z"]
    assert line.out(*none) == ["No records."]
    assert line.json_lines(*none) == []


def test_a_log_that_is_whole_is_not_said_to_be_cut(
    line: Line, insight: Insight, meeting: str
) -> None:
    records = insight.json(f"/rooms/{meeting}/log")["value"]
    assert len(line.out("log", meeting, "--limit", str(len(records)))) == len(records)


def test_decisions_of_who_comes_in(line: Line, raw: Raw, insight: Insight) -> None:
    room_id = raw.new_room({"participants": {ALICE: {"role": "Consumer"}}})["id"]
    insight.send("POST", f"/rooms/{room_id}/admission", {"rawId": ALICE, "displayName": "Alice"})
    insight.send("POST", f"/rooms/{room_id}/admission", {"rawId": BOB})
    _, admitted, refused = map(sentence, line.out("log", room_id))
    assert admitted == "admitted “Alice” as Consumer"
    assert refused == "refused 8:acs:5ab1e000…-000000000002: You are not invited to this room"


@pytest.mark.thorough
def test_a_record_behind_empty_pages_is_found(line: Line, insight: Insight) -> None:
    call = Meeting(room_of_another_service())
    insight.deliver(call.started())
    joins = (call.added(number, raw_id(number)) for number in range(510))
    for some in batched(joins, 102, strict=True):  # a delivery has 15 s, on a busy machine too
        insight.deliver(*some)
    assert insight.json(f"/rooms/{call.room_id}/log?kind=CallStarted")["value"] == []
    assert list(map(sentence, line.out("log", call.room_id, "--kind", "CallStarted"))) == [
        "the call started"
    ]


def test_what_happens_is_shown_as_it_happens_and_what_is_told_late_too(
    line: Line, raw: Raw, insight: Insight
) -> None:
    room_id = raw.new_room({"participants": {ALICE: {}, BOB: {}}})["id"]
    started = now()

    def ago(minutes: int) -> Meeting:
        return Meeting(room_id, started - minutes * 60 * SECOND)

    with (
        line.running("log", room_id, "--follow") as people,
        line.running("log", room_id, "--follow", "--json") as scripts,
    ):
        assert re.match("created the room", sentence(people.line()))
        assert json.loads(scripts.line())["kind"] == "RoomCreated"
        insight.deliver(ago(60).added(0, ALICE, "An hour late"))
        assert sentence(people.line()) == "“An hour late” joined"
        insight.deliver(ago(1).added(0, ALICE, "Alice"))
        assert sentence(people.line()) == "“Alice” joined"
        insight.deliver(ago(2).added(0, BOB, "Bob"))  # which was before
        raw.patch(
            f"/rooms/{room_id}/participants",
            {"participants": {ALICE: {"role": "Presenter"}, BOB: None}},
        )
        shown = {sentence(people.line()), sentence(people.line())}
        assert shown == {
            "“Bob” joined",
            "made 8:acs:5ab1e000…-000000000001 Presenter; removed 8:acs:5ab1e000…-000000000002",
        }
        kinds = [json.loads(scripts.line())["kind"] for _ in range(4)]
        assert sorted(kinds) == [*["ParticipantAdded"] * 3, "ParticipantsUpdated"]
        for running in people, scripts:
            ended = running.interrupt()
            assert (ended.code, ended.out, ended.err) == (130, "", "")


def test_following_has_no_end(line: Line, meeting: str) -> None:
    assert line.run("log", meeting, "--follow", "--until", "2026-05-04T10:00:00Z").code == 2


def test_for_whom_a_record_is(line: Line, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = {"ROOMS_ON_BEHALF_OF": "test"}
    with running_app(tmp_path_factory.mktemp("trusting"), settings) as app:
        trusted = line.having(
            COMMUNICATION_CONNECTION_STRING=f"endpoint={app.http}/;accesskey={app.manage_key}"
        )
        (made,) = trusted.json_lines("--on-behalf-of", "Dr. Müller", "create", "--json")
        (record,) = trusted.out("log", made["id"])
    assert "  test for “Dr. Müller”  created the room, " in record
