"""One document with all that is known of it, as one page to read, print and keep."""

from archive.formats.pages.document.page import document_page

__all__ = ["document_page"]
