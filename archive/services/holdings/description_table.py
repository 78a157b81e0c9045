"""The descriptions in force of held documents, written to a new table."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archive.core.errors import ArchiveError, ConfigurationError
from archive.core.findings import Finding, warning
from archive.core.ids import short_id
from archive.core.text import printable
from archive.formats.description_table import TableRow, columns_of, table_csv
from archive.services.catalog.bag_record import (
    BagDoubtError,
    current_description_path,
    listed_bytes,
    parsed_description,
    revision_of,
    tag_files,
)
from archive.services.holdings.listing import list_documents
from archive.services.opened import OpenedArchive
from archive.storage.durable import NotAPlainFileError
from archive.storage.held_bag import HeldBag
from archive.storage.index import Index, IndexRow
from archive.storage.layout import bag_path
from archive.storage.streamed_file import publish_streamed


def write_table(archive: OpenedArchive, index: Index, path: Path, **conditions: Any) -> tuple[Finding, ...]:
    """Writes the documents that meet the conditions (as in `list_documents`); what could not be read is told.

    The bags are read twice, first for the columns: memory stays flat. Raises ConflictError where there is
    such a file, ConfigurationError where its name does not end in .csv.
    """
    if path.suffix.lower() != ".csv":
        raise ConfigurationError(f"--table {printable(str(path))}: a table ends in .csv")
    found: dict[str, Finding] = {}
    rows = _rows(archive, index, conditions, found)
    columns = columns_of(row.description for row in rows)
    publish_streamed(str(path), table_csv(columns, _rows(archive, index, conditions, found)))
    return tuple(found.values())


def _rows(
    archive: OpenedArchive, index: Index, conditions: dict[str, Any], found: dict[str, Finding]
) -> Iterator[TableRow]:
    for row in list_documents(index, **conditions):
        try:
            with HeldBag(archive.root, row.bag) as held:
                yield _row(held, row)
        except (BagDoubtError, NotAPlainFileError, ArchiveError, OSError) as trouble:
            reason = trouble.strerror if isinstance(trouble, OSError) else None
            found[row.bag] = warning(
                "CATALOG-BAG-DOUBTFUL",
                bag_path(row.bag),
                f"is not in the table: {printable(reason or str(trouble))}",
                remedy=f"archive audit {short_id(row.bag)} says what is wrong with it",
            )


def _row(held: HeldBag, row: IndexRow) -> TableRow:
    listed = tag_files(held, row.tag_manifest)
    description = parsed_description(listed_bytes(held, listed, current_description_path(listed)))
    return TableRow(row.reference, row.bag, revision_of(listed), row.source, description)
