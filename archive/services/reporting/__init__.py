"""The report of a period: what was held, promised, done, found and changed, each number with its source."""

from archive.services.reporting.report import PeriodReport, ReportRequest, report_period

__all__ = ["PeriodReport", "ReportRequest", "report_period"]
