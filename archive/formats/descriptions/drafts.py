"""Rows of a template: what is not filled in yet, and what a program wrote there that describes nothing."""

import re
from collections.abc import Collection
from typing import Final

from archive.core.findings import At, Finding, note, warning
from archive.core.tables.template import EXPECTED

# What `archive check --annotate` writes into its own column: a mark and a code before every sentence.
_OURS: Final = re.compile(r"'?[✗!·] [A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+: ")


def draft_finding(terms: Collection[str], place: str, at: At) -> Finding | None:
    """What the row of a template lacks; None where it lacks nothing that every description should have."""
    missing = [term for term in EXPECTED if term not in terms]
    if not missing:
        return None
    if "title" not in terms:
        return warning(
            "DESC-DRAFT",
            f"{place}:{at.field}" if at.field else place,
            f"not filled in yet: {', '.join(missing)}",
            at=at,
            expected="a title at least",
            remedy="fill the row in; what is suggested beside a cell may be copied into it",
        )
    return note("DESC-DRAFT", place, f"still empty: {', '.join(missing)}", at=at)


def is_our_problem(cell: str) -> bool:
    """True for what a check has written into its column `problem`: it is no part of a description."""
    return _OURS.match(cell) is not None
