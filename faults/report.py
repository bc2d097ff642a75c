"""docs/reliability.md, written as a whole by a full run: what holds, how it was tested, and what came of it."""

from collections.abc import Mapping, Sequence

from faults.result import Result

BEGIN = """\
# Reliability

What this service promises when something breaks, how that is tested, and what came of the last full run of `make faults`,
which writes this page.

## What holds

* **What was answered with success is there, and stays.** A room, a change, an event that Event Grid was told is taken: the
  answer comes after the storage has it, in one transaction with its log record. Killing the app at any moment loses nothing
  of it.
* **What is sent again is done once.** The SDKs and Event Grid send a request again when its answer is lost, cut off or 503. A
  create with Repeatability-Request-ID, which the SDKs send, makes one room; a change is there once with one log record; an
  event once. An admission that is asked for again is another decision, with a record of its own. A create without
  Repeatability-Request-ID, whose answer is lost, may have made a room that nobody knows of. An event that is dropped or
  redriven again, because the storage did not answer within ten seconds, may be gone from the quarantine by then: 404.
* **What fails, fails as a whole, and says so.** A storage that is down, slow or cuts connections leads to 503 with
  Retry-After within ten seconds (for Event Grid's webhook: 500), and the same request succeeds when it is back. No row is
  left that does not agree with the others.
* **Minutes of load leave nothing behind.** Memory does not grow, and no task, connection or file stays open.

It is as durable as the storage: Table Storage keeps three copies of what it has answered; Azurite, on a laptop, loses the
last seconds when it is killed itself.

## How it is tested
"""

HOW = {
    "Faults of the storage": """\
A proxy stands between the app and Azurite. Each operation of each function of the app, reads and upkeep too, is carried out
without faults, and then once for each of its requests to the storage and each kind of fault: REFUSED (503), CUT_BEFORE (the
connection is cut before the request arrives), CUT_AFTER (carried out, and cut before the answer), TWICE (it arrives twice),
DELAYED (carried out, but the answer does not come before the time-out), and for writes LATE (carried out when the app no
longer waits and asks anew). The first four requests that only come because of the fault get the same one, in further runs.
Then two faults of any kinds come near each other, at random, also in the client's retries. The client tries again as
azure.core does, with the same ids, and Event Grid with the same delivery. After each run the answer, the room, its roster,
log, events and the quarantine are compared with those of the run without faults, and all rows of the room are checked against
each other; in the end those of the whole table. A function of the app that no operation calls is a failure.
""",
    "Kills": """\
Clients create, change and delete rooms, all invite into the same few rooms, and deliveries bring each event twice, while the
app is killed with SIGKILL and started again. Who has no answer sends the same again. In the end all rows must agree, and each
change that was answered is in the log once, each event there once, and nothing else is.
""",
    "Fuzz": """\
Schemathesis makes requests from the service's own OpenAPI document, valid ones and others. No answer may be a 5xx, or one
that the document does not allow.
""",
    "Soak": """\
Six clients ask for everything there is, in a mixture as it may come: they make rooms, change and delete them, admit, deliver
events, look at presence, logs and lists, load the console, and are refused. In the sixth tenth of the time one request to the
storage in twenty is refused or cut. Deleted rooms' rows are removed past the app, so that the table stays as large as it is.
Memory is sampled every second. The tasks are asked for by a route that only the soak's app has (faults/watched). The app
keeps connections to the storage for the next requests; these are closed when they have been idle for 15 seconds.
""",
}
"""Of each part, how it is tested."""

PICTURE = "![The memory of the app during the soak](reliability/memory.svg)\n"

FOUND: Sequence[str] = (
    "Who dropped or redrove an event in quarantine, and whose removal the storage carried out without its answer coming through, "
    "was told 503, and, asking again, 404; where the storage carried it out twice, 404 at once. A removal is now tried again "
    "until its outcome is known, and never removes an event that has come anew meanwhile.",
)
"""What these tests have found in the app, and what became of it."""

END = """\
## Run it again

    make faults                                          # all, about an hour; writes this page
    make faults ARGS="storage kills"                     # some parts: prints the report only
    make faults ARGS=--short                             # two minutes; prints the report only
    make faults ARGS="storage --seed 7"                  # other random pairs

It needs what `make test` needs, two cores and 2 GiB of memory. `make test` has a short form of each part (tests/faults).
"""


def page(results: Sequence[Result], machine: Mapping[str, str]) -> str:
    """The page, in Markdown."""
    parts = [BEGIN, *(_part(result) for result in results)]
    if FOUND:
        parts.append("## What was found, and mended\n\n" + "".join(f"* {each}\n" for each in FOUND))
    parts += [f"## The machine of this run\n\n{_table(machine)}", END]
    return "\n".join(parts)


def _part(result: Result) -> str:
    outcome = "".join(f"* {problem}\n" for problem in result.problems) or "It held: no problem was found.\n"
    picture = f"\n{PICTURE}" if result.name == "Soak" else ""
    title = result.name.capitalize()
    return f"### {title}\n\n{result.holds}\n\n{HOW[title]}\n{_table(result.figures)}{picture}\n{outcome}"


def _table(figures: Mapping[str, str]) -> str:
    rows = "".join(f"| {name} | {value} |\n" for name, value in figures.items())
    return f"| | |\n|---|---|\n{rows}"
