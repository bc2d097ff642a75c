"""Shows the results of a meeting in tables: the truth beside the app's answers. Times are UTC."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from simulator.play import Played
from simulator.subjects import About, Fields, Subject
from simulator.words import by_reason, naming, slots, value_text

FEW = 20
"""Maximum number of people for a table with a row for each."""

_NOTHING: Fields = {}


def tables(played: Played, most: int) -> RenderableType:
    """Returns all tables of one room.

    Args:
        most: maximum number of differing subjects to show for each reason. The others are
            only counted.
    """
    return Group(
        _calls(played),
        _attendance(played),
        *([_people(played)] if len(played.meeting.people) <= FEW else []),
        _presence(played),
        *([_differences(played, most)] if played.differences else []),
    )


def _calls(played: Played) -> Table:
    table = _table("Calls", "", "", "from", "until", "people", "peak")
    for number, call in enumerate(played.meeting.calls, 1):
        subject = Subject(About.CALL, call.id)
        for source, sheet in (("truth", played.truth), ("app", played.answered)):
            fields = sheet.get(subject, _NOTHING)
            peak = f"{fields.get('peak')} at {value_text(fields.get('peakAt'))}"
            starts, ends = (
                _marked(fields, *of)
                for of in (("startedAt", "startEstimated"), ("endedAt", "endEstimated"))
            )
            table.add_row(
                f"call {number}" if source == "truth" else "",
                source,
                starts,
                ends,
                str(fields.get("people")),
                peak,
            )
    return table


def _attendance(played: Played) -> Table:
    table = _table(
        "Attendance",
        "",
        "",
        "invited",
        "attended",
        "absent",
        "uninvited",
        "people with correct answers",
    )
    wrong = {
        difference.subject
        for difference in played.differences
        if difference.subject.about is About.PERSON
    }
    for where, name in slots(played).items():
        subject = Subject(About.SUMMARY, where)
        people = [
            subject
            for subject in played.truth
            if subject.about is About.PERSON and subject.where == where
        ]
        right = f"{sum(person not in wrong for person in people)} of {len(people)}"
        for source, sheet in (("truth", played.truth), ("app", played.answered)):
            fields = sheet.get(subject, _NOTHING)
            counts = [
                str(fields.get(field)) for field in ("invited", "attended", "absent", "uninvited")
            ]
            table.add_row(
                name if source == "truth" else "", source, *counts, right if source == "app" else ""
            )
    return table


def _people(played: Played) -> Table:
    """Shows everyone's true times in the calls and, where it differs, the app's answer below."""
    calls = played.meeting.calls
    table = _table("People", "", "role", *(f"call {number}" for number in range(1, len(calls) + 1)))
    for person in played.meeting.people:
        subjects = [Subject(About.PERSON, call.id, person.raw_id) for call in calls]
        was = [_stays(played.truth.get(subject, _NOTHING)) for subject in subjects]
        says = [_stays(played.answered.get(subject, _NOTHING)) for subject in subjects]
        table.add_row(person.name, person.role if person.invited else "uninvited", *was)
        if says != was:
            table.add_row("  the app says", "", *says, style="yellow")
    return table


def _presence(played: Played) -> Table:
    table = _table("Presence", "at", "truth", "app", "")
    wrong = {difference.subject.where for difference in played.differences}
    for subject in sorted(subject for subject in played.truth if subject.about is About.PRESENCE):
        counts = [
            str(sheet.get(subject, _NOTHING).get("count", "no call"))
            for sheet in (played.truth, played.answered)
        ]
        said = "differs" if subject.where in wrong else "same people"
        table.add_row(value_text(datetime.fromisoformat(subject.where)), *counts, said)
    return table


def _differences(played: Played, most: int) -> Table:
    table = _table("Differences", "", "", "truth", "app", "why")
    name = naming(played)
    for why, subjects in by_reason(played).items():
        said = why or Text("NOT EXPLAINED", style="bold red")
        for subject, differences in list(subjects.items())[:most]:
            for place, difference in enumerate(differences):
                values = (value_text(difference.truth), value_text(difference.answered))
                table.add_row(
                    "" if place else name(subject), difference.field, *values, "" if place else said
                )
        if len(subjects) > most:
            table.add_row(f"... and {len(subjects) - most} more", "", "", "", said)
    return table


def _stays(fields: Fields) -> str:
    if not fields.get("intervals"):
        return str(fields.get("status", "unknown"))
    text = ", ".join(value_text(interval) for interval in fields["intervals"])
    return f"~ {text}" if fields.get("estimated") else text


def _marked(fields: Fields, field: str, flag: str) -> str:
    return ("~ " if fields.get(flag) else "") + value_text(fields.get(field))


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
