"""From the hints of one file to the cells of its row: facts are filled in, guesses are suggested."""

import mimetypes
from typing import Final

from archive.core.tables.template_row import ALTERNATIVE, Suggestion
from archive.formats.file_hints import FileHints
from archive.formats.format_identification import FormatIdentification, Identification

_TYPES: Final = {"text": "Text", "image": "StillImage", "audio": "Sound", "video": "MovingImage"}
_TEXTS: Final = ("pdf", "word", "opendocument.text", "rtf", "postscript", "epub", "presentation")
_DATA: Final = ("spreadsheet", "ms-excel", "csv", "json", "sqlite", "xml")
# What PRONOM knows a file by: its bytes, and not its name alone.
_BY_BYTES: Final = ("byte match", "container", "text match", "xml match", "riff match")


def suggestions_of(
    hints: FileHints, format_: FormatIdentification | None, name: str
) -> tuple[Suggestion, ...]:
    """What is suggested: never filled in, whoever is sure of it."""
    found = []
    if hints.title:
        found.append(Suggestion("title", hints.title, hints.title_from))
    if hints.dates:
        words = ", ".join(f"“{date.words}”" for date in hints.dates)
        found.append(
            Suggestion("date", ALTERNATIVE.join(date.edtf for date in hints.dates), f"read from {words}")
        )
    if hints.language:
        found.append(Suggestion("language", hints.language, hints.language_from))
    media_type = (
        format_.mime if format_ and format_.mime else mimetypes.guess_type(name, strict=False)[0] or ""
    )
    if kind := _type(media_type):
        origin = "by its format" if format_ and format_.mime else "by its name"
        found.append(Suggestion("type", kind, origin))
    if format_ is not None and not is_certain(format_):
        found.append(Suggestion("format", format_text(format_), "by its name alone"))
    elif format_ is None and media_type:
        found.append(Suggestion("format", media_type, "by its name alone"))
    return tuple(found)


def filled_in(hints: FileHints, format_: FormatIdentification | None, size: int) -> dict[str, str]:
    """What is a fact: the extent, and a format that the file's bytes show."""
    filled = {"extent": extent(hints, size)}
    if format_ is not None and is_certain(format_):
        filled["format"] = format_text(format_)
    return filled


def extent(hints: FileHints, size: int) -> str:
    """Pages, words and bytes, as far as they are known."""
    parts = []
    if hints.pages:
        parts.append("1 page" if hints.pages == 1 else f"{hints.pages:,} pages")
    if hints.words:
        parts.append("1 word" if hints.words == 1 else f"{hints.words:,} words")
    parts.append("1 byte" if size == 1 else f"{size:,} bytes")
    return "; ".join(parts)


def only_format(identification: Identification | None) -> FormatIdentification | None:
    """The one format that a file was identified as; None where it is none, or may be several."""
    if identification is None or len(identification.formats) != 1:
        return None
    return identification.formats[0]


def is_certain(format_: FormatIdentification) -> bool:
    """True where the bytes show the format, not the name alone."""
    return any(basis in format_.basis.lower() for basis in _BY_BYTES)


def format_text(format_: FormatIdentification) -> str:
    """`Acrobat PDF 1.4 - Portable Document Format 1.4 (PRONOM fmt/18)`."""
    name = f"{format_.name} {format_.version}".strip()
    return f"{name} (PRONOM {format_.puid})"


def _type(media_type: str) -> str:
    kind, _, rest = media_type.partition("/")
    if any(part in rest for part in _DATA):
        return "Dataset" if "html" not in rest else "Text"
    if any(part in rest for part in _TEXTS):
        return "Text"
    return _TYPES.get(kind, "")
