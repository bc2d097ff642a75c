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
    axes.barh([place + 0.2 for place in places], [each.service.rate for each in shown], 0.38, color=OURS, label="the service")
    axes.barh(
        [place - 0.2 for place in places], [each.storage.rate for each in shown], 0.38, color=STORAGE, label="the storage alone"
    )
    for place, each in zip(places, shown, strict=True):
        colour = "black" if each.ratio >= speed.LIMIT else LIMIT
        axes.annotate(f" {each.ratio:.2f}", (each.service.rate, place + 0.2), va="center", fontsize=8, color=colour)
    axes.set_yticks(list(places), [each.name for each in shown])
    axes.set_xlabel(f"calls a second, {_under_way(at_once)}; beside the bars the ratio")
    axes.legend(frameon=False, loc="lower right")
    _save(figure, file)


def draw_growth(grown: Sequence[Grown], file: Path) -> None:
    """How many times as long each operation takes, and as much of the app's processor time, as in the small table."""
    tables = list(dict.fromkeys(each.table for each in grown if each.table != growth.SMALL))
    names = list(dict.fromkeys(each.name for each in grown))
    figure, axes = _figure(0.55 * len(names) + 1.4)
    for number, (table, colour) in enumerate(zip(tables, (OURS, STORAGE), strict=True)):
        ratios = [growth.ratios(grown, name, table).cpu for name in reversed(names)]
        places = [place + 0.2 - 0.4 * number for place in range(len(names))]
        axes.barh(places, ratios, 0.38, color=colour, label=table)
        for place, ratio in zip(places, ratios, strict=True):
            axes.annotate(f" {ratio:.2f}", (ratio, place), va="center", fontsize=8)
    axes.axvline(growth.LIMIT, color=LIMIT, linewidth=1, label="limit")
    axes.set_yticks(range(len(names)), names[::-1])
    axes.set_xlabel(f"processor time of the service for a call, of that with {growth.SMALL}")
    axes.legend(frameon=False, loc="lower right")
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
