"""Rows of a template from open files; formats by PRONOM where the extra is installed, a batch at a time."""

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from archive.core.tables.template_row import TemplateRow
from archive.formats.file_hints import FileHints, file_hints
from archive.formats.file_hints.model import NO_HINTS
from archive.formats.format_identification import Identification, Identifier, identifier
from archive.services.surroundings import Progress
from archive.services.template.suggesting import filled_in, only_format, suggestions_of

BATCH: Final = 64


class Describable(NamedTuple):
    """A document to be described: the cells that name it, its one file, and how that is opened.

    `path` is where the identifier finds the file; `open` gives a descriptor of it, and is None for a document
    of several files.
    """

    named: tuple[str, ...]
    name: str
    size: int
    files: int
    path: str | None
    open: Callable[[], int] | None


def template_rows(documents: Iterable[Describable], progress: Progress) -> Iterator[TemplateRow]:
    """A row for each document, in order; what cannot be read has a row without suggestions.

    Loads the identifier, whose runtime does not outlive a fork: no process is started afterwards.
    """
    source = iter(documents)
    found = identifier()
    progress.begin("Looking into the files", None, "files")
    try:
        while batch := list(islice(source, BATCH)):
            answers = _identified(found, batch)
            for document in batch:
                yield _row(document, answers.get(document.path))
            progress.advance(len(batch))
    finally:
        progress.end()


def _identified(found: Identifier | None, batch: list[Describable]) -> dict[str | None, Identification]:
    if found is None:
        return {}
    paths = [document.path for document in batch if document.path is not None]
    return dict(zip(paths, found.identify_many(paths), strict=True))


def _row(document: Describable, answer: Identification | None) -> TemplateRow:
    if document.open is None:
        files = f"{document.files:,} files; {document.size:,} bytes"
        return TemplateRow(document.named, {"extent": files}, ())
    format_ = only_format(answer)
    hints = _hints(document.open, document)
    return TemplateRow(
        document.named,
        filled_in(hints, format_, document.size),
        suggestions_of(hints, format_, document.name),
    )


def _hints(opened: Callable[[], int], document: Describable) -> FileHints:
    try:
        with open(opened(), "rb") as stream:
            return file_hints(document.name, stream, os.fstat(stream.fileno()).st_size)
    except OSError:
        return NO_HINTS
