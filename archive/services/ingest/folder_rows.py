"""Rows for folders beside rows for what is in them: the nearest row wins, and the others say the rest.

A folder that one row alone speaks of is one document of several files. Where other rows describe files or
folders in it, its row is what they have in common.
"""

from dataclasses import dataclass
from typing import Final

from archive.core import findings
from archive.core.descriptions.description import Description, Value
from archive.core.descriptions.folder_description import with_folder
from archive.core.findings import at_row
from archive.core.holding import supplied_title
from archive.core.submission import Role
from archive.services.ingest.described import Described
from archive.services.ingest.matched import Matched
from archive.storage.plan import FolderDocument, FolderRow, Plan

_NAMED: Final = 5  # files that a note names


@dataclass(slots=True)
class FolderRows:
    """Tells folders that are documents from folders that documents lie in, in whatever order rows come."""

    plan: Plan

    def make_way(self, matched: Matched) -> Matched:
        """The same files, after a document of a folder around them was taken apart for their own row."""
        opened = False
        for seq in {file.document for file in matched.files if file.document is not None}:
            around = self.plan.folder_document(seq)
            if around is not None and _lies_around(around, matched):
                self.plan.release_document(seq)
                self.plan.add_folder_row(
                    FolderRow(matched.root, around.folder, around.description, around.reference, around.place)
                )
                opened = True
        if not opened:
            return matched
        return Matched(self.plan.files_anew(matched.files), matched.source, matched.cut, matched.bag)

    def keep(self, said: Described, matched: Matched, place: str) -> bool:
        """True where the row is for a folder that other rows describe parts of; it is kept until the end."""
        if matched.cut < 0 or matched.bag is not None:
            return False
        folder = matched.source[: matched.cut]
        if self.plan.place_of_folder_row(matched.root, folder) is not None or self.is_document(matched):
            return False  # a second row for one folder
        is_free = all(file.document is None for file in matched.files)
        if is_free and not self.plan.is_refused_below(matched.root, folder):
            return False
        self.plan.add_folder_row(FolderRow(matched.root, folder, said.description, said.reference, place))
        if said.digests or said.size is not None:
            message = "a digest or size stands in a row for a folder; it was not used"
            remedy = "state the digests in a checksum file"
            self.plan.add_finding(findings.warning("SUM-SEVERAL", place, message, at=said.at, remedy=remedy))
        return True

    def is_document(self, matched: Matched) -> bool:
        """True where the match is a folder, and a document of that very folder is in the plan."""
        if matched.cut < 0 or matched.bag is not None:
            return False
        claimed = {file.document for file in matched.files if file.document is not None}
        documents = (self.plan.folder_document(seq) for seq in claimed)
        return any(one is not None and one.folder == matched.source[: matched.cut] for one in documents)

    def first_place(self, matched: Matched) -> str | None:
        """The place of the row that describes the same folder already, if there is one."""
        if matched.cut < 0:
            return None
        return self.plan.place_of_folder_row(matched.root, matched.source[: matched.cut])

    def settle(self) -> None:
        """Gives what rows for folders say to what lies in them, once everything else has been paired."""
        for row in self.plan.folder_rows():
            whole = Description.from_stored(row.description)
            own = 0
            for seq, said in self.plan.documents_within(row.root, row.folder):
                merged = with_folder(Description.from_stored(said), whole, row.reference)
                self.plan.describe_anew(seq, merged.canonical_bytes())
                own += 1
            alone = self._undescribed(row, whole)
            self._tell(row, own, alone)

    def _undescribed(self, row: FolderRow, whole: Description) -> list[str]:
        """Takes the files in that no row of their own describes; the names of them."""
        files = [
            file
            for file in self.plan.files_below(row.folder.rstrip("/"), row.root)
            if file.role is Role.DOCUMENT and file.document is None
        ]
        for file in files:
            title = supplied_title(file.path.rpartition("/")[2])
            said = with_folder(Description({"title": (Value(title),)}), whole, row.reference)
            self.plan.add_document(
                [file],
                source=file.path,
                description=said.canonical_bytes(),
                title=title,
                reference=None,
                awaiting=True,
                place=row.place,
            )
        return [file.path for file in files]

    def _tell(self, row: FolderRow, own: int, alone: list[str]) -> None:
        folder = row.folder or "the whole submission"
        message = (
            f"{folder} holds documents with descriptions of their own ({own:,}): they are part of it, and"
            " what they do not say themselves is taken from this row"
        )
        if alone:
            more = ", …" if len(alone) > _NAMED else ""
            message += (
                f"; {len(alone):,} files have no other description, get their names for titles and await one:"
                f" {', '.join(alone[:_NAMED])}{more}"
            )
        self.plan.add_finding(findings.note("PAIR-FOLDER", row.place, message, at=at_row(row.place)))


def _lies_around(around: FolderDocument, matched: Matched) -> bool:
    """True where every file of the match lies in the folder, and the match is not that folder itself."""
    if matched.cut >= 0 and matched.source[: matched.cut] == around.folder:
        return False
    return all(file.path.startswith(around.folder) for file in matched.files)
