"""Which profile descriptions are held against, and the judgement on each."""

import difflib
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from archive import schemas
from archive.core import findings
from archive.core.description_profile import (
    DescriptionProfile,
    Requirement,
    field_name,
    fields_of,
    without_requirements,
)
from archive.core.descriptions.dcterms import TERM_SET, normalise_key
from archive.core.descriptions.description import Description
from archive.core.descriptions.inheritance import Source, effective, inherited
from archive.core.errors import ConfigurationError
from archive.core.findings import NOWHERE, At, Finding, Severity
from archive.core.limits.output import FINDINGS
from archive.core.submission import ReceivedRow
from archive.core.text import printable
from archive.formats.profile_documents import checked, read_profile_document, require_profile
from archive.schemas import Overlay, SchemaProblem
from archive.services.opened import OpenedArchive
from archive.storage.descriptions.description_profiles import SUFFIXES, profile_paths, read_profile
from archive.storage.disk.new_files import write_new_file

BUILT_IN: Final = ("core", "dacs-minimum", "isad-minimum")
MISSING: Final = "PROFILE-MISSING"
VALUE: Final = "PROFILE-VALUE"
WANTED: Final = "PROFILE-RECOMMENDED"
_NUMBERED: Final = re.compile(r"(dc\..+|dcterms\..+)\[([0-9]{1,9})\]", re.DOTALL)  # a value, as _named says


def find_profile(name: str, root: Path | None = None) -> DescriptionProfile:
    """The profile of that name: ours, one in `profiles/` of the archive at `root`, or the file so called.

    Raises ConfigurationError where there is none, or none that descriptions can be held against.
    """
    if os.sep in name or name.endswith(SUFFIXES):
        return _read(Path(name))
    local = dict(profile_paths(root)) if root is not None else {}
    if name in local:
        return _read(local[name])
    if name in BUILT_IN:
        return built_in(name)
    near = difflib.get_close_matches(name, [*BUILT_IN, *local], n=1, cutoff=0.5)
    raise ConfigurationError(
        f"{printable(name)}: there is no profile of this name",
        remedy=f"did you mean {near[0]}?" if near else "archive profile list names them; or name a file",
    )


def built_in(name: str) -> DescriptionProfile:
    """One of our own."""
    return require_profile(checked(schemas.load(f"profile-{name}"), name=name, place=f"profile-{name}"))


def all_profiles(root: Path | None) -> Iterator[tuple[str, DescriptionProfile | ConfigurationError]]:
    """Every profile by name: ours, then the archive's own, or what keeps one from being used."""
    local = dict(profile_paths(root)) if root is not None else {}
    for name in BUILT_IN:
        if name not in local:
            yield name, built_in(name)
    for name, path in local.items():
        try:
            yield name, _read(path)
        except ConfigurationError as trouble:
            yield name, trouble


def profile_in_force(archive: OpenedArchive) -> DescriptionProfile | None:
    """The profile that archive.toml names; None where it names none."""
    name = archive.settings.description.profile
    return find_profile(name, archive.root) if name else None


def _read(path: Path) -> DescriptionProfile:
    name, place, data = read_profile(path)
    return require_profile(read_profile_document(name.lower(), place, data))


@dataclass(slots=True)
class ProfileRules:
    """Judges descriptions by one profile.

    `strict` makes what is missing or wrong an error, as where a person asked for the profile by name; else
    it is a warning. `supplied` is what every one of these descriptions inherits.
    """

    profile: DescriptionProfile
    strict: bool = True
    supplied: tuple[Source, ...] = ()
    _overlay: Overlay = field(init=False)
    _values: Overlay = field(init=False)

    def __post_init__(self) -> None:
        self._overlay = Overlay(self.profile.schema)
        self._values = Overlay(without_requirements(self.profile.schema))

    def judge(
        self,
        description: Description,
        place: str,
        *,
        at: At = NOWHERE,
        more: Iterable[Source] = (),
        received: ReceivedRow | None = None,
    ) -> list[Finding]:
        """What the description lacks of the profile or says against it, with what it inherits taken in.

        Where it stood in a row of a table, `received`, findings have the cell concerned.
        """
        known = effective(description, inherited(description, (*more, *self.supplied)))
        fields = fields_of(known)
        found = [
            self._wanted(each, place, at) for each in self.profile.recommended if not each.is_met(fields)
        ]
        document = known.to_json()
        missing = [self._missing(each, place, at) for each in self.profile.missing(fields)]
        # Explaining costs 100 times what judging does: only what is wrong beside the missing is explained.
        judging = self._values if missing else self._overlay
        wrong: list[Finding] = []
        if not judging.is_valid(document):
            problems = _one_for_each_value(judging.explain(document))
            wrong = [self._wrong(each, place, at) for each in problems if _is_of_a_value(each, missing)]
        said = [*missing, *wrong[:FINDINGS], *found]
        return said if received is None else [_in_its_cell(each, received) for each in said]

    @property
    def _severity(self) -> Severity:
        return Severity.ERROR if self.strict else Severity.WARNING

    def _missing(self, requirement: Requirement, place: str, at: At) -> Finding:
        return Finding(
            code=MISSING,
            severity=self._severity,
            place=f"{place}:{field_name(requirement.fields[0])}",
            message=f"{requirement} is missing, which {self.profile.name} asks for",
            at=at._replace(field=field_name(requirement.fields[0])),
            clause=self.profile.title,
            expected=str(requirement),
            remedy=f"give it a value: {requirement}",
        )

    def _wanted(self, requirement: Requirement, place: str, at: At) -> Finding:
        name = field_name(requirement.fields[0])
        return findings.note(
            WANTED,
            f"{place}:{name}",
            f"{requirement} is not stated; {self.profile.name} recommends it",
            at=at._replace(field=name),
            clause=self.profile.title,
            remedy=f"give it a value where it is known: {requirement}",
        )

    def _wrong(self, problem: SchemaProblem, place: str, at: At) -> Finding:
        name = _named(problem.path)
        spot = f"{place}:{name}" if name else place
        said = problem.message if name else "breaks a rule"
        return Finding(
            code=VALUE,
            severity=self._severity,
            place=spot,
            message=f"{said}, which {self.profile.name} does not allow",
            at=at._replace(field=name or None),
            clause=self.profile.title,
            expected=problem.expected,
            remedy=f"write {problem.expected}",
        )


def rules_of(
    archive: OpenedArchive | None, named: str | None, *, accession: str | None = None
) -> ProfileRules | None:
    """The rules to hold descriptions against: of the profile named, strictly; else of the one in force.

    None where there is neither. Raises ConfigurationError as `find_profile` does.
    """
    from archive.services.inheritance import defaults

    settings = archive.settings.description if archive is not None else None
    supplied = tuple(defaults(settings, accession)) if settings is not None else ()
    if named is not None:
        return ProfileRules(find_profile(named, archive.root if archive else None), True, supplied)
    if archive is None or settings is None or not settings.profile:
        return None
    return ProfileRules(find_profile(settings.profile, archive.root), False, supplied)


def _in_its_cell(finding: Finding, received: ReceivedRow) -> Finding:
    """The finding at the cell that its field, and which of its values it is about, are in."""
    from archive.formats.descriptions.cell_places import cell_place

    written = finding.at.field or ""
    numbered = _NUMBERED.fullmatch(written)
    name, number = (numbered[1], int(numbered[2]) - 1) if numbered else (written, 0)
    at = cell_place(received, finding.at, normalise_key(name) or name, number)
    if at.sheet is None or at.column is None:
        return replace(finding, at=at)
    return replace(finding, at=at, place=f"{at.file}:{at.sheet}!{at.column}{at.line}")


def _one_for_each_value(problems: Iterable[SchemaProblem]) -> list[SchemaProblem]:
    """The first problem of each value: a pattern and its negation are one fault."""
    first: dict[tuple[str | int, ...], SchemaProblem] = {}
    for problem in problems:
        first.setdefault(problem.path, problem)
    return list(first.values())


def _is_of_a_value(problem: SchemaProblem, missing: list[Finding]) -> bool:
    """False for what was said as missing already."""
    if not problem.path:
        return not missing
    return not (missing and problem.message == "is missing")


def _named(path: tuple[str | int, ...]) -> str:
    """The field that a path in a description leads to, as people write it."""
    if not path:
        return ""
    first = str(path[0])
    if first == "other":
        return str(path[1]) if len(path) > 1 else ""
    if first not in TERM_SET:
        return first
    number = f"[{path[1] + 1}]" if len(path) > 1 and isinstance(path[1], int) and path[1] else ""
    return field_name(first) + number


def compile_table(path: Path) -> tuple[DescriptionProfile, tuple[Finding, ...]]:
    """The profile that a DC TAP table states, and how it was read; ConfigurationError where there is none."""
    if path.suffix.lower() == ".json":
        raise ConfigurationError(
            f"{printable(str(path))}: is a JSON Schema already", remedy="archive profile show reads it"
        )
    name, place, data = read_profile(path)
    parsed = read_profile_document(name.lower(), place, data)
    return require_profile(parsed), parsed.findings


def write_schema(profile: DescriptionProfile, to: Path) -> None:
    """Writes the profile's JSON Schema to a new file; raises as `write_new_file`."""
    if to.suffix.lower() != ".json":
        raise ConfigurationError(
            f"--to {printable(str(to))}: a JSON Schema ends in .json", remedy="name a file that ends in .json"
        )
    text = json.dumps(profile.schema, indent=2, ensure_ascii=False) + "\n"
    write_new_file(to, text.encode())
