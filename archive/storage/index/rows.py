"""What goes into the index and what comes out: rows as values."""

import hashlib
import json
import marshal
from functools import lru_cache
from typing import Any, Final, NamedTuple

from archive.core.descriptions.dcterms import DATE_TERMS
from archive.core.descriptions.description import TITLES, Description, is_beside_title
from archive.core.edtf import EdtfError
from archive.core.edtf import parse as parse_edtf
from archive.core.holding import Holding
from archive.core.searched_text import fold
from archive.storage.index.connection import Typed

_EARLIEST, _LATEST = -(1 << 63), (1 << 63) - 1
_TAIL = 12
_FIELD_OF: Final = {
    "title": 0,
    "alternative": 0,
    "creator": 1,
    "contributor": 1,
    "subject": 2,
    "description": 3,
    "abstract": 3,
    "tableOfContents": 3,
}
_OTHER, _SOURCE, _REFERENCE, _LANGUAGE = 4, 5, 6, 7

COLUMNS: Final = (
    "entry, bag, run, reference, declared, accession, source, files, bytes, payload_key, tag_manifest,"
    " ingested, awaiting, title, creator, date, described, revision, state, last_checked, last_intact,"
    " last_outcome, access"
)

_DOCUMENT: Final = Typed(COLUMNS, "itttiTbiibbtitTTiittttt")

FACTS: Final = (
    "bag, ending, run, reference, declared, accession, source, files, bytes, payload_key, tag_manifest,"
    " awaiting, title, creator, date, access, shape"
)
# Of the facts what a description says: title, creator, date, access and its shape.
TOLD: Final = slice(-5, None)


class IndexRow(NamedTuple):
    """One row of the index; digests are sha512 in hexadecimal, `source` has surrogate escapes.

    `described` is the entry that gave the description and `revision` its number, 1 from the ingest. `state`
    is `held`, `withdrawn` or `disposed`; `last_…` are empty where no audit has looked yet. `title` is what
    lists may show; `access` the text of the statement, empty where there is none.
    """

    entry: int
    bag: str
    run: str
    reference: str
    declared: bool
    accession: str | None
    source: str
    files: int
    bytes: int
    payload_key: str
    tag_manifest: str
    ingested: str
    awaiting: bool
    title: str
    creator: str | None
    date: str | None
    described: int
    revision: int
    state: str
    last_checked: str
    last_intact: str
    last_outcome: str
    access: str


def is_bad(row: IndexRow) -> bool:
    """True for a held document that its last audit found damaged or missing."""
    return row.last_outcome in {"damaged", "missing"}


class Standing(NamedTuple):
    """Where a held bag stands in the order of checks: empty texts where it was never looked at."""

    entry: int
    bag: str
    ingested: str
    last_checked: str
    last_intact: str
    last_outcome: str


class Received(NamedTuple):
    """What one accession brought; None for what came under none. `first` and `last` are times of ingest."""

    accession: str | None
    documents: int
    files: int
    bytes: int
    first: str
    last: str


class Counts(NamedTuple):
    """What is held in all; `documents` counts those that are held, `withdrawn` those that no longer are.

    `damaged` were found damaged or missing and not intact since; `unreadable` could not be read by the last
    look at them, be they damaged or not; what the last look at the `unknown` ones found is lost.
    """

    documents: int
    withdrawn: int
    files: int
    bytes: int
    awaiting: int
    never_checked: int
    damaged: int
    unreadable: int
    unknown: int


def ending(bag: str) -> str:
    """The last twelve characters of an id, reversed."""
    return bag[: -_TAIL - 1 : -1]


def source_bytes(source: str) -> bytes:
    """The bytes of an original path."""
    return source.encode("utf-8", "surrogateescape")


class IndexedDocument(NamedTuple):
    """What the index keeps of a document beside the entry of its ingest and its time.

    `facts` are the columns of FACTS, `words` a text for each field of `words`, `dates` the bounds of every
    date of the description that is EDTF, `parents` what it says it is part of,
    `fields` which fields it has. Plain tuples of plain values: it travels between processes.
    """

    facts: tuple[Any, ...]
    words: tuple[str, ...]
    dates: tuple[tuple[int, int], ...]
    parents: tuple[str, ...]
    fields: str


def told_of(description: Description) -> tuple[str, str | None, str | None]:
    """Title, creator and date as lists show them; a title that is hidden stays so."""
    date = description.first("date") or description.first("created") or description.first("issued")
    return description.shown_title, description.first("creator"), date


def digest_bytes(digest: str) -> bytes:
    """The bytes of a digest (hexadecimal); none, which equal no digest, for what a ledger has instead."""
    try:
        return bytes.fromhex(digest)
    except ValueError:
        return b""


def indexed_document(holding: Holding) -> IndexedDocument:
    """What the index keeps of a holding."""
    description = holding.description
    shape, fields = _shape((*description.terms,), (*description.other,), description.access is not None)
    facts = (
        holding.bag,
        ending(holding.bag),
        holding.run,
        holding.reference,
        holding.declared,
        holding.accession,
        source_bytes(holding.source),
        holding.files,
        holding.bytes,
        digest_bytes(holding.payload_key),
        digest_bytes(holding.tag_manifest),
        holding.awaiting,
        *map(_stored, told_of(description)),
        "" if description.access is None else str(description.access),
        shape,
    )
    return IndexedDocument(facts, _words(holding), _dates(holding), _parents(description), fields)


def packed_document(document: IndexedDocument) -> bytes:
    """The document as bytes that this run's processes hand on; of no use to any other program."""
    return marshal.dumps(tuple(document))


def unpacked_document(data: bytes) -> IndexedDocument:
    """What `packed_document` packed."""
    return IndexedDocument._make(marshal.loads(data))  # noqa: S302 - of this run's own spool


def _words(holding: Holding) -> tuple[str, ...]:
    """A text for each field of `words`."""
    fields: list[list[str]] = [[] for _ in range(_LANGUAGE + 1)]
    hidden = TITLES if holding.description.hides_title else ()
    for term, values in holding.description.terms.items():
        if term in hidden:
            continue
        target = fields[_LANGUAGE if term == "language" else _FIELD_OF.get(term, _OTHER)]
        for value in values:
            target.append(value[0])
    for name, texts in holding.description.other.items():
        if not (hidden and is_beside_title(name)):
            fields[_OTHER].extend(texts)
    fields[_SOURCE].append(holding.source)
    fields[_REFERENCE].append(holding.reference)
    return tuple([fold("\n".join(texts)) for texts in fields])


@lru_cache(maxsize=1024)
def _shape(terms: tuple[str, ...], other: tuple[str, ...], access: bool) -> tuple[int, str]:
    """The fields that a description has: their number, which they alone decide, and they as one text.

    Terms by name, columns of its own behind a plus. 56 bits of a digest: a rebuilt index gives the same.
    """
    fields = [*sorted(terms), *(["access"] if access else []), *sorted(f"+{name}" for name in other)]
    text = json.dumps(fields)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big"), text


def _parents(description: Description) -> tuple[str, ...]:
    values = description.terms.get("isPartOf", ())
    return tuple(dict.fromkeys([value[0] for value in values]))


def _dates(holding: Holding) -> tuple[tuple[int, int], ...]:
    """(lower, upper) of every date of the description that is EDTF; an open side has no end."""
    found = set()
    for term in DATE_TERMS.intersection(holding.description.terms):
        for value in holding.description.terms[term]:
            bounds = _bounds(value[0])
            if bounds is not None:
                found.add(bounds)
    return tuple(found)


def document(row: tuple[Any, ...]) -> IndexRow:
    """The document that a row of COLUMNS holds; IndexValueError where it holds none."""
    entry, bag, run, reference, declared, accession, source, files, size, key, tags, *rest = _DOCUMENT(row)
    ingested, awaiting, *others = rest
    path = source.decode("utf-8", "surrogateescape")
    facts = entry, bag, run, reference, bool(declared), accession, path, files, size, key.hex(), tags.hex()
    return IndexRow(*facts, ingested, bool(awaiting), *others)


@lru_cache(maxsize=4096)
def _bounds(text: str) -> tuple[int, int] | None:
    try:
        date = parse_edtf(text)
    except EdtfError:
        return None
    if date.lower is None and date.upper is None:
        return None
    lower = _EARLIEST if date.lower is None else date.lower.ordinal
    upper = _LATEST if date.upper is None else date.upper.ordinal
    return lower, upper


def _stored(text: str | None) -> str | None:
    """SQLite takes no lone surrogates; no validated description has any."""
    if text is None or text.isascii():
        return text
    return text.encode("utf-8", "replace").decode()
