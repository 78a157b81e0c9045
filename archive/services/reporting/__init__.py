"""The report of a period: what was held, promised, done, found and changed, each number with its source."""

from archive.services.reporting.assessing import AssessmentReport, assess_archive
from archive.services.reporting.report import PeriodReport, ReportRequest, report_period

__all__ = ["AssessmentReport", "PeriodReport", "ReportRequest", "assess_archive", "report_period"]
