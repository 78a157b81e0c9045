"""Which profiles a bag is held against: the one that the user names, else registered ones that it names."""

import os
from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from archive.core.bagit.verdicts import BagFacts
from archive.core.bagit_profile import Profile, declared_identifiers, judge, parse_profile
from archive.core.bagit_profile.judge_tags import tag_file_name
from archive.core.bagit_profile.model import IDENTIFIER, clause
from archive.core.errors import ConfigurationError
from archive.core.findings import At, Finding, Severity, note, warning
from archive.core.text import lossless, printable
from archive.storage.profile_files import ProfileFile, profile_home, read_profile_file, registered_files

_SHOWN = 20  # identifiers of one bag that are looked up


class ProfileJudgement(NamedTuple):
    """What one profile has against one bag."""

    identifier: str
    file: str | None  # None: not registered, and the bag was not held against it
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """An entry of `profiles` of a bag in the report; `kept` is null where it was not judged."""
        broken = any(each.severity is Severity.ERROR for each in self.findings)
        return {
            "identifier": lossless(self.identifier),
            "file": lossless(self.file) if self.file is not None else None,
            "kept": None if self.file is None else not broken,
        }


class _Entry(NamedTuple):
    """A registered file: its profile, None where it cannot be used, and what is to be said about it."""

    path: str
    profile: Profile | None
    findings: tuple[Finding, ...]


class Profiles:
    """The profiles of one run; registered files are read when the first bag names one."""

    def __init__(self, named: str | None = None, environment: Mapping[str, str] = os.environ) -> None:
        """Raises ConfigurationError where the file that the user names is no profile (`named_profile`)."""
        self.findings: list[Finding] = []  # about profiles and their folder; grows with the profiles used
        self._environment = environment
        self._named: Profile | None = None
        self._used: set[str] = set()
        if named is not None:
            self._named, findings = named_profile(named)
            self.findings.extend(findings)

    def judge(self, facts: BagFacts) -> list[ProfileJudgement]:
        """The bag against the profile of this run, or against each registered one that it names."""
        if self._named is not None:
            return [_judged(self._named, facts)]
        return [
            self._judged_by(identifier, facts) for identifier in declared_identifiers(facts.bag_info)[:_SHOWN]
        ]

    def _judged_by(self, identifier: str, facts: BagFacts) -> ProfileJudgement:
        entry = self._registered.get(identifier)
        if entry is None:
            return ProfileJudgement(identifier, None, (self._unregistered(identifier, facts),))
        if identifier not in self._used:
            self._used.add(identifier)
            self.findings.extend(entry.findings)
        if entry.profile is None:
            return ProfileJudgement(identifier, None, (_unusable(entry),))
        return _judged(entry.profile, facts)

    def _unregistered(self, identifier: str, facts: BagFacts) -> Finding:
        file = tag_file_name(facts)
        home = profile_home(self._environment)
        return note(
            "PRO-UNREGISTERED",
            file,
            "names a profile of which no copy is registered; the bag was not held against it",
            at=At(file=file, field=IDENTIFIER),
            clause=clause(IDENTIFIER),
            found=identifier,
            remedy=f"put a copy of it into {home}, under any name that ends in .json, or use --profile FILE",
        )

    @cached_property
    def _registered(self) -> dict[str, _Entry]:
        """By identifier; what cannot be read at all is reported, since it may be the one that is sought."""
        found: dict[str, _Entry] = {}
        for file in registered_files(self._environment):
            read = parse_profile(file.data, name=file.path) if file.data is not None else None
            if read is None or read.identifier is None:
                first = _first_error(read.findings) if read is not None else None
                self.findings.append(_unreadable(file, first))
            elif read.identifier in found:
                self.findings.append(_twice(file.path, read.identifier, found[read.identifier].path))
            else:
                found[read.identifier] = _Entry(file.path, read.profile, read.findings)
        return found


def named_profile(path: str) -> tuple[Profile, tuple[Finding, ...]]:
    """The profile that the user names, and what is to be said about it.

    Raises ConfigurationError, with every finding, where it cannot be read or no bag can be held against it.
    """
    read = parse_profile(read_profile_file(path), name=path)
    if read.profile is None:
        first = _first_error(read.findings)
        at = f":{first.at.line}" if first.at.line else ""
        at += f":{first.at.column}" if first.at.column else ""
        raise ConfigurationError(
            f"{printable(path)}{at}: {first.message}; no bag can be held against this profile",
            remedy=first.remedy or "mend the profile; each fault is named above",
            findings=read.findings,
        )
    return read.profile, read.findings


def _judged(profile: Profile, facts: BagFacts) -> ProfileJudgement:
    return ProfileJudgement(profile.identifier, profile.name, tuple(judge(profile, facts)))


def _first_error(findings: tuple[Finding, ...]) -> Finding:
    return next(each for each in findings if each.severity is Severity.ERROR)


def _unusable(entry: _Entry) -> Finding:
    fault = _first_error(entry.findings)
    return warning(
        "PRO-REGISTERED-UNUSABLE",
        entry.path,
        f"the registered profile cannot be used, and the bag was not held against it: {fault.message}",
        at=fault.at,
        clause=fault.clause,
        found=fault.found,
    )


def _unreadable(file: ProfileFile, fault: Finding | None) -> Finding:
    reason = fault.message if fault is not None else file.trouble
    return warning(
        "PRO-REGISTERED-UNUSABLE",
        file.path,
        f"a registered profile could not be read: {reason}",
        at=fault.at if fault is not None else At(file=file.path),
    )


def _twice(path: str, identifier: str, first: str) -> Finding:
    message = f"has the identifier of {first}, which is used"
    return warning("PRO-REGISTERED-TWICE", path, message, at=At(file=path), found=identifier)
