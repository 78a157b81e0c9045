"""Documents of a submission that nobody has described."""

import os
from collections.abc import Iterator
from functools import partial
from typing import Final

from archive.core.descriptions.description import WHITE_SPACE
from archive.core.submission import PlannedDocument
from archive.core.tables.template import is_help
from archive.core.tables.template_row import TemplateRow
from archive.core.text import is_utf8
from archive.formats.descriptions.columns import SEPARATOR
from archive.services.check.preflight_alone import check
from archive.services.ingest.request import IngestRequest
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Surroundings
from archive.services.template.account import Account
from archive.services.template.row_making import Describable, template_rows
from archive.storage.plan import Plan
from archive.storage.sources.source_files import SourceFiles
from archive.storage.sources.source_walk import Source

_UNNAMEABLE: Final = (
    "a cell cannot state its name (blank, not UTF-8, or taken for another); describe it in a sidecar"
)


def rows_of_sources(
    request: IngestRequest,
    plan: Plan,
    surroundings: Surroundings,
    archive: OpenedArchive | None,
    account: Account,
) -> Iterator[TemplateRow]:
    """A row for each document without a description of its own; fills the plan.

    The `account` names documents whose name no table can state, and what is no document that can be read: a
    link, a pipe. Raises what `check` does.
    """
    sources = check(request, plan, surroundings, archive).sources
    account.left_out += ((name.path, name.why) for name in plan.not_taken())
    with SourceFiles([source.base for source in sources]) as files:
        yield from template_rows(_undescribed(plan, sources, files, account), surroundings.progress)


def _undescribed(
    plan: Plan, sources: tuple[Source, ...], files: SourceFiles, account: Account
) -> Iterator[Describable]:
    bases = {source.index: source.base for source in sources}
    for document in plan.documents():
        if not document.awaiting:
            continue
        if _can_be_named(document.source):
            yield _describable(document, bases, files)
        else:
            account.left_out.append((document.source, _UNNAMEABLE))


def _can_be_named(source: str) -> bool:
    """True where a cell with that path in it is read as that path."""
    parts = [part for each in source.split(SEPARATOR) if (part := each.strip(WHITE_SPACE))]
    if not parts or not is_utf8(source) or is_help(source):
        return False
    return len(parts) == 1 or SEPARATOR.join(parts) == source


def _describable(document: PlannedDocument, bases: dict[int, str], files: SourceFiles) -> Describable:
    single = document.files[0] if len(document.files) == 1 and document.bag is None else None
    return Describable(
        named=(document.source,),
        name=document.source,
        size=document.bytes,
        files=len(document.files),
        path=os.path.join(bases[single.root], single.path) if single else None,
        open=partial(_opened, files, single.root, single.path) if single else None,
    )


def _opened(files: SourceFiles, root: int, path: str) -> int:
    return files.open(root, path)[0]
