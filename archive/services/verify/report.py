"""Reports of bags as `schemas/verify-report.schema.json` has them."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from archive.core.bagit.verdicts import BagReport, BagVerdict, Shortfall
from archive.core.findings import Finding, Severity
from archive.core.text import lossless

HEAD: dict[str, Any] = {"kind": "verify-report", "version": 1}


class Tally:
    """Counts over all bags of a run."""

    def __init__(self) -> None:
        self._verdicts = dict.fromkeys(BagVerdict, 0)
        self._sums: Counter[str] = Counter()
        self.holey = 0  # bags of which nothing is missing but what fetch.txt names
        self.excused = 0  # bags that are valid because errors were tolerated, or files may be outstanding

    def add(self, report: BagReport) -> None:
        """Count one bag."""
        self._verdicts[report.verdict] += 1
        self.holey += report.shortfall is Shortfall.FETCH
        self.excused += report.verdict is BagVerdict.VALID and bool(report.broken)
        self._sums["files"] += report.counts.payload_files + report.counts.tag_files
        self._sums["payload_bytes"] += report.counts.payload_bytes
        for finding in report.findings:
            self._sums[f"{finding.severity.value}s"] += 1

    def of(self, *verdicts: BagVerdict) -> int:
        """How many bags had one of the verdicts."""
        return sum(self._verdicts[verdict] for verdict in verdicts)

    @property
    def bags(self) -> int:
        """How many bags there were."""
        return sum(self._verdicts.values())

    @property
    def exit_code(self) -> int:
        """1 where a bag is invalid or incomplete, else 3 where one could not be verified, else 0."""
        if self.of(BagVerdict.INVALID, BagVerdict.INCOMPLETE):
            return 1
        return 3 if self.of(BagVerdict.UNVERIFIABLE) else 0

    def to_json(self) -> dict[str, int]:
        """The member `counts`."""
        names = ("files", "payload_bytes", "errors", "warnings", "notes")
        return {
            "bags": self.bags,
            **{verdict.value: count for verdict, count in self._verdicts.items()},
            **{name: self._sums[name] for name in names},
        }


def bag_json(report: BagReport) -> dict[str, Any]:
    """One member of `bags`."""
    counts = report.counts
    document: dict[str, Any] = {
        "bag": lossless(report.bag),
        "verdict": report.verdict.value,
        "version": str(report.version) if report.version else None,
        "shortfall": report.shortfall.value if report.shortfall else None,
        "present_only": report.present_only,
        "errors": report.count(Severity.ERROR),
        "warnings": report.count(Severity.WARNING),
        "findings": [finding_json(finding) for finding in report.findings],
        "counts": {
            "payload_files": counts.payload_files,
            "payload_bytes": counts.payload_bytes,
            "tag_files": counts.tag_files,
            "verified": counts.verified,
            "missing": counts.missing,
            "outstanding": counts.outstanding,
        },
    }
    if report.cross_check is not None:
        document["cross_check"] = report.cross_check.to_json()
    return document


def finding_json(finding: Finding) -> dict[str, Any]:
    """The finding with its line in the place, and what to do."""
    from archive.core.finding_codes import FINDING_CODES  # 4 ms that a bag without findings does not need

    document = finding.to_json()
    document["place"] = lossless(place_of(finding))
    known = FINDING_CODES.get(finding.code)
    if known is not None:
        document.setdefault("remedy", known.remedy)
    return document


def place_of(finding: Finding) -> str:
    """The place as people look it up: `manifest-sha512.txt:4` where a line is meant."""
    if finding.at.line is not None and finding.at.file == finding.place:
        return f"{finding.place}:{finding.at.line}"
    return finding.place


def tail(tally: Tally) -> dict[str, Any]:
    """What follows the bags in the document."""
    return {"counts": tally.to_json()}


def counted(reports: Iterable[BagReport], tally: Tally) -> Iterable[BagReport]:
    """The reports, each counted as it passes."""
    for report in reports:
        tally.add(report)
        yield report
