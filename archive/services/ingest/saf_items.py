"""Items of DSpace's Simple Archive Format among the sources: a folder is one document, kept as it is."""

import os
from dataclasses import dataclass, field, replace
from typing import Final

from archive.core import findings
from archive.core.descriptions.description import Description, Value
from archive.core.findings import At, Finding
from archive.core.limits.descriptions import MAX_SIDECAR_BYTES
from archive.core.submission import Role
from archive.core.text import text_lines
from archive.formats.descriptions import DescribedRow, read_sidecar
from archive.formats.descriptions.saf_contents import CONTENTS, DUBLIN_CORE, describes, parse_contents
from archive.services.ingest.described import described, refuse, take_document
from archive.services.ingest.kept_unread import say_kept_unread
from archive.services.ingest.matched import Matched
from archive.storage.plan import FileRow, Plan
from archive.storage.sources.source_files import SourceFiles
from archive.storage.sources.source_walk import Source

_HANDLE: Final = "handle"
_COLLECTIONS: Final = "collections"


@dataclass(slots=True)
class SafItems:
    """Finds items as the walk goes on, and takes those that no table describes into the plan."""

    plan: Plan
    date_order: str | None
    _folders: list[tuple[Source, str]] = field(default_factory=list)

    def see(self, source: Source, path: str) -> None:
        """Remembers the folder of a file that may make it an item."""
        if path.endswith(DUBLIN_CORE) and not source.is_file:
            folder, _, name = path.rpartition("/")
            if name == DUBLIN_CORE:
                self._folders.append((source, folder))

    def take(self, files: SourceFiles) -> None:
        """Each item as one document, with its description; what is wrong with one refuses it alone."""
        taken = 0
        for source, folder in self._folders:
            rows = self.plan.files_below(folder, source.index)
            names = {row.path[len(folder) + 1 if folder else 0 :]: row for row in rows}
            if CONTENTS in names and not any(row.document or row.role is Role.REFUSED for row in rows):
                self._item(files, source, folder, names)
                taken += 1
            elif CONTENTS in names:
                self._claimed(folder, rows, names)
        if taken:
            source = self._folders[0][0]
            message = f"{taken:,} folders are items of DSpace's Simple Archive Format: each is one document"
            self.plan.add_finding(
                findings.note("SAF-READ", os.path.basename(source.path), message, found=str(taken))
            )

    def _claimed(self, folder: str, rows: list[FileRow], names: dict[str, FileRow]) -> None:
        """Says that a row made the item a document, or part of one: its descriptions are not read."""
        claimed = {row.document for row in rows}
        seq = claimed.pop()
        around = None if claimed or seq is None else self.plan.folder_document(seq)
        if around is None:
            return
        source = self.plan.source_of(around.seq)
        for name in sorted(filter(describes, names)):
            say_kept_unread(self.plan, names[name].path, source, f"the item {folder or '.'}/")

    def _item(self, files: SourceFiles, source: Source, folder: str, names: dict[str, FileRow]) -> None:
        called = f"{folder}/" if folder else f"{os.path.basename(source.path)}/"
        matched = Matched(list(names.values()), called, cut=len(folder) + 1 if folder else 0)
        found: list[Finding] = []
        row = self._described(files, names, found)
        other = dict(row.description.other) if row else {}
        self._contents(files, names, other, found)
        for name in (_HANDLE, _COLLECTIONS):
            if name in names and (text := self._text(files, names[name], found)):
                other[f"dspace.{name}"] = tuple(filter(None, map(str.strip, text_lines(text))))
        found += row.findings if row else ()
        for finding in found:
            self.plan.add_finding(finding, called)
        if row is None or any(finding.severity is findings.Severity.ERROR for finding in found):
            refuse(self.plan, matched)
            return
        terms = dict(row.description.terms)
        handles = tuple(Value(text, scheme=_HANDLE) for text in other.pop(f"dspace.{_HANDLE}", ()))
        if handles:
            terms["identifier"] = (*terms.get("identifier", ()), *handles)
        description = replace(row.description, terms=terms, other=other)
        place = names[DUBLIN_CORE].path
        take_document(self.plan, described(row._replace(description=description)), matched, place)

    def _described(
        self, files: SourceFiles, names: dict[str, FileRow], found: list[Finding]
    ) -> DescribedRow | None:
        """The descriptions of the item as one; None, and said so, where one of them cannot be read."""
        whole: DescribedRow | None = None
        for name in sorted(filter(describes, names), key=lambda name: (name != DUBLIN_CORE, name)):
            data = self._bytes(files, names[name], found)
            if data is None:
                return None
            read = read_sidecar(names[name].path, data, date_order=self.date_order)
            if not isinstance(read, DescribedRow):
                found += read
                return None
            whole = read if whole is None else _joined(whole, read)
        return whole

    def _contents(
        self,
        files: SourceFiles,
        names: dict[str, FileRow],
        other: dict[str, tuple[str, ...]],
        found: list[Finding],
    ) -> None:
        """Holds `contents` against what is there, in both directions; keeps its flags."""
        place = names[CONTENTS].path
        text = self._text(files, names[CONTENTS], found)
        if text is None:
            return
        listed = parse_contents(text)
        known = {one.name for one in listed}
        for one in listed:
            at = At(file=place, line=one.line)
            spot = f"{place}:{one.line}"
            if one.registered:
                message = f"{one.name} lies elsewhere and is not in the submission"
                found.append(findings.error("SAF-REGISTERED", spot, message, at=at))
            elif one.name not in names:
                message = f"{one.name} is listed and not there"
                found.append(findings.error("SAF-MISSING", spot, message, at=at))
            if one.restricts:
                message = f"says who may read {one.name}; access to the document is not stated by that"
                found.append(findings.warning("SAF-PERMISSIONS", spot, message, at=at))
        flagged = tuple("\t".join((one.name, *one.flags)) for one in listed if one.flags)
        if flagged:
            other["dspace.contents"] = flagged
        own = {CONTENTS, _HANDLE, _COLLECTIONS, "relationships"}
        for name, row in names.items():
            if name not in known and name not in own and not describes(name):
                message = f"{name} is there and not listed in {CONTENTS}; it is kept with the others"
                found.append(findings.warning("SAF-UNLISTED", row.path, message))

    def _text(self, files: SourceFiles, row: FileRow, found: list[Finding]) -> str | None:
        data = self._bytes(files, row, found)
        if data is None:
            return None
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as broken:
            at = At(file=row.path, line=data.count(b"\n", 0, broken.start) + 1)
            found.append(findings.error("DESC-ENCODING", row.path, "not UTF-8", at=at, expected="UTF-8"))
            return None

    def _bytes(self, files: SourceFiles, row: FileRow, found: list[Finding]) -> bytes | None:
        try:
            return files.read(row.root, row.path, MAX_SIDECAR_BYTES)
        except OSError as trouble:
            message = f"cannot be read: {trouble.strerror}"
            found.append(findings.error("SRC-UNREADABLE", row.path, message, at=At(file=row.path)))
            return None


def _joined(first: DescribedRow, second: DescribedRow) -> DescribedRow:
    """One row with the values and findings of both."""
    terms = dict(first.description.terms)
    for term, values in second.description.terms.items():
        terms[term] = (*terms.get(term, ()), *values)
    other = dict(first.description.other)
    for name, texts in second.description.other.items():
        other[name] = (*other.get(name, ()), *texts)
    return first._replace(
        description=Description(terms, other, first.description.access or second.description.access),
        findings=(*first.findings, *second.findings),
    )
