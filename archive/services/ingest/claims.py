"""Which row of a table describes which document: no file of two rows, none of a row that was refused."""

from collections.abc import Container

from archive.core import findings
from archive.core.findings import At, Finding, at_row
from archive.core.submission import Role
from archive.formats.descriptions import DescribedRow
from archive.services.ingest.described import described, refuse, take_document
from archive.services.ingest.folder_rows import FolderRows
from archive.services.ingest.matched import Matched
from archive.services.ingest.matching import Matcher
from archive.storage.plan import Plan


class Claims:
    """Takes the rows of the tables one by one; what each came to is in the plan.

    `bags` has the indexes of the sources that are bags. What rows say of whole folders waits
    for `settle`: files in them may have descriptions of their own.
    """

    def __init__(self, plan: Plan, matcher: Matcher, bags: Container[int]) -> None:
        self._plan = plan
        self._matcher = matcher
        self._bags = bags
        self._folders = FolderRows(plan)

    def take(self, row: DescribedRow, table: str) -> None:
        """Gives a row its files, or says why it has none."""
        place = row.at.row_of(table)
        if row.paths or row.names is not None:
            matched = self._matcher.match(row, place)
        else:
            matched = self._whole_source(place)
        for finding in row.findings:
            self._plan.add_finding(finding, matched.source if matched else None)
        if matched is None:
            return
        matched = self._folders.make_way(matched)
        if any(finding.severity is findings.Severity.ERROR for finding in row.findings):
            if matched.cut < 0 or matched.bag is not None or self._folders.is_document(matched):
                self._is_second(row, matched, place)
            else:
                self._refuse_within(matched)
            refuse(self._plan, matched)  # with its row: not reported a second time as undescribed
            return
        said = described(row)
        if not (
            self._folders.keep(said, matched, place)
            or self._is_second(row, matched, place)
            or self._is_refused(row, matched, place)
        ):
            take_document(self._plan, said, matched, place)

    def settle(self) -> None:
        """Give what rows say of folders to what lies in them, all else being paired."""
        self._folders.settle()

    def _is_second(self, row: DescribedRow, matched: Matched, place: str) -> bool:
        """True, and said of both rows, where another one describes the folder, or one of the files, too."""
        if (first := self._folders.first_place(matched)) is not None:
            self._say_twice(matched.source, matched.source, first, place, row.at, matched.source)
            return True
        claimed = {file.document: file.path for file in reversed(matched.files) if file.document is not None}
        for document, path in sorted(claimed.items()):
            used = self._plan.description_of(document)
            first = used[1] if used else ""
            self._plan.set_state(document, "rejected")
            self._say_twice(path, self._plan.source_of(document), first, place, row.at, matched.source)
        if claimed:
            refuse(self._plan, matched)  # what the row alone speaks of is not taken in without the rest
        return bool(claimed)

    def _refuse_within(self, matched: Matched) -> None:
        """Refuses the documents in a folder whose row is refused: what it says of them, such as who may have
        them, would be lacking."""
        folder = matched.source[: matched.cut]
        for seq, _ in self._plan.documents_within(matched.root, folder):
            used = self._plan.description_of(seq)
            source, place = self._plan.source_of(seq), used[1] if used else ""
            self._plan.set_state(seq, "rejected")
            self._plan.add_finding(_other_refused(source, place, at_row(place)), source)

    def _is_refused(self, row: DescribedRow, matched: Matched, place: str) -> bool:
        """True, and said, where an earlier description of one of the files was refused."""
        file = next((file for file in matched.files if file.role is Role.REFUSED), None)
        if file is not None:
            self._plan.add_finding(_other_refused(file.path, place, row.at), matched.source)
            refuse(self._plan, matched)
        return file is not None

    def _say_twice(self, path: str, source: str, first: str, second: str, at: At, other_source: str) -> None:
        """Says of the row at `first`, about `source`, and of the one at `second` that both mean a file."""
        remedy = "keep one description of each"
        for place, other, found, refused in (
            (first, second, at_row(first), source),
            (second, first, at, other_source),
        ):
            message = f"{path} is described twice, here and in {other}"
            finding = findings.error("PAIR-TWICE", place, message, at=found, remedy=remedy)
            self._plan.add_finding(finding, refused)

    def _whole_source(self, place: str) -> Matched | None:
        source = self._matcher.only_source()
        if source is None:
            self._plan.add_finding(
                findings.error(
                    "PAIR-NO-NAME",
                    place,
                    "a single description names no file, and there are several SOURCEs",
                    remedy="ingest one SOURCE with it, or name the file in it (`filename`)",
                )
            )
            return None
        matched = self._matcher.whole()
        if matched is None and source.index not in self._bags:  # of a bag it has been said
            message = "describes everything that was brought, and that is nothing"
            remedy = "bring the document, or leave the description out"
            self._plan.add_finding(findings.error("PAIR-NO-DOCUMENT", place, message, remedy=remedy))
        return matched


def _other_refused(path: str, place: str, at: At) -> Finding:
    return findings.error(
        "PAIR-TWICE",
        place,
        f"{path} is described twice, and the other description was refused",
        at=at,
        remedy="mend the other description, or keep one of each",
    )
