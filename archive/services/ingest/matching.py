"""Which files a description means."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from archive.core import findings
from archive.core.descriptions.description import WHITE_SPACE
from archive.core.submission import Role
from archive.formats.descriptions import PREFIXES, DescribedRow, path_candidates
from archive.formats.descriptions.columns import SEPARATOR
from archive.services.ingest.described import refuse
from archive.services.ingest.matched import Matched
from archive.services.ingest.named_documents import named_document
from archive.services.ingest.submitted_bags import PAYLOAD, JudgedBag
from archive.services.ingest.suggestions import Suggestions
from archive.storage.plan import FileRow, Misnamed, Plan
from archive.storage.sources.source_walk import Source

# Under these names Archivematica and BagIt know the folder that a submission was.
_WHOLE: Final = frozenset((".", "objects", "data"))

MISSED_BEFORE_ONE_LOOK: Final = 100  # rows; then one query in the place of four says that a name is nowhere


@dataclass(slots=True)
class Matcher:
    """Looks names up in the plan: exact bytes first, then the same after Unicode normalisation.

    `matched` and `missed` count the names of the table at hand that are there, and those that are not. A
    table that lies in a SOURCE speaks of that one alone.
    """

    plan: Plan
    bags: Mapping[int, JudgedBag] = field(default_factory=dict)
    sources: Sequence[Source] = ()
    is_excluded: Callable[[str], bool] = field(default=lambda _: False)
    suggestions: Suggestions = field(init=False)
    matched: int = field(init=False, default=0)
    missed: int = field(init=False, default=0)
    _root: int | None = field(init=False, default=None)
    _there: dict[int | None, frozenset[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.suggestions = Suggestions(self._names)

    def begin_table(self, root: int | None) -> None:
        """What is matched next are rows of another table; `root` is the SOURCE that it lies in, if any."""
        self.matched = self.missed = 0
        if root != self._root:
            self._root = root
            self.suggestions = Suggestions(self._names)

    def match(self, row: DescribedRow, place: str) -> Matched | None:
        """The files of a row of a table; None (and a finding in the plan) where there are none."""
        named = self._bags_named(row)
        if len(named) == 1:
            self.matched += 1
            return self.bag(named[0])
        if named:
            self._ambiguous(self._all_of(named), row.paths[0], row, place)
            return None
        matched = self._matched(row, place)
        if matched is None:
            return None
        self.matched += 1
        inside = next((file for file in matched.files if file.root in self.bags), None)
        if inside is None:
            return matched
        name = self.bags[inside.root].name
        finding = findings.error(
            "PAIR-IN-BAG",
            place,
            f"{inside.path} is part of the bag {name}, which is one document",
            at=row.at,
            remedy=f"describe the bag under its name, or ingest {name}data to take its files one by one",
        )
        for source in self._refuse_parts(matched):
            self.plan.add_finding(finding, source)
        return None

    def bag(self, judged: JudgedBag) -> Matched | None:
        """Everything in a bag as one document; None where it is not taken in, which has been said."""
        if not judged.is_accepted:
            return None
        files = self.plan.files_below("", judged.source.index)
        return Matched(files, judged.name, cut=len(PAYLOAD), bag=judged.submitted)

    def _bags_named(self, row: DescribedRow) -> list[JudgedBag]:
        """The bags that a row may mean: several where the folders of two SOURCEs have one name."""
        if len(row.paths) != 1 or not self.bags or self._root is not None:
            return []
        only = self.only_source()
        if only is not None and only.index in self.bags and self._is_whole(row.paths[0]):
            return [self.bags[only.index]]
        for spelling in self._candidates(row.paths[0]):
            name = spelling.rstrip("/") + "/"
            if named := [judged for judged in self.bags.values() if judged.name == name]:
                return named
        return []

    def _all_of(self, bags: Sequence[JudgedBag]) -> Matched:
        """The files of several bags of one name, so that they can be refused together."""
        files = [file for judged in bags for file in self.plan.files_below("", judged.source.index)]
        return Matched(files, bags[0].name, cut=0)

    def _matched(self, row: DescribedRow, place: str) -> Matched | None:
        if not row.paths:
            return named_document(self.plan, row, place, self._root, self.prefixes_there(self._root))
        if row.folder:
            return self._folder(row.paths[0], row, place)
        one = self.plan.files_at(SEPARATOR.join(row.paths), self._root) if len(row.paths) > 1 else []
        if len(one) == 1:  # a file with || in its name
            return Matched(one, one[0].path)
        files: dict[int, FileRow] = {}
        missing: list[str] = []
        ambiguous: list[tuple[str, Matched]] = []
        for path in row.paths:
            if self.missed > MISSED_BEFORE_ONE_LOOK and not self._is_anywhere(path):
                missing.append(path)
                continue
            found = self._file(path, row, place)
            if not found:
                if len(row.paths) == 1:
                    return self._folder(path, row, place)
                missing.append(path)
            elif len(found) > 1:
                ambiguous.append((path, Matched(found, found[0].path)))
            else:
                files[found[0].id] = found[0]  # once, where a cell names it twice
                self.matched += 1
        matched = Matched(list(files.values()), SEPARATOR.join(file.path for file in files.values()))
        if not missing and not ambiguous:
            return matched
        refused = self._refuse_parts(matched)
        for path in missing:
            self._missing(path, row, place, refused)
        for path, several in ambiguous:
            self._ambiguous(several, path, row, place, refused)
        return None

    def _refuse_parts(self, matched: Matched) -> list[str]:
        """Keeps the parts that are there of a document that is not whole from being taken in as documents.

        Returns the sources of what is refused; what a row for a folder took in stays a part of that.
        """
        sources = self._refuse_bags(matched.files)
        rest = [file for file in matched.files if file.root not in self.bags]
        own = [file for file in rest if file.document is None]
        for seq in {file.document for file in rest if file.document is not None}:
            if self.plan.folder_document(seq) is None:
                self.plan.set_state(seq, "rejected")
                sources.append(self.plan.source_of(seq))
        if own:
            refuse(self.plan, Matched(own, matched.source))
            sources.append(SEPARATOR.join(file.path for file in own))
        return sorted(sources)

    def _refuse_bags(self, files: Sequence[FileRow]) -> list[str]:
        """Refuses the bags that the files are parts of, each whole; their sources."""
        roots = {file.root for file in files if file.root in self.bags}
        for root in roots:
            if (seq := self.plan.document_of_root(root)) is not None:
                self.plan.set_state(seq, "rejected")
            refuse(self.plan, Matched(self.plan.files_below("", root), self.bags[root].name))
        return sorted({self.bags[root].name for root in roots})

    def whole(self) -> Matched | None:
        """Everything in the one SOURCE: a file, a bag, or a folder as one document of several files.

        None where there are several, or nothing is in it that is taken.
        """
        source = self.only_source()
        if source is None:
            return None
        if source.index in self.bags:
            return self.bag(self.bags[source.index])
        files = [row for row in self.plan.files_below("", source.index) if row.role is not Role.DESCRIPTION]
        if not files:
            return None
        if source.is_file:
            return Matched(files, files[0].path)
        return Matched(files, os.path.basename(source.path) + "/", cut=0)

    def only_source(self) -> Source | None:
        """The SOURCE that a row without a name speaks of: the table's own, or the only one."""
        sources = [source for source in self.sources if self._root in {None, source.index}]
        return sources[0] if len(sources) == 1 else None

    def sidecar_targets(self, row: FileRow, folder: str, targets: list[str]) -> list[FileRow]:
        """The documents that a sidecar may mean: the whole name before the name without its ending."""
        for target in targets:
            found = self.plan.files_named(folder + target, row.root)
            if found:
                return found
        stem = targets[-1]
        low = folder + stem + "."
        return [
            file
            for file in self.plan.files_starting(low, row.root)
            if file.role is Role.DOCUMENT and "/" not in file.path[len(low) :] and file.id != row.id
        ]

    def prefixes_there(self, root: int | None) -> frozenset[str]:
        """The prefixes of other systems that are folders of a SOURCE, or of any: a path may mean those.

        Asked of the disk: what lies in such a folder may be missing, left out, or no file.
        """
        if (known := self._there.get(root)) is not None:
            return known
        bases = [each.base for each in self.sources if root in {None, each.index}]
        there = {each for each in PREFIXES if any(os.path.isdir(os.path.join(base, each)) for base in bases)}
        return self._there.setdefault(root, frozenset(there))

    def _candidates(self, path: str) -> tuple[str, ...]:
        return path_candidates(path, self.prefixes_there(self._root))

    def _folder(self, path: str, row: DescribedRow, place: str) -> Matched | None:
        whole = self._below(path)
        if whole is None:
            self._missing(path, row, place)
        elif any(file.root != whole.root for file in whole.files):
            self._ambiguous(whole, path, row, place)
            return None
        return whole

    def _is_anywhere(self, path: str) -> bool:
        spellings = self._candidates(path)
        return any(each.rstrip("/") in _WHOLE for each in spellings) or self.plan.is_any_at(spellings)

    def _below(self, path: str) -> Matched | None:
        """Everything in a folder as one document, hidden files and litter too."""
        for spelling in self._candidates(path):
            if not spelling.endswith("/") and (below := self.plan.files_below(spelling, self._root)):
                return Matched(below, spelling + "/", cut=len(spelling) + 1)
        return self.whole() if self._is_whole(path) else None

    def _is_whole(self, path: str) -> bool:
        """True for a path that means the whole SOURCE."""
        name = path.strip(WHITE_SPACE).rstrip("/")
        return name in _WHOLE and f"{name}/" not in self.prefixes_there(self._root)

    def _file(self, path: str, row: DescribedRow, place: str) -> list[FileRow]:
        """The file that a path means; several where nobody can say which."""
        for spelling in self._candidates(path):
            exact = self.plan.files_at(spelling, self._root)
            if exact:
                return exact
        for spelling in self._candidates(path):
            like = self.plan.files_like(spelling, self._root)
            if like:
                self.plan.add_finding(
                    findings.note(
                        "PAIR-NORMALISED",
                        place,
                        f"{path} is written in another Unicode form than the file's name; they were matched",
                        at=row.at,
                    )
                )
                return like
        return []

    def _ambiguous(
        self, matched: Matched, path: str, row: DescribedRow, place: str, refused: Sequence[str] = ()
    ) -> None:
        """Refuses everything that a path may mean: nobody can say which of it the row describes.

        `refused` are the sources of what is refused with it.
        """
        roots = len({file.root for file in matched.files})
        if roots > 1:
            message, remedy = f"{path} exists in {roots} of the SOURCEs", "ingest the SOURCEs one by one"
        else:
            message = f"{path} may mean files whose names differ in their Unicode form alone"
            remedy = "write the name as the file has it, or give one of the files another name"
        finding = findings.error("PAIR-AMBIGUOUS", place, message, at=row.at, remedy=remedy)
        rest = [file for file in matched.files if file.root not in self.bags]
        sources = {matched.source} if rest and matched.cut >= 0 else {file.path for file in rest}
        sources.update(self._refuse_bags(matched.files), refused)
        for source in sorted(sources):
            self.plan.add_finding(finding, source)
        refuse(self.plan, Matched(rest, matched.source, matched.cut))

    def _missing(self, path: str, row: DescribedRow, place: str, refused: Sequence[str] = ()) -> None:
        """Says that a name is nowhere; `refused` are the sources of what is refused with it.

        Of one that is only spelt otherwise it is said when all rows are known (`tell_misnamed`). That what
        one row means is excluded is no mistake.
        """
        if len(row.paths) == 1 and self._is_left_out(path):
            message = f"{path} is left out with --exclude: the row was not used"
            self.plan.add_finding(findings.note("PAIR-EXCLUDED", place, message, at=row.path_at or row.at))
            return
        self.missed += 1
        near = self.suggestions.nearest(path, self.prefixes_there(self._root))
        if near is not None and near.certain:
            at = row.path_at or row.at
            self.plan.add_misnamed(Misnamed(place, at, path, near.path, self._root, refused))
            return
        remedy = f"did you mean {near.path}?" if near else "bring the file, or remove the row"
        if near is None and (bag := self._bag_around(path)) is not None:
            remedy = f"describe the bag under its name, {bag}: it is one document"
        finding = findings.error(
            "PAIR-NO-DOCUMENT",
            place,
            f"{path} is described but not in the submission",
            at=row.path_at or row.at,
            found=path,
            remedy=remedy,
        )
        for source in refused or (None,):
            self.plan.add_finding(finding, source)

    def _is_left_out(self, path: str) -> bool:
        return any(map(self.is_excluded, self._candidates(path))) and self._bag_around(path) is None

    def _bag_around(self, path: str) -> str | None:
        """The bag that a path is below, or in which there is such a file."""
        if self._root is not None or self.missed > MISSED_BEFORE_ONE_LOOK:
            return None
        for spelling in self._candidates(path):
            for index, judged in self.bags.items():
                inner = spelling.removeprefix(judged.name)
                if inner != spelling or self.plan.files_at(PAYLOAD + inner, index):
                    return judged.name
        return None

    def _names(self) -> Iterator[str]:
        """What a row can describe: bags, but no file in them."""
        if self._root is None:
            yield from (judged.name.rstrip("/") for judged in self.bags.values())
        for file in self.plan.files_with_role(Role.DOCUMENT, root=self._root):
            if file.root not in self.bags:
                yield file.path
