"""The report of a period: one self-contained page with charts, and a table beside each."""

from archive.formats.pages.period.page import period_page

__all__ = ["period_page"]
