"""The report of an audit as one page to read, print and keep."""

from archive.formats.pages.audit.page import audit_page

__all__ = ["audit_page"]
