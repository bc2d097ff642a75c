"""Two lists of values for a test, paired with each other instead of multiplied."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

type Values = Mapping[str, Any] | Sequence[Any]
"""With names, or such as name themselves. A tuple has a value for each name of a parameter."""


def paired(
    names: str, values: Values, other_names: str, others: Values, indirect: Sequence[str] = ()
) -> pytest.MarkDecorator:
    """Returns a mark that gives a test each value of both lists, and all pairs if THOROUGH=1.

    For lists that have nothing to do with each other: code that looks at the one does not look at
    the other. The shorter list begins again where it ends.
    """
    left, right = _named(values), _named(others)
    turns = range(max(len(left), len(right)))
    each_run = {(turn % len(left), turn % len(right)) for turn in turns}
    pairs = [
        pytest.param(
            *_each(one),
            *_each(other),
            id=f"{name}-{other_name}",
            marks=[] if (row, column) in each_run else pytest.mark.thorough,
        )
        for row, (name, one) in enumerate(left)
        for column, (other_name, other) in enumerate(right)
    ]
    return pytest.mark.parametrize(f"{names},{other_names}", pairs, indirect=indirect)


def thorough_pairs(*pairs: tuple[object, object]) -> list[Any]:
    """Returns values of two parameters that are left out unless THOROUGH=1."""
    return [pytest.param(*each, marks=pytest.mark.thorough) for each in pairs]


def _named(values: Values) -> list[tuple[str, Any]]:
    if isinstance(values, Mapping):
        return list(values.items())
    return [(str(value), value) for value in values]


def _each(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
