"""The registry of the kinds of log records."""

from collections.abc import Iterator
from typing import Any, Literal, NotRequired, TypedDict, get_args, get_origin, get_type_hints

import pytest

from rooms.domain.log_kinds import LOG_KINDS, LogKind
from rooms.domain.time import Time


def texts_in(shape: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yields the path of each text in a type, but for times and fixed words."""
    origin, arguments = get_origin(shape), get_args(shape)
    if shape is str:
        yield ".".join(path)
    elif shape is Time or origin is Literal:
        return
    elif hasattr(shape, "__value__"):  # the name of a type
        yield from texts_in(shape.__value__, path)
    elif origin is dict:
        yield from texts_in(arguments[0], (*path, "keys"))
        yield from texts_in(arguments[1], (*path, "*"))
    elif origin is list:
        yield from texts_in(arguments[0], (*path, "*"))
    elif arguments:  # NotRequired, or a merge_stays
        for argument in arguments:
            yield from texts_in(argument, path)
    else:
        fields = get_type_hints(shape, include_extras=True) if isinstance(shape, type) else {}
        for name, field in fields.items():
            yield from texts_in(field, (*path, name))


@pytest.mark.parametrize("kind", LOG_KINDS.values(), ids=LOG_KINDS)
def test_each_text_of_a_kind_is_declared_personal_or_not(kind: LogKind) -> None:
    declared = [*kind.personal, *kind.not_personal]
    assert sorted(declared) == sorted(set(texts_in(kind.detail)))


def test_texts_are_found_wherever_they_are() -> None:
    class Inner(TypedDict):
        name: NotRequired[str | None]

    class Outer(TypedDict):
        at: Time
        count: int
        people: dict[str, Inner]
        words: list[str]

    found = ["people.keys", "people.*.name", "words.*"]
    assert list(texts_in(Outer)) == found


def test_the_name_of_an_entry_is_its_key() -> None:
    assert [kind.name for kind in LOG_KINDS.values()] == list(LOG_KINDS)
