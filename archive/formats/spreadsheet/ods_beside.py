"""What stands beside the texts of an ODS: comments, footnotes, the addresses that links lead to."""

from typing import Final

from archive.core.tables.read_sheet import Unread
from archive.formats.spreadsheet.beside import OUR_AUTHOR, Tally, address
from archive.formats.spreadsheet.ods_styles import OFFICE, TEXT
from archive.formats.spreadsheet.xml_parts import Attributes, TextBuffer

_ANNOTATION: Final = f"{OFFICE}annotation"
_NOTE: Final = f"{TEXT}note"
_CREATOR: Final = "http://purl.org/dc/elements/1.1/ creator"
_HREF: Final = "http://www.w3.org/1999/xlink href"


class Beside:
    """Counts what the cells of one sheet have beside their texts; memory is that of one link."""

    def __init__(self) -> None:
        self._comments, self._links, self._footnotes = Tally(), Tally(), Tally()
        self._comment = ""  # the cell whose comment is being passed
        self._author: str | None = None  # as far as it is compared; None outside its element
        self._is_ours = False
        self._address = ""
        self._shown_from = 0

    def begin_aside(self, name: str, cell: str) -> None:
        """An element begins whose paragraphs are none of the cell's."""
        if name == _ANNOTATION:
            self._comment, self._is_ours = cell, False
        elif name == _NOTE:
            self._footnotes.add(cell)

    def begin(self, name: str) -> None:
        """An element begins within such a one."""
        if self._comment and name == _CREATOR:
            self._author = ""

    def text(self, piece: str) -> None:
        """Text within such a one."""
        if self._author is not None and len(self._author) <= len(OUR_AUTHOR):
            self._author += piece[: len(OUR_AUTHOR) + 1]

    def end(self) -> None:
        """An element within such a one ends."""
        if self._author is not None:
            self._is_ours = self._author == OUR_AUTHOR
            self._author = None

    def end_aside(self) -> None:
        """It ends itself."""
        if self._comment and not self._is_ours:
            self._comments.add(self._comment)
        self._comment = ""

    def begin_link(self, attributes: Attributes, shown: TextBuffer) -> None:
        """A link begins; `shown` is what the cell shows so far."""
        self._address = address(attributes.get(_HREF, ""))
        self._shown_from = len(shown)

    def end_link(self, cell: str, shown: TextBuffer) -> None:
        """A link ends; where it shows its address, nothing is left out."""
        if self._address and address(shown.since(self._shown_from).strip()) != self._address:
            self._links.add(cell)
        self._address = ""

    def unread(self) -> tuple[Unread, Unread, Unread]:
        """Comments, links and footnotes."""
        return self._comments.unread(), self._links.unread(), self._footnotes.unread()
