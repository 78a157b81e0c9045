"""Rows of a template: what is not filled in yet, and what a program wrote there that describes nothing."""

import re
from collections.abc import Collection
from typing import Final

from archive.core.findings import At, Finding, note, warning
from archive.core.tables.template import EXPECTED

# What `archive check --annotate` writes into its own column: a mark and a code before every sentence.
_OURS: Final = re.compile(r"'?[✗!·] [A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+: ")


# By these it knows the rows again that it added for files which no row described.
_DRAFT: Final = re.compile(r"^'?[✗!·] (?:PAIR-UNDESCRIBED|DESC-DRAFT): ", re.MULTILINE)
_BYTES: Final = re.compile(r"^'?✗ DESC-ENCODING: ", re.MULTILINE)
# What stands in a sheet for half a character, or for a byte of the table that was not UTF-8.
_ESCAPE: Final = re.compile(r"\\x[89a-f][0-9a-f]|\\ud[89a-f][0-9a-f]{2}")


def draft_findings(terms: Collection[str], place: str, at: At) -> list[Finding]:
    """What the row of a template lacks; none where it lacks nothing that every description should have."""
    missing = [term for term in EXPECTED if term not in terms]
    if not missing:
        return []
    if "title" in terms:
        return [note("DESC-DRAFT", place, f"still empty: {', '.join(missing)}", at=at)]
    return [
        warning(
            "DESC-DRAFT",
            f"{place}:{at.field}" if at.field else place,
            f"not filled in yet: {', '.join(missing)}",
            at=at,
            expected="a title at least",
            remedy="fill the row in; what is suggested beside a cell may be copied into it",
        )
    ]


def is_our_problem(cell: str) -> bool:
    """True for what a check has written into its column `problem`: it is no part of a description."""
    return _OURS.match(cell) is not None


def is_marked_escaped(cell: str) -> bool:
    """True for what a check writes there beside a row that held bytes which are not UTF-8."""
    return _BYTES.search(cell) is not None


def has_escape(cell: str) -> bool:
    """True for a cell in which such bytes may still stand as escapes."""
    return _ESCAPE.search(cell) is not None


def is_marked_draft(cell: str) -> bool:
    """True for what a check writes there beside the row of a file that nobody has described yet."""
    return _DRAFT.search(cell) is not None
