"""Tables as other systems write them: which of their columns is what of ours, and what separates values.

AtoM: ISAD(G) columns of its CSV templates. Omeka S: `dcterms:title` headers. (DSpace's qualified names are
understood in any table: `dspace_names`.) The mapping is data; a column that is not in it is kept as it is.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from archive.core.findings import At, Finding, note
from archive.core.limits.descriptions import MAX_PARENTS
from archive.formats.descriptions.columns import SEPARATOR, Column, Kind, classify

# AtoM 2.x ISAD(G): column -> our term. legacyId, levelOfDescription and all others are kept as columns.
_ATOM_TERMS: Final[Mapping[str, str]] = {
    "accessconditions": "accessRights",
    "archivalhistory": "provenance",
    "eventactors": "creator",
    "eventdates": "date",
    "extentandmedium": "extent",
    "identifier": "identifier",
    "language": "language",
    "nameaccesspoints": "subject",
    "parentid": "isPartOf",
    "placeaccesspoints": "spatial",
    "publicationnote": "isReferencedBy",
    "relatedunitsofdescription": "relation",
    "reproductionconditions": "rights",
    "scopeandcontent": "description",
    "subjectaccesspoints": "subject",
    "title": "title",
}
_ATOM_SIGNS: Final = frozenset(
    ("legacyid", "parentid", "scopeandcontent", "levelofdescription", "extentandmedium", "eventdates")
)
_ATOM_PATH: Final = "digitalobjectpath"
_ATOM_SEVERAL: Final = frozenset(
    (
        "eventactors",
        "eventdates",
        "language",
        "nameaccesspoints",
        "placeaccesspoints",
        "subjectaccesspoints",
    )
)
# Omeka S leaves to its user what the column of a medium is called; these are the usual names.
_OMEKA_PATHS: Final = frozenset(
    ("media", "media file", "media source", "media_source", "o:filename", "o:media[file]", "o:source")
)
_NO_VALUE: Final = "NULL"  # AtoM writes it where one of several aligned values is lacking
_BAR: Final = "|"


class Dialect:
    """How one table is written; `findings` say so. Cells are turned into what our own tables would hold."""

    def __init__(self, name: str, header: Sequence[str], file: str, at: At) -> None:
        self.name = name
        self._header = [text.strip() for text in header]
        self._file, self._at = file, at
        self._found: list[Finding] = []
        self._said: set[str] = set()
        self._identifiers: dict[str, str] = {}
        self._columns: dict[str, list[int]] = {}  # a table may have several of one heading
        for index, text in enumerate(self._header):
            self._columns.setdefault(text.lower(), []).append(index)
        self._names_files = any(classify(text).kind is Kind.PATH for text in self._header)
        self.findings = [note("DESC-READ-AS", file, f"read as a table of {name}: {self._how()}", at=at)]

    @property
    def rows_without_files(self) -> bool:
        """True where a row may describe what has no file: a fonds or a series."""
        return self.name == ATOM

    def column(self, text: str) -> Column:
        """What a column of the table is there for."""
        folded = text.lower()
        if self.name == ATOM:
            if folded == _ATOM_PATH:
                return Column(text, Kind.PATH)
            term = _ATOM_TERMS.get(folded)
            if term is not None:
                return Column(text, Kind.TERM, term)
            # AtoM's own columns: what ours call source or accession means something else there.
            return Column(text, Kind.OTHER) if classify(text).kind is Kind.TERM else classify(text)
        if self.name == OMEKA and folded in _OMEKA_PATHS and not self._names_files:
            return Column(text, Kind.PATH)
        return classify(text)

    def separator(self, text: str) -> str:
        """What stands between the values of a column of that heading, where its table writes it."""
        return _BAR if self.name == ATOM and text.strip().lower() in _ATOM_SEVERAL else SEPARATOR

    def cells(self, cells: Sequence[str]) -> list[str]:
        """The cells of a row with `||` between values."""
        turned = list(cells)
        if self.name == ATOM:
            for name in _ATOM_SEVERAL:
                for index in self._columns.get(name, ()):
                    if index < len(turned):
                        values = (value.strip() for value in turned[index].split(_BAR))
                        turned[index] = SEPARATOR.join(each for each in values if each not in ("", _NO_VALUE))
            self._name_parent(turned)
            return turned
        for index, text in enumerate(turned):
            if index < len(self._header) and classify(self._header[index]).kind is Kind.TERM:
                turned[index] = self._split(text)
        return turned

    def taken(self) -> list[Finding]:
        """What has become to be said since the last time."""
        found, self._found = self._found, []
        return found

    def _how(self) -> str:
        if self.name == ATOM:
            return "ISAD(G) columns, values separated by |, parentId as isPartOf"
        return "columns by their DCMI names"

    def _name_parent(self, cells: list[str]) -> None:
        """A parent is named by its identifier, where a row above gave one to its number."""
        legacy, own = (self._stated(name, cells) for name in ("legacyid", "identifier"))
        if legacy and own and len(self._identifiers) < MAX_PARENTS:
            self._identifiers[legacy] = own
        for index in self._columns.get("parentid", ()):
            cells[index] = self._identifiers.get(cells[index].strip(), cells[index])

    def _stated(self, name: str, cells: Sequence[str]) -> str:
        return next(filter(None, (cells[index].strip() for index in self._columns.get(name, ()))), "")

    def _split(self, text: str) -> str:
        if _BAR in text and SEPARATOR not in text:
            self._say(_BAR, "cells hold “|”: it is taken to separate values")
            return SEPARATOR.join(text.split(_BAR))
        return text

    def _say(self, mark: str, message: str) -> None:
        if mark not in self._said:
            self._said.add(mark)
            self._found.append(note("DESC-READ-AS", self._file, message, at=self._at, found=mark))


ATOM: Final = "AtoM"
OMEKA: Final = "Omeka S"


def dialect_of(header: Sequence[str], file: str, at: At) -> Dialect | None:
    """The dialect that a header is written in, or None for a table like ours."""
    names = {text.strip().lower() for text in header}
    if len(names & _ATOM_SIGNS) >= 2 and "title" in names:
        return Dialect(ATOM, header, file, at)
    prefixed = sum(text.strip().startswith("dcterms:") for text in header)
    return Dialect(OMEKA, header, file, at) if prefixed >= 2 else None
