"""Our judgement beside bagit's: agreement, or each difference with bagit's own words."""

from collections.abc import Iterator

from archive.core.bagit.verdicts import BagReport, BagVerdict
from archive.core.bagit_judge.gathered import verdict_of
from archive.core.composed_form import composed
from archive.core.findings import Finding, note, warning
from archive.core.limits.output import FINDINGS
from archive.core.second_opinion.known_differences import (
    why_missed,
    why_passed_over,
    why_refused,
    why_said,
)
from archive.core.second_opinion.model import (
    Complaint,
    CrossCheck,
    CrossOutcome,
    Difference,
    Opinion,
    OpinionOutcome,
)

_NO_FAULT = "no finding"


def not_asked() -> CrossCheck:
    """The comparison for a serialised bag, over which bagit cannot be asked."""
    message = "not cross-checked: bagit reads folders only"
    return CrossCheck(
        outcome=CrossOutcome.NOT_CHECKED,
        opinion=None,
        differences=(),
        findings=(note("CROSS-FOLDERS-ONLY", ".", message),),
    )


def compare(report: BagReport, opinion: Opinion) -> CrossCheck:
    """How bagit's opinion compares with our report by the RFC alone, profiles and `--strict` aside.

    bagit says valid or invalid; a bag that is incomplete or unverifiable counts as refused here. It stops
    early, so that it says less is no difference where both refuse; that it names a file in which we see
    nothing wrong is one.
    """
    if opinion.outcome is OpinionOutcome.NOT_JUDGED:
        message = "bagit could not judge the bag, which says nothing about it"
        found = warning("CROSS-NOT-JUDGED", ".", message, found=opinion.message)
        return CrossCheck(outcome=CrossOutcome.NOT_JUDGED, opinion=opinion, differences=(), findings=(found,))
    differences = tuple(_differences(report, opinion))
    return CrossCheck(
        outcome=CrossOutcome.DISAGREES if differences else CrossOutcome.AGREES,
        opinion=opinion,
        differences=differences,
        findings=tuple(map(_finding, differences[:FINDINGS])),
    )


def _differences(report: BagReport, opinion: Opinion) -> Iterator[Difference]:
    errors = [each for each in report.findings if each.code in report.broken]
    verdict = verdict_of(report.broken)
    if opinion.outcome is OpinionOutcome.VALID:
        yield from _passed_over(verdict, errors)
        return
    refused = verdict is not BagVerdict.VALID
    if refused and _is_listing_unclear(report):
        return
    known = {composed(text) for each in errors for text in _names(each)} if refused else set()
    complaints = [each for each in opinion.complaints if composed(each.path) not in known]
    yield from _refused(complaints, report.encoding)
    if not refused and not opinion.complaints:
        why = why_said(opinion.message)
        yield Difference(place=".", ours=verdict.value, theirs=opinion.message, why=why)


def _is_listing_unclear(report: BagReport) -> bool:
    """True where bagit may speak of files that no manifest names, or that are only counted among ours."""
    unclear = ("BAG-LINE-", "BAG-PATH-", "BAG-ENCODING-", "BAG-FETCH-")
    return any(code.startswith(unclear) or code == "BAG-FILE-FOLDER" for code in report.broken) or any(
        each.code == "BAG-FINDINGS-MORE" for each in report.findings
    )


def _passed_over(verdict: BagVerdict, errors: list[Finding]) -> Iterator[Difference]:
    """What bagit says nothing about: the first of each kind, with the number of the others."""
    counts: dict[str, int] = {}
    for each in errors:
        counts[each.code] = counts.get(each.code, 0) + 1
    for code, count in counts.items():
        first = next(each for each in errors if each.code == code)
        more = f" (and {count - 1:,} more)" if count > 1 else ""
        yield Difference(
            place=first.place,
            ours=f"{verdict.value}: {code} {first.message}{more}",
            theirs=OpinionOutcome.VALID.value,
            why=why_passed_over(first),
        )


def _refused(complaints: list[Complaint], encoding: str) -> Iterator[Difference]:
    """Files in which nothing is wrong; what bagit cuts off a name makes of one file two complaints."""
    reasons = {each.path: why for each in complaints if (why := why_refused(each.path)) is not None}
    for complaint in complaints:
        path = complaint.path
        whole = next((each for each in reasons if each.startswith(path)), None)
        why = reasons.get(path) or (reasons[whole] if whole is not None else None)
        why = why or why_missed(complaint.message, encoding)
        yield Difference(place=path or ".", ours=_NO_FAULT, theirs=complaint.message, why=why)


def _names(finding: Finding) -> Iterator[str]:
    """The texts of a finding that may name the file it is about."""
    for text in (finding.place, finding.at.file, finding.found, finding.expected):
        if text is not None:
            yield text


def _finding(difference: Difference) -> Finding:
    return warning(
        "CROSS-DIFFERS",
        difference.place,
        f"bagit judges otherwise{': ' + difference.why if difference.why else '; why is not known'}",
        expected=difference.ours,
        found=difference.theirs,
    )
