"""What a file says of itself, for the suggestions of a template: a title, a language, dates, an extent.

Light and safe: a mebibyte of a file at most, nothing run, nothing fetched, and whatever cannot be read is no
hint.
"""

from archive.formats.file_hints.hints import file_hints
from archive.formats.file_hints.model import FileHints

__all__ = ["FileHints", "file_hints"]
