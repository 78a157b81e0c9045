"""The marks from outside that an archive keeps, listed and not judged: no key is asked for here."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.note import NoteError, parse
from archive.core.ledger.statement import Statement, StatementError
from archive.core.text import lossless
from archive.services.evidence.cosigned import own_notes
from archive.services.opened import OpenedArchive
from archive.storage.ledger.statements import stored_statements
from archive.storage.ledger.timestamps import stored_timestamps


class KeptMark(NamedTuple):
    """A `cosignature`, `time-stamp` or `statement` over so many entries, and where it lies.

    `by` is who it claims to be by, where it says so; `text` what a statement says.
    """

    kind: str
    size: int
    by: str | None
    place: str
    text: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The mark as a member of a report."""
        text = lossless(self.text) if self.text is not None else None
        return {**self._asdict(), "by": lossless(self.by) if self.by is not None else None, "text": text}


def kept_marks(archive: OpenedArchive) -> Iterator[KeptMark]:
    """Every mark that can be read, kind by kind, each in the order of what it covers.

    Damaged and unreadable ones are left out: `archive ledger verify` names them. StorageError where a
    folder cannot be listed.
    """
    for kept in own_notes(archive):
        if not kept.place.endswith("/checkpoint"):  # the present one stands under its size too
            for line in kept.note.signatures:
                if line.name != kept.checkpoint.origin:  # keys of the archive all bear its origin
                    yield KeptMark("cosignature", kept.checkpoint.size, line.name, kept.place)
    for stamp in stored_timestamps(archive.root):
        try:
            size = Checkpoint.parse_text(parse(stamp.checkpoint).text).size
        except NoteError:  # nor are there bytes of one that is damaged or unread
            continue
        yield KeptMark("time-stamp", size, None, stamp.place)
    for stated in stored_statements(archive.root):
        try:
            statement = Statement.parse(stated.statement)
        except StatementError:
            continue
        yield KeptMark("statement", statement.checkpoint.size, None, stated.place, statement.words)
