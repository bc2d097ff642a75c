"""What the figures look like."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench import growth, speed
from bench.growth import Grown
from bench.speed import Speed

OURS, STORAGE, LIMIT = "#1f6f8b", "#b9c4c9", "#c0392b"
"""Colours of the service, of the storage client alone, and of what is to be kept."""

# So that two runs differ in their figures only.
mpl.rcParams["svg.hashsalt"] = "anteroom"
_METADATA = {"Date": None, "Creator": None}


def draw_rates(speeds: Sequence[Speed], at_once: int, file: Path) -> None:
    """Calls a second of each operation, beside those of the storage client alone."""
    shown = [each for each in speeds if each.at_once == at_once][::-1]
    figure, axes = _figure(0.5 * len(shown) + 1.2)
    places = range(len(shown))
    axes.barh(
        [place + 0.2 for place in places],
        [each.service.rate for each in shown],
        0.38,
        color=OURS,
        label="the service",
    )
    axes.barh(
        [place - 0.2 for place in places],
        [each.storage.rate for each in shown],
        0.38,
        color=STORAGE,
        label="the storage alone",
    )
    for place, each in zip(places, shown, strict=True):
        colour = "black" if each.ratio >= speed.LIMIT else LIMIT
        axes.annotate(
            f" {each.ratio:.2f}",
            (each.service.rate, place + 0.2),
            va="center",
            fontsize=8,
            color=colour,
        )
    axes.set_yticks(list(places), [each.name for each in shown])
    axes.set_xlabel(f"calls a second, {_under_way(at_once)}; beside the bars the ratio")
    axes.legend(frameon=False, loc="lower right")
    _save(figure, file)


def draw_growth(grown: Sequence[Grown], file: Path) -> None:
    """How many times as long each operation takes as with few rooms, but for what the storage takes
    longer."""
    multiples = list(growth.multiples(grown).items())[::-1]
    places = range(len(multiples))
    figure, axes = _figure(0.4 * len(multiples) + 1)
    for offset, which, label, colour in (
        (0.2, 0, "by the clock", OURS),
        (-0.2, 1, "processor time", STORAGE),
    ):
        values = [both[which].own for _, both in multiples]
        axes.barh([place + offset for place in places], values, 0.38, color=colour, label=label)
        for place, value in zip(places, values, strict=True):
            axes.annotate(f" {value:.2f}", (value, place + offset), va="center", fontsize=8)
    axes.axvline(growth.LIMIT, color=LIMIT, linewidth=1, label="limit")
    axes.set_xlim(0, 1.1 * max(growth.LIMIT, *(each.own for _, both in multiples for each in both)))
    axes.set_yticks(list(places), [f"{name}, {table}" for (name, table), _ in multiples])
    axes.set_xlabel(
        f"a call, of what it would take if the service added as much as with {growth.SMALL}"
    )
    axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
    _save(figure, file)


def draw_imports(times: Mapping[str, float], file: Path) -> None:
    """What the time to import the app is made up of."""
    figure, axes = _figure(0.3 * len(times) + 1)
    axes.barh(list(times)[::-1], list(times.values())[::-1], color=OURS)
    axes.set_xlabel("milliseconds")
    _save(figure, file)


def _under_way(at_once: int) -> str:
    return "one at a time" if at_once == 1 else f"{at_once} at once"


def _figure(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(8, height), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _save(figure: Figure, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, format="svg", metadata=_METADATA, facecolor="white")
