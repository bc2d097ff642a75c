"""The app's memory over the soak, drawn."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from faults.soak import FAULTY_FROM, FAULTY_UNTIL, Sample

WIDTH, HEIGHT = 8.0, 3.0
"""Inches."""


def draw_memory(samples: Sequence[Sample], seconds: float, file: Path) -> None:
    """Writes an SVG. Two of the same samples are the same to the letter."""
    with mpl.rc_context({"svg.hashsalt": "memory", "font.size": 9}):
        figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
        axes = figure.subplots()
        minutes = [sample.second / 60 for sample in samples]
        axes.plot(
            minutes, [sample.resident for sample in samples], label="resident", color="#1f4e8c"
        )
        axes.plot(minutes, [sample.own for sample in samples], label="its own", color="#c2571a")
        axes.axvspan(
            seconds / 60 * FAULTY_FROM,
            seconds / 60 * FAULTY_UNTIL,
            color="#dddddd",
            label="faults of the storage",
        )
        axes.set_xlabel("minutes")
        axes.set_ylabel("MiB")
        axes.set_ylim(0, 1.2 * max(sample.resident for sample in samples))
        axes.set_xlim(0, seconds / 60)
        axes.legend(loc="lower right", frameon=False)
        axes.grid(alpha=0.3)
        file.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(file, format="svg", metadata={"Date": None})
