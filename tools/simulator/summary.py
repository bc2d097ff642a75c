"""Says in a few lines what was played, what was compared, and the result."""

from collections import Counter

from rich.text import Text

from simulator.play import Played
from simulator.reasons import Reason
from simulator.subjects import SCHEDULE, About, Subject


def summary(played: Played) -> Text:
    """Returns the lines of one room."""
    title = f"{played.meeting.title} (seed {played.performance.seed})\nRoom {played.room_id}\n"
    return Text.assemble((title, "bold"), _played(played), _compared(played), _verdict(played))


def _played(played: Played) -> str:
    progress, dropped = played.outcome.progress, len(played.outcome.dropped)
    came = played.truth[Subject(About.SUMMARY, SCHEDULE)]
    times = ", ".join(
        f"{call.started:%H:%M} to {call.ended:%H:%M}" for call in played.meeting.calls
    )
    return (
        f"{came['invited']} invited: {came['attended']} came, {came['absent']} absent; "
        f"{came['uninvited']} uninvited came\n"
        f"{len(played.meeting.calls)} calls: {times} UTC\n"
        f"{played.events} events: {dropped} dropped, {progress.delivered} delivered, "
        f"{progress.retries} retries\n"
    )


def _compared(played: Played) -> str:
    count = Counter(subject.about for subject in played.truth)
    return (
        f"Compared: {count[About.CALL]} calls, {count[About.LEG]} sessions, "
        f"{count[About.SUMMARY]} attendance reports, who was there at {count[About.PRESENCE]} "
        "times\n"
    )


def _verdict(played: Played) -> Text:
    reasons = Counter(difference.reason for difference in played.differences)
    differ = (
        f"{len(played.differences)} differ from the truth" if played.differences else "all correct"
    )
    lines = [f"{played.compared} answers compared, {differ}."]
    lines += [f"  {reasons[reason]:>5}  {reason}" for reason in Reason if reasons[reason]]
    if reasons[None]:
        lines.append(f"  {reasons[None]:>5}  NOT EXPLAINED by dropped events: the app is wrong")
    if played.outcome.dropped:
        wrong = played.wrongly_absent
        lines.append(
            f"Called absent, though they came: {wrong.estimated} marked estimated, "
            f"{wrong.unmarked} not marked."
        )
    if refused := played.outcome.refused:
        lines.append(
            f"  {len(refused)} events were refused for good: {next(iter(refused.values()))}"
        )
    failed = bool(reasons[None] or refused)
    return Text("\n".join(lines), style="bold red" if failed else "bold green")
