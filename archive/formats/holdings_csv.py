"""`holdings.csv`: the list for whoever opens the archive with nothing but a spreadsheet program."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from archive.core.text import printable

COLUMNS: Final = ("id", "reference", "title", "date", "path", "files", "bytes", "sha512")

# What spreadsheet programs take for the start of a formula (OWASP, CSV Injection), full-width forms included.
_FORMULA: Final = frozenset("=+-@\t\r＝＋－＠")
_QUOTED: Final = frozenset('",\n\r')
_ROWS_PER_CHUNK: Final = 512


class HoldingRow(NamedTuple):
    """One document; `path` is the bag's folder relative to the archive.

    `sha512` is the digest of the document's file, or of `manifest-sha512.txt` where it has none or several.
    """

    id: str
    reference: str
    title: str
    date: str
    path: str
    files: int
    bytes: int
    sha512: str


def holdings_csv(rows: Iterable[HoldingRow]) -> Iterator[bytes]:
    """The list in UTF-8, header first, one line per document, in chunks of a few hundred lines.

    Quoting follows RFC 4180, lines end in LF. Control characters stand escaped (`\\x0a`), so that a line is a
    document; a cell that a spreadsheet program would take for a formula begins with an apostrophe.
    """
    lines = [",".join(COLUMNS) + "\n"]
    for row in rows:
        identifier, reference, title, date, path, files, count, digest = row
        texts = (identifier, reference, title, date, path, digest)
        *named, digest = texts if _are_plain(texts) else map(_cell, texts)
        lines.append(f"{','.join(named)},{files:d},{count:d},{digest}\n")
        if len(lines) >= _ROWS_PER_CHUNK:
            yield "".join(lines).encode()
            lines.clear()
    if lines:
        yield "".join(lines).encode()


def _are_plain(texts: tuple[str, ...]) -> bool:
    """True where each cell is its text: judged together, since nearly all of them are."""
    together = "".join(texts)
    return (
        together.isprintable()  # so that no line end is among them
        and not ("," in together or '"' in together)
        and _FORMULA.isdisjoint([text[:1] for text in texts])
    )


def _cell(text: str) -> str:
    if text[:1] in _FORMULA:
        text = "'" + text
    if not text.isprintable():
        text = printable(text)
    if not _QUOTED.isdisjoint(text):
        return '"' + text.replace('"', '""') + '"'
    return text
