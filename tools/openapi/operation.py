"""The parts of the description of an operation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Any, Literal

from rooms.api.body import Body

type Error = type[Exception]

type Kind = Literal["acs", "identity", "extension", "link", "either", "public"]
"""The rules of an operation: those of ACS Rooms, those of ACS Identity, those of extension routes,
the same for who holds a join link, those of the first or the third by request, or none for a public
operation."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the path, the query or the headers. `shape` is its type."""

    name: str
    where: Literal["path", "query", "header"]
    shape: Any
    description: str
    required: bool = False
    example: str | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """A header of an answer. `schema` is JSON Schema. A `required` header is in every answer."""

    description: str
    schema: Mapping[str, Any]
    required: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer without an error. `shape` is the type of its JSON; `texts` describes its other
    media types."""

    status: int
    description: str
    shape: Any = None
    headers: Mapping[str, Header] | None = None
    texts: Mapping[str, str] | None = None
    example: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation. `errors` adds to the errors that all operations of its kind share."""

    kind: Kind
    summary: str
    description: str
    answers: tuple[Answer, ...]
    parameters: tuple[Parameter, ...] = ()
    body: type[Body] | UnionType | None = None
    """One body, or one of each kind of api-version."""
    examples: Mapping[str, Mapping[str, Any]] | None = None
    """Example bodies, by title."""
    body_required: bool = True
    """Whether a request must have a body, if the operation takes one."""
    errors: tuple[Error, ...] = ()
    in_call: bool = False
    """Whether who is in the call of the room may call it, too."""

    def shapes(self) -> Iterator[Any]:
        """Yields the types that the document needs schemas of."""
        yield from (parameter.shape for parameter in self.parameters)
        yield from (answer.shape for answer in self.answers if answer.shape is not None)
        if self.body is not None:
            yield self.body


def read(
    summary: str,
    description: str,
    answer: Answer,
    *parameters: Parameter,
    errors: tuple[Error, ...],
) -> Operation:
    """Returns an operation of an extension route that takes no body and has one answer."""
    return Operation("extension", summary, description, (answer,), parameters, errors=errors)
