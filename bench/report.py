"""docs/performance.md, written as a whole by a full run."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import growth, speed, start
from bench.growth import Grown
from bench.plots import draw_growth, draw_imports, draw_rates
from bench.site import AT_ONCE
from bench.speed import Speed
from bench.start import Start
from bench.storms import Storm

BEGIN = f"""\
# Performance

How fast this service is, beside what bounds it, by the last full run of `make bench`, which writes this page. The figures of one machine say little about another; the ratios say more. Both sides of
each were measured in the same run, in turn, and all figures are medians of several rounds.

## What holds

* **An operation through the service takes as good as no longer than its work in the storage alone.** The service is to do at least {speed.LIMIT} of the operations a second that a bare loop of
  azure-data-tables does.
* **The number of requests to the storage is small, and always the same**: one to three for what concerns one room, ten in parallel for a page of a list.
* **Nothing gets slower as rooms, or a room's log, become more.** All that is read of one room stands together under keys that begin with its id, and is read by its key or by a range of keys. With a
  thousand times as many rooms, an operation is to take at most {growth.LIMIT} times as much of the service.
* **It starts soon.** Until its first answer it is to take at most {start.LIMIT} times as long as an app of one trivial function with a table.
"""

SPEED = f"""\
## Each operation, beside the storage alone

Real HTTP to devhost, which runs the app through Microsoft's worker library, on Azurite. `the storage alone` is a loop that gives the same requests to the storage directly, with azure-data-tables' aio
client as it is. The ratio can be above 1: the service's client does not look for a .netrc and for proxies ahead of each request (rooms/clients.py).
`update` is PATCH of a room, `invite` PATCH of its participants, `may come in` GET of an admission and `admission` POST; `storage requests` are counted by a proxy, of both.

![Calls a second, {AT_ONCE} at once](performance/rates.svg)

"""

GROWTH = """\
## As rooms become more, and a log longer

Of one call at a time: milliseconds by the clock, through the service and by the storage client alone, and of processor time that the service had. Table Storage finds a key, or the beginning of a range,
as soon in a large table as in a small one. Azurite does not: it looks through all rows for each query. So the clock says how Azurite grows, and what counts here is the service's own share: its processor
time, and the clock's ratio beside the one of the storage alone.

![Processor time of the service for a call](performance/growth.svg)

"""

STORMS = """\
## Many at once

Everyone of several rooms joins within the same seconds, each event a delivery of its own; after the last answer all were counted in their rooms. And hundreds ask to be let into one room at the same moment:
all were let in.

"""

START = """\
## Start

From the start of the process until the first answer, which takes a request to the storage, on the same host: devhost. In Azure the platform's own part comes on top of both.

"""

IMPORTS = """\
What importing the app takes, in milliseconds, by package, each without what it imports in turn (`python -X importtime`, which makes it slower by itself). devhost has imported some of it already.

![Milliseconds that importing takes, by package](performance/imports.svg)

"""

END = """\
## Run it again

    make bench                  # twenty minutes, half of them to fill Azurite; writes this page
    make bench ARGS=--short     # two minutes, with fewer rooms and rounds: prints the report only

Close what else keeps the machine busy. It needs what `make test` needs, and 3 GiB of memory. `make test` has a smoke of it (tests/bench), which asserts no times.
"""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a part of the report, as people read them."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Figures:
    """All that was measured."""

    speeds: Sequence[Speed]
    requests: Mapping[str, tuple[int, int]]
    """To the storage: through the service, and alone."""
    grown: Sequence[Grown]
    sizes: str
    """Of the tables, in words."""
    storms: Sequence[Storm]
    start: Start
    imports: Mapping[str, float]

    def tables(self) -> list[Table]:
        """The tables, in the order of the page."""
        return [self._speeds(), self._growth(), self._storms(), self._start(), self._imports()]

    def missed(self) -> list[str]:
        """The goals that were not reached, in words."""
        return [
            *(
                f"{each.name}, {each.at_once} at once: {each.ratio:.2f} of the storage alone, at least {speed.LIMIT} is the goal"
                for each in self.speeds
                if each.ratio < speed.LIMIT
            ),
            *(
                f"{name}: {of[0]} storage requests through the service, {of[1]} alone"
                for name, of in self.requests.items()
                if of[0] != of[1]
            ),
            *(
                f"{name}, {table}: {found.cpu:.2f} times the processor time, at most {growth.LIMIT} is the goal"
                for name, table, found in self._ratios()
                if found.cpu > growth.LIMIT
            ),
            *(
                f"{name}, {table}: {found.service:.2f} times as long, the storage alone {found.storage:.2f}"
                for name, table, found in self._ratios()
                if found.service > growth.LIMIT * found.storage
            ),
            *(
                f"start: {self.start.ratio:.2f} of a trivial app's, at most {start.LIMIT} is the goal"
                for _ in range(self.start.ratio > start.LIMIT)
            ),
        ]

    def _speeds(self) -> Table:
        columns = ("operation", "at once", "ratio", "calls/s", "storage alone", "p50 ms", "alone", "p99 ms", "alone", "storage requests")
        rows = [
            (
                *(each.name, str(each.at_once), f"{each.ratio:.2f}", f"{each.service.rate:.0f}", f"{each.storage.rate:.0f}"),
                *(f"{figure:.1f}" for figure in (each.service.p50, each.storage.p50, each.service.p99, each.storage.p99)),
                str(self.requests[each.name][0]),
            )
            for each in self.speeds
        ]
        return Table("Each operation, beside the storage alone", columns, rows)

    def _growth(self) -> Table:
        columns = ("operation", "table", "service ms", "storage alone ms", "processor ms", "clock", "storage alone", "processor")
        found = {(name, table): found for name, table, found in self._ratios()}
        rows = []
        for each in self.grown:
            times = (f"{each.service:.1f}", f"{each.storage:.1f}", f"{each.cpu:.2f}")
            ratio = found.get((each.name, each.table))
            told = ("", "", "") if ratio is None else tuple(f"x {of:.2f}" for of in (ratio.service, ratio.storage, ratio.cpu))
            rows.append((each.name, each.table, *times, *told))
        return Table(f"As rooms become more, and a log longer: {self.sizes}", columns, rows)

    def _ratios(self) -> Iterable[tuple[str, str, growth.Ratios]]:
        for each in self.grown:
            if each.table != growth.SMALL:
                yield each.name, each.table, growth.ratios(self.grown, each.name, each.table)

    def _storms(self) -> Table:
        columns = ("what", "at once", "seconds", "a second", "storage alone", "ratio", "p50 ms", "p99 ms")
        rows = [
            (
                *(each.name, str(each.at_once), f"{each.seconds:.1f}", f"{each.service.rate:.0f}", f"{each.storage.rate:.0f}"),
                *(f"{each.ratio:.2f}", f"{each.service.p50:.0f}", f"{each.service.p99:.0f}"),
            )
            for each in self.storms
        ]
        return Table("Many at once", columns, rows)

    def _start(self) -> Table:
        rows = [(f"{self.start.service:.2f}", f"{self.start.trivial:.2f}", f"{self.start.ratio:.2f}")]
        return Table("Start", ("the service s", "a trivial app s", "ratio"), rows)

    def _imports(self) -> Table:
        rows = [(name, f"{milliseconds:.0f}") for name, milliseconds in self.imports.items()]
        return Table("Imports", ("package", "ms"), rows)


def page(figures: Figures, machine: Mapping[str, str]) -> str:
    """The page, in Markdown."""
    texts = (SPEED, GROWTH, STORMS, START, IMPORTS)
    parts = [f"{text}{_markdown(table.columns, table.rows)}" for text, table in zip(texts, figures.tables(), strict=True)]
    parts[1] = parts[1].replace("\n\n", f"\n\nThe tables: {figures.sizes}.\n\n", 1)
    missed = "".join(f"* {each}.\n" for each in figures.missed()) or "All of them were reached.\n"
    goals = f"## The goals that this run missed\n\n{missed}"
    made_on = f"## The machine of this run\n\n{_markdown(('', ''), list(machine.items()))}"
    return "\n".join([BEGIN, goals, *parts, made_on, END])


def draw(figures: Figures, folder: Path) -> None:
    """The pictures of the page."""
    draw_rates(figures.speeds, AT_ONCE, folder / "rates.svg")
    draw_growth(figures.grown, folder / "growth.svg")
    draw_imports(figures.imports, folder / "imports.svg")


def _markdown(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
