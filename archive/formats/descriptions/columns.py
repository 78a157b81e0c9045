"""What a column of a table, or a key of a JSON, YAML or XML description, is there for."""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from archive.core.descriptions.dcterms import (
    claims_dublin_core,
    nearest_term,
    normalise_key_with_language,
    qualified,
)
from archive.core.digests import Algorithm, Digest
from archive.core.findings import At, Finding, error, note, warning
from archive.core.text import printable
from archive.formats.descriptions.dspace_names import dspace_name

# Where several are present the first of these names the file; the others are kept as columns.
PATH_NAMES: Final = ("filename", "file", "files", "path")
SEPARATOR: Final = "||"  # between repeated values in one cell, as DSpace writes them

_DIGEST_NAMES = {algorithm.label: algorithm for algorithm in Algorithm}
_BY_LENGTH = {
    32: Algorithm.MD5,
    40: Algorithm.SHA1,
    56: Algorithm.SHA224,
    64: Algorithm.SHA256,
    96: Algorithm.SHA384,
    128: Algorithm.SHA512,
}
_SIZE = re.compile("[0-9]{1,19}")
_WORD_BREAK = re.compile("[ _-]")


class Kind(StrEnum):
    """The closed set of uses."""

    PATH = "path"
    REFERENCE = "reference"
    TERM = "term"
    DIGEST = "digest"
    SIZE = "size"
    OTHER = "other"
    UNKNOWN_TERM = "unknown-term"  # says it is Dublin Core and is not


class Column(NamedTuple):
    """One column: its name as written, its use, and the term, language or algorithm that belongs to it.

    `scheme` is that of its values, `mapped` true where the name is another system's for the term.
    """

    name: str
    kind: Kind
    term: str = ""
    lang: str | None = None
    algorithm: Algorithm | None = None
    scheme: str | None = None
    mapped: bool = False


@lru_cache(maxsize=4096)
def classify(name: str) -> Column:
    """The use of a column, by its name alone."""
    if known := normalise_key_with_language(name):
        return Column(name, Kind.TERM, known[0], known[1])
    if claims_dublin_core(name):
        if (meant := dspace_name(name)) is None:
            return Column(name, Kind.UNKNOWN_TERM)
        (term, scheme), lang = meant
        return Column(name, Kind.TERM, term, lang, scheme=scheme, mapped=True)
    folded = _WORD_BREAK.sub("", name.strip().lower())
    if folded in PATH_NAMES:
        return Column(name, Kind.PATH)
    if folded == "reference":
        return Column(name, Kind.REFERENCE)
    if folded in {"size", "bytes"}:
        return Column(name, Kind.SIZE)
    if folded == "checksum" or folded in _DIGEST_NAMES:
        return Column(name, Kind.DIGEST, algorithm=_DIGEST_NAMES.get(folded))
    return Column(name, Kind.OTHER)


def read_as_term(column: Column, place: str, at: At) -> Finding:
    """The note for a name of another system that is read as a term."""
    scheme = f", scheme {column.scheme}" if column.scheme else ""
    message = f"“{column.name}” is read as {qualified(column.term)}{scheme}"
    return note("DESC-READ-AS", place, message, at=at)


def unknown_term(column: str, place: str, at: At) -> Finding:
    """The warning for a column with a Dublin Core prefix and no term behind it."""
    near = nearest_term(column)
    remedy = f"did you mean {qualified(near)}?" if near else "see `archive help dublin-core` for the terms"
    return warning(
        "DESC-UNKNOWN-TERM",
        place,
        f"“{column}” is not a term of Dublin Core; it is kept, but not as Dublin Core",
        at=at,
        expected=qualified(near) if near else "one of the 55 DCMI terms",
        found=column,
        remedy=remedy,
    )


def meant_column(column: str, term: str, place: str, at: At) -> Finding:
    """The note for a column of somebody's own that Dublin Core has another name for."""
    return note(
        "DESC-COLUMN-MEANT",
        f"{place}:{column}",
        f"“{printable(column)}” is kept as a column of your own, and describes nothing",
        at=at,
        expected=qualified(term),
        found=column,
        remedy=f"call it {term} if that is what it holds",
    )


def meant_measure(column: str, name: str, place: str, at: At) -> Finding:
    """The note for a column that probably holds checksums or sizes, under a name that is not read as such."""
    return note(
        "DESC-COLUMN-MEANT",
        f"{place}:{column}",
        f"“{printable(column)}” is kept as a column of your own, and no file is compared with it",
        at=at,
        expected=name,
        found=column,
        remedy=f"call it {name} if that is what it holds",
    )


def read_digest(text: str, column: Column, place: str, at: At) -> Digest | Finding:
    """The digest in a cell, with or without `sha256:` before it; else the error that it is none."""
    label, colon, value = text.rpartition(":")
    algorithm = column.algorithm
    if colon:
        named = _DIGEST_NAMES.get(_WORD_BREAK.sub("", label.strip().lower()))
        algorithm = named if algorithm in {None, named} else None
    elif algorithm is None:
        algorithm = _BY_LENGTH.get(len(text))
    if algorithm is not None:
        try:
            return Digest.parse(algorithm, value.strip())
        except ValueError:
            pass
    expected = (
        f"{column.algorithm.hex_length} hexadecimal digits"
        if column.algorithm
        else "a checksum of md5, sha1, sha256 or sha512 in hexadecimal"
    )
    return error(
        "DESC-DIGEST-MALFORMED",
        place,
        "the checksum cannot be read, so nothing can be checked against it",
        at=at,
        expected=expected,
        found=text[:200],
        remedy="copy it again from where it was made, or empty the cell",
    )


def read_size(text: str, column: Column, place: str, at: At) -> int | Finding:
    """The size in bytes that a cell states; else the note that it states none."""
    if _SIZE.fullmatch(text):
        return int(text)
    return note(
        "DESC-SIZE-NOT-BYTES",
        place,
        f"“{column.name}” is not a number of bytes here; it is kept as text and not compared",
        at=at,
        expected="a whole number of bytes",
        found=text[:200],
    )
