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


def is_marked_draft(cell: str) -> bool:
    """True for what a check writes there beside the row of a file that nobody has described yet."""
    return _DRAFT.search(cell) is not None
