"""What an import has done, in a file: so it goes on after it was killed.

ACS does not say when a room was changed. So a room that was read once may only be left out in the
same import: a later one has to read it again. The file goes when the import ends, and one that is
more than a day old is not used.
"""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rooms_cli.client import Json
from rooms_cli.failures import Failure

GOOD_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Errand:
    """From where to where an import brings rooms."""

    acs: str
    here: str
    carrier: str | None


class Notes:
    """The rooms that an import has brought. Made by `noted`."""

    def __init__(self, path: Path, done: set[str]) -> None:
        self._path = path
        self._done = done
        self._file = path.open("a", encoding="utf-8")

    @property
    def empty(self) -> bool:
        """Returns whether no room was brought yet, by this import or by one before that did not
        end."""
        return not self._done

    def has(self, room: Json) -> bool:
        """Returns whether a room was brought as the list of ACS has it now."""
        return _line(room) in self._done

    def add(self, room: Json) -> None:
        """Takes note of a room that was brought."""
        self._done.add(_line(room))
        self._file.write(f"{_line(room)}\n")
        self._file.flush()

    def finish(self) -> None:
        """Removes the file: the next import reads all rooms."""
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Closes the file, which stays."""
        self._file.close()


@contextlib.contextmanager
def noted(path: Path, errand: Errand) -> Iterator[Notes]:
    """Opens the notes of an import, of one before that did not end, or new ones.

    Raises:
        Failure: the file is of something else, or cannot be written.
    """
    try:
        done = _done(path, errand)
        if done is None:
            began = {"beganAt": datetime.now(UTC).isoformat()}
            path.write_text(f"{json.dumps(asdict(errand) | began)}\n", encoding="utf-8")
        notes = Notes(path, done or set())
    except OSError as error:
        raise Failure(
            f"{path} cannot be written: {error.strerror}. Name another file with --notes."
        ) from None
    try:
        yield notes
    finally:
        notes.close()


def _done(path: Path, errand: Errand) -> set[str] | None:
    """Returns what an import before has noted. None if there was none, or it is too old."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except ValueError:
        text = "?"
    first, *lines = text.split("\n")
    if not first:
        return None
    try:
        head = json.loads(first)
        began = datetime.fromisoformat(head.pop("beganAt"))
    except (ValueError, AttributeError, KeyError, TypeError):
        raise Failure(
            f"{path} has no notes of an import. Name another file with --notes."
        ) from None
    if datetime.now(UTC) - began > GOOD_FOR:
        return None
    if head != asdict(errand):
        raise Failure(
            f"{path} has notes of an import from {head.get('acs')} to {head.get('here')}, with "
            f"--carrier {head.get('carrier') or 'left out'}, which did not end. Finish that first, "
            "remove the file, or name another with --notes."
        )
    if lines and lines[-1]:  # it was killed while it wrote this line
        with path.open("a", encoding="utf-8") as file:
            file.write("\n")
    return {line for line in lines if line}


def _line(room: Json) -> str:
    """Returns a room as the list has it: if it was changed since, it is brought again."""
    dial_out = "dial-out" if room["pstnDialOutEnabled"] else "no-dial-out"
    return " ".join(
        (room["id"], room["createdAt"], room["validFrom"], room["validUntil"], dial_out)
    )
