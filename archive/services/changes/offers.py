"""Which held document each offered description is meant for."""

import os
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from archive.core import findings
from archive.core.composed_form import spellings
from archive.core.descriptions.description import Description
from archive.core.errors import ConfigurationError
from archive.core.exit_codes import CONFLICT, REJECTED
from archive.core.findings import Finding
from archive.core.ids import short_id
from archive.core.limits.output import QUOTED
from archive.core.search_query import parse_search
from archive.core.text import is_utf8, printable
from archive.formats.csv_cells import unguarded
from archive.formats.descriptions import PREFIXES, DescribedRow, path_candidates, read_descriptions
from archive.formats.descriptions.columns import SEPARATOR
from archive.formats.descriptions.structured import Record, described
from archive.formats.descriptions.table_header import ID, REVISION
from archive.services.changes.request import DescribeRequest
from archive.services.holdings.resolution import resolve
from archive.storage.index import Index, IndexRow
from archive.storage.sources.brought_files import open_brought

_SET: Final = "--set"


class Offer(NamedTuple):
    """A description as it is offered, and the row of the document that it is meant for.

    `revision` is the number that the table says its row was exported from; None where it does not say.
    """

    place: str
    said: DescribedRow
    row: IndexRow
    revision: str | None = None


class Refusal(NamedTuple):
    """A row that is meant for no document that can be described, and the exit code that it means."""

    place: str
    findings: tuple[Finding, ...]
    code: int = REJECTED


def offers(request: DescribeRequest, index: Index) -> Iterator[Offer | Refusal | Finding]:
    """Every description offered, with its document; ConfigurationError for an id of none or several."""
    rows = [_held(resolve(index, text)) for text in request.documents]
    if request.metadata is None:
        said = _typed(request)
        for row in _each_once(chain(rows, _of_accession(request, index), _found(request, index))):
            yield Offer(row.reference, said, row)
        return
    name = os.path.basename(request.metadata)
    with open_brought(Path(request.metadata), "a table or file of descriptions") as stream:
        for read in read_descriptions(name, stream, date_order=request.date_order, held=True):
            if isinstance(read, Finding):
                yield read
            else:
                yield _meant(read, name, rows[0] if rows else None, index)


def _each_once(rows: Iterable[IndexRow]) -> Iterator[IndexRow]:
    seen: set[int] = set()
    for row in rows:
        if row.entry not in seen:
            seen.add(row.entry)
            yield row


def _of_accession(request: DescribeRequest, index: Index) -> Iterator[IndexRow]:
    if request.accession is None:
        return
    rows = index.list(accession=request.accession)
    first = next(rows, None)
    if first is not None:
        yield first
        yield from rows
    else:
        raise ConfigurationError(
            f"--accession {printable(request.accession)}: nothing held came with it",
            remedy="archive list --format json names the accession of each document",
        )


def _found(request: DescribeRequest, index: Index) -> list[IndexRow]:
    if request.where is None:
        return []
    query = parse_search(request.where)
    if query.notes:
        raise ConfigurationError(f"--where: {'; '.join(query.notes)}", remedy="try it: archive search QUERY")
    rows = index.search(query, limit=max(index.count(query), 1))
    if not rows:
        raise ConfigurationError(
            f"--where {printable(request.where[:QUOTED])}: nothing held is found so",
            remedy="try it: archive search QUERY",
        )
    return rows


def _typed(request: DescribeRequest) -> DescribedRow:
    """What `--set` says, read and judged as a description in a file is."""
    content: dict[str, list[str]] = {}
    for key, value in request.values:
        content.setdefault(key, []).append(value)
    return described(Record(content, _SET, request.date_order, surrogates=True, strict_access=True))


def _held(row: IndexRow) -> IndexRow:
    if row.state != "held":
        raise ConfigurationError(
            f"{printable(row.reference)}: was {row.state}, and is not described any more",
            remedy=f"archive history {short_id(row.bag)} says when and why",
        )
    return row


def _meant(said: DescribedRow, name: str, named: IndexRow | None, index: Index) -> Offer | Refusal:
    place = printable(said.at.row_of(name))
    other = dict(said.description.other)
    identifier, revision = other.pop(ID, ()), other.pop(REVISION, ())
    said = said._replace(description=Description(said.description.terms, other, said.description.access))
    found = [] if named is None else [named]
    wanted = [text.strip() for text in (*identifier, *([said.reference] if said.reference else ()))]
    for text in wanted:
        rows = _called(text, index) or _called(unguarded(text), index)
        if len(rows) > 1:  # which of them, the row's id may have said
            rows = [row for row in rows if row in found] or rows
        if len(rows) != 1:
            what = "several documents are" if rows else "no held document is"
            code = "HELD-SEVERAL" if rows else "HELD-NONE"
            return _refused(said, place, code, f"{what} called {printable(text[:80])}")
        found += rows
    if not found and said.paths:
        rows = _by_path(said.paths, index)
        if len(rows) != 1:
            what = "several held documents have" if rows else "no held document has"
            code = "HELD-SEVERAL" if rows else "HELD-NONE"
            named_so = printable(SEPARATOR.join(said.paths)[:200])
            return _refused(said, place, code, f"{what} the original path {named_so}")
        found = rows
        said = _with_other_form_said(said, place, rows[0])
    by_identifier = not wanted and not said.paths
    found = found or _by_identifier(said.names or (), index)
    if not found:
        return _refused(said, place, "HELD-NONE", "the row names no document")
    if len({row.bag for row in found}) > 1:
        names = " and ".join(printable(row.reference) for row in found)
        return _refused(said, place, "HELD-CONTRADICTION", f"names two documents: {names}")
    row = found[0]
    if by_identifier and (named is None or _urn(row) in (said.names or ())):
        said = said._replace(description=_without_our_names(said.description, row))
    if row.state != "held":
        message = f"{printable(row.reference)} was {row.state}, and is not described any more"
        return _refused(said, place, "HELD-WITHDRAWN", message, CONFLICT)
    if (there := _other_at(said.paths, row, index)) is not None:
        named_so = printable(said.paths[0][:QUOTED])
        message = f"names {printable(row.reference)}, and with {named_so} {printable(there.reference)}"
        remedy = "see which of the two is meant, and mend the reference or the filename; it may be left empty"
        return _refused(said, place, "HELD-CONTRADICTION", message, remedy=remedy)
    return Offer(place, said, row, revision[0].strip() if revision else None)


def _other_at(paths: tuple[str, ...], row: IndexRow, index: Index) -> IndexRow | None:
    """Another held document whose original path the filename is, where it is no way to write that of `row`.

    A cell that may have been cut at its `||` says too little, and CSV has no bytes that are not UTF-8.
    """
    if len(paths) != 1 or SEPARATOR in row.source:
        return None
    written = row.source.encode("utf-8", "replace").decode()
    own = {form.rstrip("/") for name in (row.source, written) for form in spellings(name)}
    if not own.isdisjoint(form.rstrip("/") for form in path_candidates(paths[0])):
        return None
    found = _of_source(paths[0], index)
    return None if not found or row.bag in {other.bag for other in found} else found[0]


def _called(text: str, index: Index) -> list[IndexRow]:
    """The documents of that reference, hardly ever several, or the one with that id or ending of it."""
    if not is_utf8(text):
        return []
    if several := index.all_by_reference(text):
        return several
    ending = index.by_short_id(text.lower()) if len(text) >= 8 else []
    return ending if len(ending) == 1 else []


def _without_our_names(description: Description, row: IndexRow) -> Description:
    """The description without the identifiers that our oai_dc puts before its own."""
    ours = (row.reference, _urn(row))
    identifiers = description.terms.get("identifier", ())
    return description.with_terms({"identifier": [each for each in identifiers if each.value not in ours]})


def _urn(row: IndexRow) -> str:
    return f"urn:uuid:{row.bag}"


def _by_identifier(names: tuple[str, ...], index: Index) -> list[IndexRow]:
    """The held document that an identifier of the record is the reference or the id of."""
    rows = (row for name in names for row in _called(name.removeprefix("urn:uuid:"), index))
    return list({row.bag: row for row in rows}.values())


def _by_path(paths: tuple[str, ...], index: Index) -> list[IndexRow]:
    """The held documents with these original paths: the one of all of them, else those of each.

    None where one of the paths is that of nothing held. A prefix that other systems put before a path is
    taken away only where no document came out of a folder of that name: else a document that is not held
    would be taken for another one.
    """
    kept = frozenset(prefix for prefix in PREFIXES if index.has_sources_in(prefix))
    if len(paths) > 1 and (rows := _of_source(SEPARATOR.join(paths), index)):
        return rows
    found: dict[str, IndexRow] = {}
    for path in paths:
        rows = next((rows for each in path_candidates(path, kept) if (rows := _of_source(each, index))), [])
        if not rows:
            return []
        found.update((row.bag, row) for row in rows)
    return list(found.values())


def _of_source(path: str, index: Index) -> list[IndexRow]:
    """The held documents with that original path, else with another Unicode form of it, else the folder."""
    names = [form for name in (path, path.rstrip("/") + "/") for form in spellings(name)]
    found = ([row for row in index.by_source(form) if row.state == "held"] for form in names)
    return next(filter(None, found), [])


def _with_other_form_said(said: DescribedRow, place: str, row: IndexRow) -> DescribedRow:
    """The row of a table, with a note on it where it names its document in another Unicode form."""
    written, source = SEPARATOR.join(said.paths), row.source.rstrip("/")
    if source in written or not any(source in form for form in spellings(written)):
        return said
    message = f"{printable(written[:QUOTED])} is written in another Unicode form than the name that is held"
    found = findings.note("PAIR-NORMALISED", place, message, at=said.at)
    return said._replace(findings=(*said.findings, found))


def _refused(
    said: DescribedRow,
    place: str,
    code: str,
    message: str,
    exit_code: int = REJECTED,
    remedy: str = "name it by its reference: archive list shows what is held",
) -> Refusal:
    finding = findings.error(code, place, message, at=said.at, remedy=remedy)
    return Refusal(place, (finding,), exit_code)
