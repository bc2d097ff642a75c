"""`rooms erase`."""

import json

import pytest

from testkit.identifiers import raw_id
from tests.cli.line import Line


def test_a_person_is_erased_and_the_command_says_in_how_much_they_were_found(
    line: Line,
) -> None:
    person, other = raw_id(), raw_id()
    room = line.json("create", "--attendee", person, "--presenter", other)["id"]
    first, last = line.out("erase", person, "--yes")
    pseudonym = first.split()[4]
    assert first == (
        f"The person is erased. {pseudonym} stands for them in 1 room, 1 version of a roster, "
        "1 log record, 1 row of a list."
    )
    assert last.startswith("Read ")
    shown = line.json("show", room)
    assert {each["rawId"] for each in shown["participants"]} == {pseudonym, other}
    log = line.json_lines("log", room)
    assert [record["kind"] for record in log] == ["RoomCreated", "PersonErased"]
    assert person not in json.dumps(log)


def test_a_person_who_is_not_there_is_not_found(line: Line) -> None:
    first, _ = line.out("erase", "--external-id", "nobody", "--yes")
    assert first == "Nothing of this person was found."
    assert not any(line.json("erase", raw_id(), "--yes")["found"].values())


@pytest.mark.parametrize("arguments", [[], [raw_id(1), "--external-id", "x"]])
def test_one_id_is_needed(line: Line, arguments: list[str]) -> None:
    ended = line.run("erase", *arguments, "--yes")
    assert (ended.code, ended.out) == (2, "")
    assert "give a raw id, or --external-id" in " ".join(ended.err.replace("│", " ").split())
