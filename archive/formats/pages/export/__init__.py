"""The page that goes with a copy for use."""

from archive.formats.pages.export.page import ExportedFile, ExportedPage, export_page

__all__ = ["ExportedFile", "ExportedPage", "export_page"]
