"""Our report of a bag with bagit's opinion beside it."""

import os

from archive.core.bagit.verdicts import BagReport
from archive.core.errors import StorageError
from archive.core.findings import Finding
from archive.core.second_opinion.comparison import compare, not_asked
from archive.core.second_opinion.model import CrossCheck, Opinion, OpinionOutcome
from archive.services.second_opinion import judge_with_bagit


def cross_check(report: BagReport, seconds: int) -> BagReport:
    """The report with what bagit says, compared; nothing that it says changes the verdict."""
    checked = _checked(report, seconds)
    findings = sorted((*report.findings, *checked.findings), key=Finding.sort_key)
    return report._replace(cross_check=checked, findings=tuple(findings))


def _checked(report: BagReport, seconds: int) -> CrossCheck:
    if not os.path.isdir(report.bag):
        return not_asked()
    try:
        opinion = judge_with_bagit(report.bag, seconds=seconds)
    except StorageError as trouble:
        opinion = Opinion(outcome=OpinionOutcome.NOT_JUDGED, message=trouble.message)
    return compare(report, opinion)
