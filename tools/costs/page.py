"""docs/costs.md: page.md with the figures."""

from collections.abc import Sequence
from pathlib import Path
from string import Template

from costs import month as assumed
from costs.measure import PRESENCE_READS
from costs.month import Line, Month, month, peak
from costs.prices import ALWAYS_READY, PRICES, Price
from costs.room import RoomUse
from devhost.azurite import PROJECT
from faults import markdown

TEMPLATE = Path(__file__).parent / "page.md"
PAGE = PROJECT / "docs" / "costs.md"
SIZES = (10**3, 10**5, 10**7)


def page(uses: Sequence[RoomUse]) -> str:
    """Returns the page for what was measured, small rooms first."""
    small, large = uses
    months = [month(small, rooms) for rooms in SIZES]
    return Template(TEMPLATE.read_text()).substitute(
        people=small.people,
        more_people=large.people,
        meetings=small.meetings,
        presence_reads=PRESENCE_READS,
        use=_use(uses),
        month=_month(months, [month(large, rooms) for rooms in SIZES], large.people),
        peak=_peak(small),
        peak_share=f"{1 / assumed.PEAK_SHARE:.0f}",
        peak_minutes=assumed.PEAK_SECONDS // 60,
        prices=markdown.table(
            ("what", "USD", "free each month", "read"), [_price(price) for price in PRICES]
        ),
        stored_for=f"{assumed.RETENTION_MONTHS:.1f}",
        instance_gb=assumed.INSTANCE_GB,
        log_lines=f"{small.log_lines:.0f}",
        log_bytes=f"{assumed.LOG_BYTES:,}",
        timers=f"{assumed.TIMERS:,}",
        frequent_alerts=assumed.FREQUENT_ALERTS,
        rare_alerts=assumed.RARE_ALERTS,
        ready=f"{ALWAYS_READY.of(assumed.INSTANCE_GB * 30 * 24 * 3600):.0f}",
        processor=f"{1000 * small.processor_seconds / small.executions:.0f}",
        share=f"{_share(months[-1], 'Log Analytics'):.0%}".replace("%", " %"),
    )


def _use(uses: Sequence[RoomUse]) -> str:
    rows = [
        (
            kind.name,
            *(f"{use.kind(kind.name).executions:.1f}" for use in uses),
            *(f"{use.kind(kind.name).storage_requests:.1f}" for use in uses),
        )
        for kind in uses[0].kinds
    ]
    sums = (
        "**all**",
        *(f"**{use.executions:.0f}**" for use in uses),
        *(f"**{use.storage_requests:.0f}**" for use in uses),
    )
    stored = (
        "rows, and KB stored",
        *(f"{use.rows:.0f} rows" for use in uses),
        *(f"{use.stored_bytes / 1000:.0f} KB" for use in uses),
    )
    heads = [f"{what}, {use.people} people" for what in ("executions", "requests") for use in uses]
    return markdown.table(("of a room", *heads), [*rows, sums, stored])


def _month(months: Sequence[Month], large: Sequence[Month], people: int) -> str:
    rows = [
        (lines[0].what, *(f"{_amount(line)}: {_number(line.usd)}" for line in lines))
        for lines in zip(*(each.lines for each in months), strict=True)
    ]
    sums = ("**a month, USD**", *(f"**{_number(each.usd)}**" for each in months))
    room = ("a room, USD", *(f"{each.usd / each.rooms:.5f}" for each in months))
    alone = (
        "if each execution had an instance for itself",
        *(_number(each.usd + each.alone_usd) for each in months),
    )
    others = (f"rooms of {people} people", *(_number(each.usd) for each in large))
    heads = [f"{each.rooms:,} rooms" for each in months]
    return markdown.table(("", *heads), [*rows, sums, room, alone, others])


def _peak(use: RoomUse) -> str:
    peaks = [peak(use, rooms) for rooms in SIZES]
    rows = [
        ("admissions a second", *(_number(each.admissions) for each in peaks)),
        ("events a second", *(_number(each.events) for each in peaks)),
        ("rows written a second", *(_number(each.rows) for each in peaks)),
    ]
    return markdown.table(("", *(f"{rooms:,} rooms" for rooms in SIZES)), rows)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _price(price: Price) -> tuple[str, str, str, str]:
    bought = f"{price.per:,.0f} {price.unit}"
    free = f"{price.free:,.0f} {price.unit}" if price.free else ""
    usd = f"{price.usd:.6f}".rstrip("0").rstrip(".")
    return price.what, f"{usd} for {bought}", free, price.read


def _amount(line: Line) -> str:
    """Returns an amount with three digits, and its unit."""
    amount = line.amount if line.amount < 1000 else float(f"{line.amount:.3g}")
    return f"{amount:,.{3 if amount < 1 else 0}f} {line.unit}".strip()


def _share(of: Month, what: str) -> float:
    return next(line.usd for line in of.lines if line.what == what) / of.usd
