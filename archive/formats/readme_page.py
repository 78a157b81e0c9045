"""`README.html` at the root of an archive: for whoever opens the folder in thirty years.

Needs no program but a browser: one file, nothing fetched, no script, readable in print.
It is a function of its arguments: no clock.
"""

from dataclasses import dataclass
from html import escape
from string import Template
from typing import Final

from archive.core.quantities import byte_size
from archive.core.text import printable
from archive.formats.readme_text import PAGE, STYLE


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadmePage:
    """What the page says; `key` is the ledger's verification key, `example` the folder of a bag."""

    name: str
    institution: str
    contact: str
    origin: str
    key: str
    bags: int
    files: int
    bytes: int
    checkpoint: str
    example: str | None = None


_UNNAMED: Final = "A document archive"
_NO_EXAMPLE: Final = "bags/…/…"


def readme_html(page: ReadmePage) -> bytes:
    """The page as a complete HTML document in UTF-8; every value escaped, controls shown as escapes."""
    keeper = [escape(printable(text)) for text in (page.institution, page.contact) if text]
    values = {
        "style": STYLE,
        "name": _text(page.name or _UNNAMED),
        "keeper": f"<p class=keeper>{'<br>'.join(keeper)}</p>" if keeper else "",
        "holdings": _text(_holdings(page)),
        "example": _text(page.example or _NO_EXAMPLE),
        "origin": _text(page.origin),
        "key": _text(page.key),
        "checkpoint": "\n".join(_text(line) for line in page.checkpoint.rstrip("\n").split("\n")),
        "ask": _ask(page),
    }
    return Template(PAGE).substitute(values).encode()


def _text(text: str) -> str:
    return escape(printable(text))


def _holdings(page: ReadmePage) -> str:
    documents = "1 document" if page.bags == 1 else f"{page.bags:,} documents"
    files = "1 file" if page.files == 1 else f"{page.files:,} files"
    return f"{documents} in {files}, {byte_size(page.bytes)}"


def _ask(page: ReadmePage) -> str:
    whom = ", ".join(text for text in (page.institution, page.contact) if text)
    return _text(whom) if whom else "whoever gave you this folder"
