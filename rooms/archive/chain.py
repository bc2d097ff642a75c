"""Reads an archive, and tells whether its own files are as they were written."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from rooms.archive.days import (
    MANIFEST,
    Manifest,
    days_in,
    next_day,
    read_manifest,
    sha256,
)
from rooms.archive.findings import Finding, Tell
from rooms.archive.lines import Line, key_id, read_lines
from rooms.archive.places import Place
from rooms.storage.accounts import last_digit
from rooms.storage.archives import Known


@dataclass(slots=True)
class Chain:
    """The manifests of an archive, in order, and the files that are there.

    `unknown_days` are those of which it has lost some records. `hashes` has the SHA-256 of each
    manifest, by its day.
    """

    days: list[Manifest] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    unknown_days: set[str] = field(default_factory=set)


async def read_chain(place: Place, known: Known, tell: Tell) -> Chain:
    """Returns the manifests. Tells of each that is missing, or that is not the one which the next
    manifest, or the table, has the SHA-256 of. Raises ArchiveUnavailable."""
    names = await place.names()
    chain = Chain(names=set(names))
    before: str | None = None
    expected: str | None = None
    for day in days_in(names):
        name = f"{day}/{MANIFEST}"
        data = await place.read(name)
        while expected is not None and expected < day:
            tell(Finding("The manifest of this day is missing.", expected))
            chain.unknown_days.add(expected)
            before, expected = None, next_day(expected)
        try:
            manifest = read_manifest(data)
            if manifest.day != day:
                raise ValueError("a manifest of another day")
        except ValueError:
            tell(Finding("The manifest of this day was altered: it cannot be read.", day, name))
            chain.unknown_days.add(day)
            before, expected = None, next_day(day)
            continue
        if before is not None and manifest.previous != before:
            tell(
                Finding(
                    "The manifest of this day, or of the day before, was altered: they do not "
                    "belong together.",
                    day,
                    name,
                )
            )
        if expected is None and manifest.previous is not None:
            tell(Finding("The manifests of the days before this one are missing.", day, name))
        chain.days.append(manifest)
        before = chain.hashes[day] = sha256(data)
        expected = next_day(day)
    _check_end(chain, known, tell)
    _check_files(chain, tell)
    return chain


def _check_end(chain: Chain, known: Known, tell: Tell) -> None:
    """Tells if the archive is not the one that the table knows. It may have more days than that:
    the table has the SHA-256 of the last one that an export has noted."""
    if not chain.days:
        tell(Finding("There is no manifest: nothing was exported here, or all of it was removed."))
        return
    end = chain.days[-1]
    if known.key is None or any(each.key != key_id(known.key) for each in chain.days):
        tell(
            Finding(
                "The key of the digests in the table is not the one that the archive was made "
                "with: it was replaced, or the archive is of another table.",
                end.day,
            )
        )
    if any(each.archive != end.archive for each in chain.days):
        tell(Finding("The manifests are of different archives.", end.day))
    exported = known.archives.get(end.archive)
    if exported is None:
        if len(chain.days) > 1:  # an export may have been killed before it noted the first day
            tell(Finding("The table knows no such archive: the manifests were replaced.", end.day))
        return
    if exported.day > end.day:
        tell(Finding("The manifest of this day is missing.", exported.day))
    elif exported.day in chain.hashes and chain.hashes[exported.day] != exported.manifest:
        what = "The manifest of this day was altered: the table has the SHA-256 of another."
        tell(Finding(what, exported.day, f"{exported.day}/{MANIFEST}"))


def _check_files(chain: Chain, tell: Tell) -> None:
    """Tells of files that are missing, or that no manifest names."""
    named = {name for each in chain.days for name in each.names()}
    end = chain.days[-1].day if chain.days else ""
    for name in sorted(named - chain.names):
        day = name.partition("/")[0]
        chain.unknown_days.add(day)
        tell(Finding("The file is missing.", day, name))
    for name in sorted(chain.names - named):
        day, _, file = name.partition("/")
        if file != MANIFEST and day <= end:  # else the day is not complete yet
            tell(Finding("No manifest names this file.", day, name))


async def lines_of(
    place: Place, chain: Chain, digit: str, tell: Tell
) -> AsyncGenerator[tuple[str, str, Line]]:
    """Yields the records of all partitions with that last digit, each with its day and the
    partition where it arrived. Tells of files that were altered, and yields what can be read of
    them all the same."""
    for manifest in chain.days:
        for file in manifest.files:
            name = f"{manifest.day}/{file.name}"
            partition, _, _ = file.name.partition("-")
            if last_digit(partition) != digit or name not in chain.names:
                continue
            data = await place.read(name)
            if sha256(data) != file.sha256:
                chain.unknown_days.add(manifest.day)
                tell(Finding("The file was altered.", manifest.day, name))
            try:
                lines = read_lines(data)
            except ValueError:
                lines = []
            for line in lines:
                yield manifest.day, partition, line
