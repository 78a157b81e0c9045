"""Gathers what is wrong with one bag: in a stable order, bounded, and weighed into a verdict."""

from collections.abc import Set as AbstractSet

from archive.core.bagit.verdicts import BagVerdict
from archive.core.bagit_judge.policy import INCOMPLETE, MISSING, UNVERIFIABLE, Policy
from archive.core.findings import At, Finding, Severity
from archive.core.limits.output import BAG_FINDINGS, BAG_FINDINGS_TEXT

Kind = tuple[str, str, Severity]  # code, the file that it is about, severity


class Gathered:
    """Keeps BAG_FINDINGS findings of each code and file, those first in order; the others are counted.

    The order is that of `Finding.sort_key`, whatever order they come in.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._kept: dict[Kind, list[Finding]] = {}
        self._count: dict[Kind, int] = {}
        self._broken: set[str] = set()

    def add(self, finding: Finding) -> None:
        """Take one finding, weighed by the policy."""
        if finding.severity is Severity.ERROR and finding.code.startswith("BAG-"):
            self._broken.add(finding.code)
        finding = self._policy.weigh(finding)
        kind = (finding.code, finding.at.file or "", finding.severity)
        kept = self._kept.setdefault(kind, [])
        self._count[kind] = self._count.get(kind, 0) + 1
        kept.append(finding)
        if len(kept) >= 2 * BAG_FINDINGS:
            kept.sort(key=Finding.sort_key)
            del kept[BAG_FINDINGS:]

    def count_more(self, like: Finding, count: int) -> None:
        """Take as many more findings of the kind of one that was added, none of which would be kept."""
        weighed = self._policy.weigh(like)
        self._count[weighed.code, weighed.at.file or "", weighed.severity] += count

    def count(self, code: str) -> int:
        """How many findings of a code were taken."""
        return sum(count for kind, count in self._count.items() if kind[0] == code)

    def verdict(self) -> BagVerdict:
        """What the errors come to."""
        return verdict_of({kind[0] for kind in self._count if kind[2] is Severity.ERROR})

    @property
    def broken(self) -> frozenset[str]:
        """The codes of RFC 8493 that were errors before the policy weighed them."""
        return frozenset(self._broken)

    def findings(self) -> tuple[Finding, ...]:
        """What was kept, in order; last, for each code and file of which there were more, how many."""
        listed: list[Finding] = []
        more: list[Finding] = []
        for kind, kept in self._kept.items():
            kept.sort(key=Finding.sort_key)
            told = _of_bounded_text(kept[:BAG_FINDINGS])
            listed += told
            if (surplus := self._count[kind] - len(told)) > 0:
                code, file, severity = kind
                at = At(file=file) if file else At()
                message = f"{surplus} more findings {code}"
                more.append(
                    Finding(
                        code="BAG-FINDINGS-MORE",
                        severity=severity,
                        place=file or "the bag",
                        message=message,
                        at=at,
                    )
                )
        listed.sort(key=Finding.sort_key)
        more.sort(key=Finding.sort_key)
        return (*listed, *more)


def _of_bounded_text(findings: list[Finding]) -> list[Finding]:
    """The first findings, one at least, of which the texts together are no longer than a report may hold."""
    left = BAG_FINDINGS_TEXT
    for number, finding in enumerate(findings):
        left -= len(finding.place) + len(finding.found or "") + len(finding.expected or "")
        if left < 0:
            return findings[: max(number, 1)]
    return findings


def verdict_of(errors: AbstractSet[str]) -> BagVerdict:
    """What errors with these codes come to."""
    if errors - INCOMPLETE - UNVERIFIABLE:
        return BagVerdict.INVALID
    if MISSING in errors:
        return BagVerdict.INCOMPLETE
    if errors & UNVERIFIABLE:
        return BagVerdict.UNVERIFIABLE
    return BagVerdict.INCOMPLETE if errors else BagVerdict.VALID
