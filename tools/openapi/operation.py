"""What the document says of an operation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rooms.api.body import Body

type Error = type[Exception]

type Kind = Literal["acs", "extension", "either", "public"]
"""Whose rules an operation follows: ACS's, ours (no api-version, a key as it is), either's,
depending on the request; or none, as anyone may ask."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the path, the query or the headers, of the type `shape`."""

    name: str
    where: Literal["path", "query", "header"]
    shape: Any
    description: str
    required: bool = False
    example: str | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """A header of an answer. `schema` is JSON Schema; a header that is not `required` comes in some
    cases only."""

    description: str
    schema: Mapping[str, Any]
    required: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is no error. `shape` is the type of its JSON, if it has any; `texts` tells of
    other media types."""

    status: int
    description: str
    shape: Any = None
    headers: Mapping[str, Header] | None = None
    texts: Mapping[str, str] | None = None
    example: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation. `errors` are those beside the ones that every operation of its kind can end
    with."""

    kind: Kind
    summary: str
    description: str
    answers: tuple[Answer, ...]
    parameters: tuple[Parameter, ...] = ()
    body: type[Body] | None = None
    examples: Mapping[str, Mapping[str, Any]] | None = None
    """Of the body, by what they are of."""
    errors: tuple[Error, ...] = ()

    def shapes(self) -> Iterator[Any]:
        """The types that the document needs schemas of."""
        yield from (parameter.shape for parameter in self.parameters)
        yield from (answer.shape for answer in self.answers if answer.shape is not None)
        if self.body is not None:
            yield self.body
