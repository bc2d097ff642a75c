"""docs/performance.md, written as a whole by a full run: page.md with the figures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from bench import growth, media, neighbours, packaged, speed, start, through
from bench.growth import Grown, Multiple
from bench.media import Beside
from bench.neighbours import Neighbours
from bench.packaged import Packaged
from bench.plots import draw_growth, draw_imports, draw_rates
from bench.speed import Speed
from bench.start import Start
from bench.storms import Storm
from bench.through import Through
from faults import markdown

TEMPLATE = Path(__file__).parent / "page.md"


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
    at_once: int
    people: int
    """In the call whose presence is asked for."""
    sizes: str
    """Of the tables, in words."""
    storms: Sequence[Storm]
    media: Sequence[Beside]
    through: Sequence[Through]
    neighbours: Neighbours
    start: Start
    packaged: Packaged
    imports: Mapping[str, float]

    def tables(self) -> list[Table]:
        """The tables, in the order of the page."""
        return [
            *(self._speeds(), self._growth(), self._storms(), self._media()),
            *(self._through(), self._neighbours(), self._start(), self._packaged()),
            self._imports(),
        ]

    def missed(self) -> list[str]:
        """The goals that were not reached, in words."""
        return [
            *(
                f"{each.name}, {each.at_once} at once: {each.ratio:.2f} of the storage "
                f"alone, at least {speed.LIMIT} is the goal"
                for each in self.speeds
                if each.ratio < speed.LIMIT
            ),
            *(
                f"{name}: {of[0]} storage requests through the service, {of[1]} alone"
                for name, of in self.requests.items()
                if of[0] != of[1]
            ),
            *(
                f"{name}, {table}: {found.own:.2f} times the {what}, at most {growth.LIMIT} "
                "is the goal"
                for (name, table), both in growth.multiples(self.grown).items()
                for what, found in zip(("time", "processor time"), both, strict=True)
                if found.own > growth.LIMIT
            ),
            *(
                f"{each.name}, with a media server: p99 {each.ratio:.2f} times as long, at most "
                f"{media.LIMIT} is the goal"
                for each in self.media
                if each.ratio > media.LIMIT
            ),
            *(
                f"{each.name} through to ACS: waits {each.trips[0]} times for the storage, and "
                f"{each.trips[1]} without ACS, at most {through.LIMIT} more is the goal"
                for each in self.through
                if each.trips[0] > each.trips[1] + through.LIMIT
            ),
            *(
                f"beside an abusive room: p99 {self.neighbours.ratio:.2f} times as long, at most "
                f"{neighbours.LIMIT} is the goal"
                for _ in range(self.neighbours.ratio > neighbours.LIMIT)
            ),
            *(
                f"start: {self.start.ratio:.2f} of a trivial app's processor time, at most "
                f"{start.LIMIT} is the goal"
                for _ in range(self.start.ratio > start.LIMIT)
            ),
            *(
                f"start with a media server: {self.start.media_ms:.0f} ms of processor time "
                f"more, at most {start.MEDIA_LIMIT_MS} is the goal"
                for _ in range(self.start.media_ms > start.MEDIA_LIMIT_MS)
            ),
            *(
                f"start with a token: {self.packaged.cold.token_ms:.0f} ms of processor time "
                f"more, at most {packaged.TOKEN_LIMIT_MS} is the goal"
                for _ in range(self.packaged.cold.token_ms > packaged.TOKEN_LIMIT_MS)
            ),
        ]

    def _speeds(self) -> Table:
        columns = (
            "operation",
            "at once",
            "ratio",
            "calls/s",
            "alone",
            "p50 ms",
            "alone",
            "p99 ms",
            "alone",
            "requests",
        )
        rows = [
            (
                *(
                    each.name,
                    str(each.at_once),
                    f"{each.ratio:.2f}",
                    f"{each.service.rate:.0f}",
                    f"{each.storage.rate:.0f}",
                ),
                *(
                    f"{figure:.1f}"
                    for figure in (
                        each.service.p50,
                        each.storage.p50,
                        each.service.p99,
                        each.storage.p99,
                    )
                ),
                str(self.requests[each.name][0]),
            )
            for each in self.speeds
        ]
        return Table("Each operation, beside the storage alone", columns, rows)

    def _growth(self) -> Table:
        columns = (
            "operation",
            "table",
            "ms",
            "alone",
            "cpu ms",
            "alone",
            "clock",
            "own",
            "cpu",
            "own",
        )
        multiples = growth.multiples(self.grown)
        rows = [
            (
                *(each.name, each.table),
                *(f"{ms:.1f}" for ms in (each.clock.service, each.clock.storage)),
                *(f"{ms:.2f}" for ms in (each.cpu.service, each.cpu.storage)),
                *_multiples(multiples.get((each.name, each.table))),
            )
            for each in self.grown
        ]
        return Table(f"As rooms become more, and a log longer: {self.sizes}", columns, rows)

    def _storms(self) -> Table:
        columns = ("what", "at once", "ratio", "seconds", "calls/s", "alone", "p50 ms", "p99 ms")
        rows = [
            (
                *(each.name, str(each.at_once), f"{each.ratio:.2f}", f"{each.seconds:.1f}"),
                *(
                    f"{each.service.rate:.0f}",
                    f"{each.storage.rate:.0f}",
                    f"{each.service.p50:.0f}",
                    f"{each.service.p99:.0f}",
                ),
            )
            for each in self.storms
        ]
        return Table("Many at once", columns, rows)

    def _media(self) -> Table:
        columns = (
            "what",
            "ratio of p99",
            "calls/s",
            "without",
            "p50 ms",
            "without",
            "p99 ms",
            "without",
            "again",
            "without",
        )
        rows = [
            (
                *(each.name, f"{each.ratio:.2f}"),
                *(f"{one.rate:.0f}" for one in (each.with_media, each.without)),
                *(f"{one.p50:.0f}" for one in (each.with_media, each.without)),
                *(f"{one.p99:.0f}" for one in (each.with_media, each.without)),
                *(str(count) for count in reversed(each.again)),
            )
            for each in self.media
        ]
        return Table("With a media server, and without", columns, rows)

    def _through(self) -> Table:
        columns = (
            "change",
            "ratio",
            "p50 ms",
            "ACS",
            "own",
            "p99 ms",
            "ACS",
            "own",
            "waits",
            "own",
        )
        rows = [
            (
                *(each.name, f"{each.ratio:.2f}"),
                *(f"{one.p50:.0f}" for one in (each.service, each.acs, each.own)),
                *(f"{one.p99:.0f}" for one in (each.service, each.acs, each.own)),
                *map(str, each.trips),
            )
            for each in self.through
        ]
        return Table("Through to ACS, beside ACS and beside the service alone", columns, rows)

    def _neighbours(self) -> Table:
        columns = ("good rooms", "calls/s", "p50 ms", "p99 ms", "ratio of p99")
        calm, abused = self.neighbours.calm, self.neighbours.abused
        rows = [
            (what, f"{each.rate:.0f}", f"{each.p50:.1f}", f"{each.p99:.1f}", ratio)
            for what, each, ratio in (
                ("beside a calm room", calm, ""),
                ("beside the abusive room", abused, f"{self.neighbours.ratio:.2f}"),
            )
        ]
        return Table(f"Beside a room of {self.neighbours.rejoins:,} rejoins", columns, rows)

    def _start(self) -> Table:
        columns = ("app", "processor ms", "ratio", "seconds")
        found = self.start
        rows = [
            (name, f"{1000 * taken.processor:.0f}", ratio, f"{taken.clock:.2f}")
            for name, taken, ratio in (
                ("the service", found.service, f"{found.ratio:.2f}"),
                ("the service, with a media server", found.with_media, ""),
                ("a trivial app", found.trivial, ""),
            )
        ]
        return Table("Start", columns, rows)

    def _packaged(self) -> Table:
        cold = self.packaged.cold
        rows = [
            (name, f"{1000 * seconds:.0f}", f"{seconds / cold.compiled:.2f}")
            for name, seconds in (
                ("as it is deployed", cold.compiled),
                ("without bytecode", cold.sources),
                ("with a token of its identity", cold.token),
                ("with one that azure-identity gets", cold.azure_identity),
            )
        ]
        return Table("Cold start of the package", ("import", "processor ms", "ratio"), rows)

    def _imports(self) -> Table:
        rows = [(name, f"{milliseconds:.0f}") for name, milliseconds in self.imports.items()]
        return Table("Imports", ("package", "ms"), rows)


def _multiples(found: tuple[Multiple, Multiple] | None) -> Iterable[str]:
    if found is None:
        return [""] * 4
    return [f"x {of:.2f}" for each in found for of in (each.service, each.own)]


def page(figures: Figures, machine: Mapping[str, str]) -> str:
    """The page, in Markdown."""
    names = ("speeds", "growth", "storms", "media", "through", "neighbours", "start")
    parts = {
        name: markdown.table(each.columns, each.rows)
        for name, each in zip((*names, "packaged", "imports"), figures.tables(), strict=True)
    }
    return Template(TEMPLATE.read_text()).substitute(
        parts,
        machine=markdown.table(("", ""), list(machine.items())),
        missed="".join(f"* {each}.\n" for each in figures.missed()) or "None.\n",
        people=figures.people,
        sizes=figures.sizes,
        at_once=figures.at_once,
        least_rate=speed.LIMIT,
        most_growth=growth.LIMIT,
        most_start=start.LIMIT,
        most_start_media=start.MEDIA_LIMIT_MS,
        most_token=packaged.TOKEN_LIMIT_MS,
        zip_mb=f"{figures.packaged.built.zip_size / 1e6:.1f}",
        folder_mb=f"{figures.packaged.built.size / 1e6:.1f}",
        files=f"{figures.packaged.built.files:,}",
        most_media=media.LIMIT,
        most_trips=through.LIMIT,
        acs_ms=f"{1000 * through.ACS_SECONDS:.0f}",
        most_beside=neighbours.LIMIT,
        rejoins=f"{figures.neighbours.rejoins:,}",
    )


def draw(figures: Figures, folder: Path) -> None:
    """The pictures of the page."""
    draw_rates(figures.speeds, figures.at_once, folder / "rates.svg")
    draw_growth(figures.grown, folder / "growth.svg")
    draw_imports(figures.imports, folder / "imports.svg")
