"""What is held, for people: lists, searches, one document in full, a copy to read, the state of it all."""

from archive.services.holdings.document import DocumentReport, show_document
from archive.services.holdings.listing import document_json, list_documents, search
from archive.services.holdings.reading_copy import ReadingCopy, open_copy
from archive.services.holdings.resolution import resolve
from archive.services.holdings.status import Status, status

__all__ = [
    "DocumentReport",
    "ReadingCopy",
    "Status",
    "document_json",
    "list_documents",
    "open_copy",
    "resolve",
    "search",
    "show_document",
    "status",
]
