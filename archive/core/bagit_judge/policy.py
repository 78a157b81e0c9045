"""What somebody who judges bags may choose: how heavily findings weigh."""

from dataclasses import replace
from typing import NamedTuple

from archive.core.containers.faults import NOT_LOOKED
from archive.core.findings import Finding, Severity

OUTSTANDING = "BAG-FETCH-OUTSTANDING"
MISSING = "BAG-FILE-MISSING"

# Listed files that are not there: RFC 8493 §3 calls such a bag incomplete.
INCOMPLETE = frozenset({OUTSTANDING, MISSING})
# Nothing is known: neither right nor wrong.
UNVERIFIABLE = frozenset({"BAG-ALGORITHM-UNKNOWN", "BAG-FILE-UNREADABLE", "BAG-UNREADABLE"}) | NOT_LOOKED
# What `verify` is asked for: a bag with these is never called valid. Behind a manifest that was not read to
# its end, or not at all, nobody knows which files are listed.
NEVER_TOLERATED = UNVERIFIABLE | {
    "BAG-FILE-ALTERED",
    "BAG-FINDINGS-MORE",
    "BAG-MANIFEST-MANY",
    "BAG-MANIFEST-MISSING",
    "BAG-READING-STOPPED",
}
# A line of a manifest with one of these is held against nothing, nor is what is no file, or not there.
UNCOMPARED = INCOMPLETE | {
    "BAG-FILE-FOLDER",
    "BAG-FILE-LINK",
    "BAG-FILE-SPECIAL",
    "BAG-LINE-CONTRADICTS",
    "BAG-LINE-DIGEST",
    "BAG-LINE-LONG",
    "BAG-LINE-SYNTAX",
    "BAG-PATH-ABSOLUTE",
    "BAG-PATH-COMPONENT",
    "BAG-PATH-DRIVE",
    "BAG-PATH-EMPTY",
    "BAG-PATH-HOME",
    "BAG-PATH-NUL",
    "BAG-PATH-OUTSIDE",
    "BAG-PATH-TRAVERSAL",
    "BAG-PATH-UNC",
}


class Policy(NamedTuple):
    """`strict` makes errors of warnings; `tolerated` codes are warnings at most, also under `strict`.

    `present_only` lets entries of fetch.txt be outstanding.
    """

    strict: bool = False
    tolerated: frozenset[str] = frozenset()
    present_only: bool = False

    def weigh(self, finding: Finding) -> Finding:
        """The finding with the severity that it has under this policy."""
        severity = finding.severity
        if self.strict and severity is Severity.WARNING:
            severity = Severity.ERROR
        if finding.code in self.tolerated and severity is Severity.ERROR:
            severity = Severity.WARNING
        if self.present_only and finding.code == OUTSTANDING:
            severity = Severity.NOTE
        return finding if severity is finding.severity else replace(finding, severity=severity)


def intolerable(code: str) -> str | None:
    """Why a code cannot be tolerated, or None where it can."""
    from archive.core.finding_codes import FINDING_CODES  # 4 ms that few runs need
    from archive.core.finding_codes.serialised_bags import REFUSALS

    if code not in FINDING_CODES:
        return "is no code of a finding"
    if code in NEVER_TOLERATED or code in REFUSALS:
        return "is what a verification is for, and cannot be tolerated"
    if code == OUTSTANDING:
        return "cannot be tolerated; --holey-ok judges what is there, and says what is not"
    if code in UNCOMPARED:
        return "leaves a digest that is listed uncompared, and cannot be tolerated"
    return None
