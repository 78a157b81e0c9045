"""What stands beside the texts of an XLSX: comments (ECMA-376-1 §18.7), addresses of links (§18.3.1.47).

Both stand behind the cells, or in parts of their own, so what a cell shows is remembered as a hash.
"""

import posixpath
from typing import NamedTuple

from archive.core.limits.spreadsheets import LONGEST_ADDRESS, MAX_LINKS
from archive.core.tables.read_sheet import Unread
from archive.core.tables.sheet import cell_name
from archive.formats.spreadsheet.beside import OUR_AUTHOR, Tally, address
from archive.formats.spreadsheet.package import Package
from archive.formats.spreadsheet.xlsx_workbook import RELATION_ID, local_names
from archive.formats.spreadsheet.xml_parts import Attributes, TextBuffer, run


class _Hashed(NamedTuple):
    """An address, and what stands behind its #, which Excel keeps apart."""

    address: int
    behind: int


def _hashed(text: str) -> _Hashed:
    before, _, behind = text.strip().partition("#")
    return _Hashed(hash(address(before)), hash(behind))


class Links:
    """The links of one sheet, and which cells show their addresses."""

    def __init__(self, package: Package, sheet: str) -> None:
        self.comments = ""  # the part that holds them
        self._targets: dict[int, _Hashed] = {}  # by the hash of their identifiers
        self._shown: dict[str, _Hashed] = {}
        self._links = Tally()
        self._read_relations(package, sheet)

    def see(self, row: int, column: int, text: str) -> None:
        """Takes note of a cell that may show an address; row from 1, column from 0."""
        if (
            self._targets
            and len(text) <= LONGEST_ADDRESS
            and " " not in text
            and ("." in text or "@" in text)
            and len(self._shown) < MAX_LINKS
        ):
            self._shown[cell_name(row, column)] = _hashed(text)

    def add(self, attributes: Attributes) -> None:
        """Takes note of a link, unless its cell shows where it leads."""
        cell = attributes.get("ref", "")[:32]
        identifier = next((attributes[key] for key in RELATION_ID if key in attributes), "")
        target = self._targets.get(hash(identifier))
        if target is not None and (behind := attributes.get("location")):
            target = target._replace(behind=hash(behind))
        if target is None or self._shown.get(cell) != target:
            self._links.add(cell)

    def unread(self) -> Unread:
        """The cells with links whose addresses they do not show."""
        return self._links.unread()

    def _read_relations(self, package: Package, sheet: str) -> None:
        folder, base = posixpath.split(sheet)
        part = f"{folder}/_rels/{base}.rels".lstrip("/")
        if part not in package:
            return

        def begin(name: str, attributes: Attributes) -> None:
            if not name.endswith(" Relationship"):
                return
            kind, target = attributes.get("Type", "").rpartition("/")[2], attributes.get("Target", "")
            if kind == "comments":
                self.comments = posixpath.normpath(posixpath.join("/", folder, target))[1:]
            elif kind == "hyperlink" and len(self._targets) < MAX_LINKS:
                self._targets[hash(attributes.get("Id", ""))] = _hashed(target)

        run(part, package.chunks(part), begin, lambda _: None)


def count_comments(package: Package, part: str) -> Unread:
    """The cells with comments that are not ours."""
    cells = Tally()
    if part not in package:
        return cells.unread()
    names = local_names("author", "comment")
    authors = 0
    ours: int | None = None  # the place among the authors
    taking = False
    buffer = TextBuffer()

    def begin(name: str, attributes: Attributes) -> None:
        nonlocal taking
        local = names.get(name)
        if local == "author":
            taking = True
        elif local == "comment" and (ours is None or attributes.get("authorId") != str(ours)):
            cells.add(attributes.get("ref", "")[:32])

    def end(name: str) -> None:
        nonlocal authors, ours, taking
        if names.get(name) == "author":
            taking = False
            if buffer.take() == OUR_AUTHOR and ours is None:
                ours = authors
            authors += 1

    def text(piece: str) -> None:
        if taking:
            buffer.add(piece)

    run(part, package.chunks(part), begin, end, text)
    return cells.unread()
