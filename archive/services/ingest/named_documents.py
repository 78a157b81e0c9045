"""The document that a record means which names no file: told by its identifiers, and said so."""

from collections.abc import Iterator
from urllib.parse import unquote

from archive.core import findings
from archive.core.limits.descriptions import IDENTIFIERS_LOOKED_AT
from archive.core.submission import Role
from archive.formats.descriptions import DescribedRow, path_candidates
from archive.services.ingest.matched import Matched
from archive.storage.plan import FileRow, Plan


def named_document(
    plan: Plan, row: DescribedRow, place: str, root: int | None, kept: frozenset[str] = frozenset()
) -> Matched | None:
    """The one file whose path, or name with or without its ending, an identifier of the row is.

    Looked for in the SOURCE `root`, or in all; `kept` are prefixes that a path keeps (`path_candidates`).

    None, and a finding in the plan, where there is none or where there are several.
    """
    for name in (row.names or ())[:IDENTIFIERS_LOOKED_AT]:
        for spelling in _spellings(name, kept):
            found = _files(plan, spelling, root)
            if len(found) == 1:
                _say_matched(plan, row, place, name, found[0])
                return Matched(found, found[0].path)
            if found:
                _say_several(plan, row, place, name, found)
                return None
    shown = ", ".join(row.names or ())[:200]
    plan.add_finding(
        findings.error(
            "DESC-NO-FILE",
            place,
            "the record does not say which file it describes, and none has its identifier for a name",
            at=row.at,
            expected="“filename”, or an identifier that is the name of a file",
            found=shown or None,
            remedy="add “filename” with the path of the file",
        )
    )
    return None


def _spellings(name: str, kept: frozenset[str]) -> Iterator[str]:
    """The names that a file may have for an identifier: itself, and what follows its last `/` or `:`."""
    plain = name.partition("#")[0].partition("?")[0]
    last = plain.rstrip("/").rpartition("/")[2]
    forms = (name, plain, unquote(last, errors="surrogateescape"), last.rpartition(":")[2])
    for form in dict.fromkeys(forms):
        if form and "\0" not in form:
            yield from path_candidates(form, kept)


def _files(plan: Plan, spelling: str, root: int | None) -> list[FileRow]:
    """The documents with that path; else those at that path but for their ending."""
    found = [file for file in plan.files_like(spelling, root) if file.role is Role.DOCUMENT]
    if found:
        return found
    stem = spelling + "."
    return [
        file
        for file in plan.files_starting(stem, root)
        if file.role is Role.DOCUMENT and not set("./") & set(file.path[len(stem) :])
    ]


def _say_matched(plan: Plan, row: DescribedRow, place: str, name: str, file: FileRow) -> None:
    plan.add_finding(
        findings.note(
            "PAIR-BY-IDENTIFIER",
            place,
            f"names no file; its identifier {name[:200]} is taken for {file.path}",
            at=row.at,
        )
    )


def _say_several(plan: Plan, row: DescribedRow, place: str, name: str, found: list[FileRow]) -> None:
    plan.add_finding(
        findings.error(
            "PAIR-AMBIGUOUS",
            place,
            f"names no file, and its identifier {name[:200]} may mean {found[0].path} or {found[1].path}",
            at=row.at,
            remedy="add an element filename with the path of the file",
        )
    )
