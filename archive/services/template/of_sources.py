"""Documents of a submission that nobody has described."""

import os
from collections.abc import Iterator
from functools import partial

from archive.core.submission import PlannedDocument
from archive.core.template_row import TemplateRow
from archive.core.text import is_utf8
from archive.services.check.preflight_alone import check
from archive.services.ingest.request import IngestRequest
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Surroundings
from archive.services.template.row_making import Describable, template_rows
from archive.storage.plan import Plan
from archive.storage.source_files import SourceFiles
from archive.storage.source_walk import Source


def rows_of_sources(
    request: IngestRequest,
    plan: Plan,
    surroundings: Surroundings,
    archive: OpenedArchive | None,
    unnameable: list[str],
) -> Iterator[TemplateRow]:
    """A row for each document without a description of its own; fills the plan.

    A document whose name is not UTF-8 goes to `unnameable`: no table can name it. Raises what `check` does.
    """
    sources = check(request, plan, surroundings, archive).sources
    with SourceFiles([source.base for source in sources]) as files:
        yield from template_rows(_undescribed(plan, sources, files, unnameable), surroundings.progress)


def _undescribed(
    plan: Plan, sources: tuple[Source, ...], files: SourceFiles, unnameable: list[str]
) -> Iterator[Describable]:
    bases = {source.index: source.base for source in sources}
    for document in plan.documents():
        if not document.awaiting:
            continue
        if is_utf8(document.source):
            yield _describable(document, bases, files)
        else:
            unnameable.append(document.source)


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
