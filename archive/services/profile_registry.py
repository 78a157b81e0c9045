"""Which profiles a bag is held against: the one that the user names, else registered ones that it names."""

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from archive.core.bagit.verdicts import BagFacts
from archive.core.bagit_profile import Profile, declared_identifiers, judge, parse_profile
from archive.core.bagit_profile.judge_tags import tag_file_name
from archive.core.bagit_profile.model import IDENTIFIER, clause
from archive.core.errors import ConfigurationError
from archive.core.findings import At, Finding, Severity, note, warning
from archive.core.limits.bags import PROFILES_OF_A_BAG
from archive.core.text import printable
from archive.storage.profile_files import ProfileFile, profile_home, read_profile_file, registered_files


class Registered(NamedTuple):
    """A registered file: its profile, None where it cannot be used, and what is to be said about it."""

    path: str
    profile: Profile | None
    findings: tuple[Finding, ...]


class Profiles:
    """The profiles of one run; registered files are read when the first bag names one.

    What is wrong with a profile itself weighs as a note in the report of a bag: it is no fault of the bag,
    and `--strict` must not make it one.
    """

    def __init__(self, named: str | None = None) -> None:
        """Raises ConfigurationError where the file that the user names is no profile (`named_profile`)."""
        self._named = named_profile(named) if named is not None else None

    def judge(self, facts: BagFacts) -> Iterator[Finding]:
        """What the bag breaks of the profile of this run, or of each registered one that it names."""
        if self._named is not None:
            yield from _held_against(self._named, facts)
            return
        for identifier in declared_identifiers(facts.bag_info)[:PROFILES_OF_A_BAG]:
            entries = self._registry.get(identifier, [])
            if not entries:
                yield _unregistered(identifier, facts)
                yield from map(_as_note, self._unreadable)
                continue
            first = entries[0]
            yield from (_twice(other.path, identifier, first.path) for other in entries[1:])
            yield from _held_against(first, facts)

    @cached_property
    def _read(self) -> list[tuple[ProfileFile, Registered | None, str | None]]:
        """Each registered file with what it holds and its identifier, where it has one that can be read."""
        read: list[tuple[ProfileFile, Registered | None, str | None]] = []
        for file in registered_files():
            parsed = parse_profile(file.data, name=file.path) if file.data is not None else None
            entry = Registered(file.path, parsed.profile, parsed.findings) if parsed is not None else None
            read.append((file, entry, parsed.identifier if parsed is not None else None))
        return read

    @cached_property
    def _registry(self) -> dict[str, list[Registered]]:
        """The registered files of each identifier, in their order."""
        found: dict[str, list[Registered]] = {}
        for _, entry, identifier in self._read:
            if entry is not None and identifier is not None:
                found.setdefault(identifier, []).append(entry)
        return found

    @cached_property
    def _unreadable(self) -> list[Finding]:
        """Files without an identifier that can be read: one of them may be the profile that is sought."""
        return [_unreadable(file, entry) for file, entry, identifier in self._read if identifier is None]


def named_profile(path: str) -> Registered:
    """The profile that the user names.

    Raises ConfigurationError, with every finding, where it cannot be read or no bag can be held against it.
    """
    read = parse_profile(read_profile_file(path), name=path)
    if read.profile is None:
        first = _first_error(read.findings)
        raise ConfigurationError(
            f"{printable(first.place)}: {first.message}; no bag can be held against this profile",
            remedy=first.remedy or "mend the profile; each fault is named above",
            findings=read.findings,
        )
    return Registered(path, read.profile, read.findings)


def registered_profile_folder() -> str:
    """Where the user puts copies of profiles; it need not exist."""
    return profile_home(os.environ)


def _held_against(entry: Registered, facts: BagFacts) -> Iterator[Finding]:
    if entry.profile is None:
        yield _unusable(entry)
        return
    yield from map(_as_note, entry.findings)
    findings = judge(entry.profile, facts)
    broken = sum(each.severity is Severity.ERROR for each in findings)
    said = "kept, as far as the bag could be read" if facts.unseen else "kept"
    if broken:
        said = f"{broken:,} {'error' if broken == 1 else 'errors'}"
    message = f"held against the profile {entry.profile.identifier} of {entry.path}: {said}"
    yield note("PRO-JUDGED", ".", message, clause=clause(IDENTIFIER))
    yield from findings


def _as_note(finding: Finding) -> Finding:
    return replace(finding, severity=Severity.NOTE)


def _first_error(findings: tuple[Finding, ...]) -> Finding:
    return next(each for each in findings if each.severity is Severity.ERROR)


def _unregistered(identifier: str, facts: BagFacts) -> Finding:
    file = tag_file_name(facts)
    home = registered_profile_folder()
    return note(
        "PRO-UNREGISTERED",
        file,
        "names a profile of which no copy is registered; the bag was not held against it",
        at=At(file=file, field=IDENTIFIER),
        clause=clause(IDENTIFIER),
        found=identifier,
        remedy=f"put a copy of it into {home}, under any name that ends in .json, or use --profile FILE",
    )


def _unusable(entry: Registered) -> Finding:
    fault = _first_error(entry.findings)
    message = f"the registered profile cannot be used, and the bag was not held against it: {fault.message}"
    return warning("PRO-REGISTERED-UNUSABLE", entry.path, message, at=fault.at, clause=fault.clause)


def _unreadable(file: ProfileFile, entry: Registered | None) -> Finding:
    fault = _first_error(entry.findings) if entry is not None else None
    return warning(
        "PRO-REGISTERED-UNUSABLE",
        file.path,
        f"a registered profile could not be read: {fault.message if fault is not None else file.trouble}",
        at=fault.at if fault is not None else At(file=file.path),
    )


def _twice(path: str, identifier: str, first: str) -> Finding:
    message = f"has the identifier of {first}, which is used"
    return warning("PRO-REGISTERED-TWICE", path, message, at=At(file=path), found=identifier)
