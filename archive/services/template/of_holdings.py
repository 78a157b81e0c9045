"""Documents that are held and await their description."""

import os
from collections.abc import Iterator
from functools import partial
from typing import Final

from archive.core.errors import ArchiveError
from archive.core.findings import warning
from archive.core.ids import short_id
from archive.core.tables.template_row import TemplateRow
from archive.core.text import is_utf8, printable
from archive.services.catalog.bag_record import BagDoubtError, revision_of, tag_files, why_not_read
from archive.services.catalog.index_reading import reading_index
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Surroundings
from archive.services.template.account import Account
from archive.services.template.row_making import Describable, template_rows
from archive.storage.bags.held_bag import HeldBag
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.index import Index, IndexRow
from archive.storage.layout import bag_path

PAYLOAD: Final = "data"


def rows_of_holdings(
    archive: OpenedArchive, accession: str | None, surroundings: Surroundings, account: Account
) -> Iterator[TemplateRow]:
    """A row for each document that awaits a description; of the others the `account` is given."""
    with reading_index(archive) as reading:
        account.findings += reading.findings
        documents = _awaiting(archive, reading.index, accession, account)
        yield from template_rows(documents, surroundings.progress)


def _awaiting(
    archive: OpenedArchive, index: Index, accession: str | None, account: Account
) -> Iterator[Describable]:
    for row in index.list(undescribed=True, accession=accession):
        try:
            with HeldBag(archive.root, row.bag) as held:
                yield _describable(archive, held, row)
        except (BagDoubtError, NotAPlainFileError, ArchiveError, OSError) as trouble:
            code, reason = why_not_read(trouble)
            account.left_out.append((row.bag, reason))
            account.findings.append(
                warning(
                    code,
                    bag_path(row.bag),
                    f"is not in the table: {printable(reason)}",
                    remedy=f"archive audit {short_id(row.bag)} says what is wrong with it",
                )
            )


def _describable(archive: OpenedArchive, held: HeldBag, row: IndexRow) -> Describable:
    revision = str(revision_of(tag_files(held, row.tag_manifest)))
    source = row.source if is_utf8(row.source) else ""
    stored = _sole_file(held) if row.files == 1 else None
    return Describable(
        named=(row.reference, row.bag, revision, source),
        name=row.source,
        size=row.bytes,
        files=row.files,
        path=os.path.join(archive.root, bag_path(row.bag), stored) if stored else None,
        open=partial(_opened, archive, row.bag, stored) if stored else None,
    )


def _opened(archive: OpenedArchive, bag: str, path: str) -> int:
    with HeldBag(archive.root, bag) as held:
        return held.open(path)


def _sole_file(held: HeldBag) -> str | None:
    """The path of the one file right below `data/`; None where there is another thing."""
    folder = held.folder(PAYLOAD)
    try:
        names = os.listdir(folder)
    finally:
        os.close(folder)
    return f"{PAYLOAD}/{names[0]}" if len(names) == 1 else None
