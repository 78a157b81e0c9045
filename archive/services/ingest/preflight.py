"""Preflight: every file accounted for, every description judged, all that is wrong said at once."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import NamedTuple

from archive.core import findings
from archive.core.descriptions.description import Description, Value
from archive.core.errors import ArchiveError, ConfigurationError, StorageError
from archive.core.exclusions import Exclusions
from archive.core.findings import At, Finding
from archive.core.holding import supplied_title
from archive.core.limits.descriptions import STRANGE_ROWS
from archive.core.submission import Role, SourceFile
from archive.core.text import shell_word
from archive.engine.driver import Driver
from archive.formats.checksum_files import is_checksum_file
from archive.formats.descriptions import SIDECAR_SUFFIXES, read_descriptions, sidecar_target
from archive.services.ingest.bag_descriptions import BagDescriptions
from archive.services.ingest.bags_taken_apart import BagsWithin, taken_apart
from archive.services.ingest.checksums import attach_checksums
from archive.services.ingest.claims import Claims
from archive.services.ingest.kept_unread import tell_kept_unread
from archive.services.ingest.listed_files import lists_beside
from archive.services.ingest.long_paths import refuse_long_paths
from archive.services.ingest.matching import Matcher
from archive.services.ingest.misnamed import tell_misnamed
from archive.services.ingest.not_taken import tell_not_taken
from archive.services.ingest.request import IngestRequest
from archive.services.ingest.saf_items import SafItems
from archive.services.ingest.sidecars import Sidecars
from archive.services.ingest.submitted_bags import SubmittedBags
from archive.services.ingest.unnamed_lists import tell_unnamed_lists
from archive.storage.plan import FileRow, Plan
from archive.storage.sources.beside_files import BesideFiles
from archive.storage.sources.source_files import SourceFiles
from archive.storage.sources.source_walk import Found, LeftOut, Source, walk

NAMES_AT_ONCE = 1000  # names taken into the plan before sidecars among them go to workers
# Tables of descriptions that are found without --metadata at the root of a SOURCE, the first one there.
ROOT_TABLES = tuple(
    f"metadata.{ending}" for ending in ("ods", "xlsx", "csv", "json", "jsonl", "xml", "yaml", "yml")
)


class _NamedTable(NamedTuple):
    """The file that `--metadata` names, known again under whatever name it lies in a SOURCE."""

    identity: tuple[int, int]
    size: int

    @classmethod
    def at(cls, path: str | None) -> "_NamedTable | None":
        """None where none is named; raises ConfigurationError where it is none or cannot be read."""
        if path is None:
            return None
        try:
            status = os.stat(path)
        except OSError as trouble:
            raise _unread(path, trouble) from trouble
        if not stat.S_ISREG(status.st_mode):
            raise ConfigurationError(
                f"{path}: not a file", remedy="write the descriptions into a file, and name that"
            )
        return cls((status.st_dev, status.st_ino), status.st_size)


@dataclass(slots=True)
class Preflight:
    """Fills the plan from the sources; what it found is in the plan, `bags` aside.

    `judge_bags` comes before `run`. `tables` are the tables of descriptions that were read: what findings
    call each, and its path.
    """

    plan: Plan
    request: IngestRequest
    sources: list[Source]
    driver: Driver
    progress: Callable[[str, int], None]
    bags: SubmittedBags
    tables: list[tuple[str, str]] = field(default_factory=list)
    _matcher: Matcher = field(init=False)
    _claims: Claims = field(init=False)
    _items: SafItems = field(init=False)
    _files: SourceFiles = field(init=False)
    _exclusions: Exclusions = field(init=False)
    _lists: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self._exclusions = Exclusions(self.request.exclude)

    def judge_bags(self) -> None:
        """Judges the sources that are bags; the files of those that are valid are in the plan."""
        self.sources = taken_apart(self.sources, self._exclusions, self.plan)
        self._lists = lists_beside(self.sources)
        for source in self.sources:
            if source.is_bag:
                self.bags.take(source)

    def run(self) -> None:
        """The whole preflight, in the order in which a person would look."""
        self._items = SafItems(self.plan, self.request.date_order)
        self._matcher = Matcher(self.plan, self.bags.judged, self.sources, self._exclusions.cover_or_hold)
        self._claims = Claims(self.plan, self._matcher, self.bags.judged)
        with SourceFiles([source.base for source in self.sources]) as self._files:
            roots = tuple(source.base for source in self.sources)
            sidecars = Sidecars(self.plan, self._matcher, roots, self.request.date_order)
            # Workers read the first sidecars while the walk goes on; none is paired before it has ended.
            sidecars.pair(
                self.driver, self._names_and_tables(), lambda count: self.progress("descriptions read", count)
            )
            tell_misnamed(self.plan, self._matcher)
            descriptions = BagDescriptions(self.plan, self.bags, self._matcher, self.request.date_order)
            descriptions.pair(describe_later=self.request.describe_later)
            self._claims.settle()
            tell_kept_unread(self.plan, self._matcher)
            tell_not_taken(self.plan)
            bags = frozenset(source.index for source in self.sources if source.is_bag)
            tell_unnamed_lists(self.plan, self._files, bags)
            self._undescribed()
            attach_checksums(self.plan, self._files, self.sources, self._exclusions.cover_or_hold)
            self.bags.attach_digests(self._files)
            refuse_long_paths(self.plan)

    # -- names ---------------------------------------------------------------------------------------------

    def _names_and_tables(self) -> Iterator[None]:
        """The walk, then the tables; a step each time that some more names are in the plan."""
        metadata = _NamedTable.at(self.request.metadata)
        beside = BesideFiles(self.sources, sidecar_target, SIDECAR_SUFFIXES)
        for source in self.sources:
            if source.is_bag or beside.describe(source):
                continue
            names = chain(self._files_of(source, metadata), self._beside(source, beside, metadata))
            while self.plan.add_files(islice(names, NAMES_AT_ONCE)):
                yield
        self._tell_names()
        self._say_unused_exclusions()
        self._read_tables()
        self._items.take(self._files)

    def _tell_names(self) -> None:
        self.progress("files found", self.plan.db.execute("SELECT count(*) FROM files").fetchone()[0])

    def _files_of(self, source: Source, metadata: _NamedTable | None) -> Iterator[SourceFile]:
        within = BagsWithin(source, self._exclusions, self.plan)
        for name in walk(source, self._exclusions.leave_out if self._exclusions else None):
            if isinstance(name, LeftOut):
                self.plan.leave_out(name.path, name.why)
            elif isinstance(name, Found):
                within.see(name.path)
                self._items.see(source, name.path)
                yield SourceFile(source.index, name.path, name.size, self._role(source, name, metadata))
            else:
                self.plan.add_not_taken(source.index, name.path, name.code, name.why)

    def _beside(
        self, source: Source, beside: BesideFiles, metadata: _NamedTable | None
    ) -> Iterator[SourceFile]:
        """The sidecars of a SOURCE that is a file, taken as they are in a folder."""
        document = os.path.basename(source.path)
        is_excluded = self._exclusions.cover(document)
        for name, size, identity, rival in beside.of(source) if source.is_file else ():
            if (metadata is not None and identity == metadata.identity) or (
                is_excluded and not beside.bring(source, name)
            ):
                continue
            why = self._exclusions.leave_out(name)
            if why is None and is_excluded:
                why = f"describes {document}, which is excluded"
            if why is None and rival is not None:
                why = f"stands beside {rival} too; name it after the whole file name"
            if why is None:
                yield SourceFile(source.index, name, size, Role.DESCRIPTION)
            elif beside.tell(source, name):
                self.plan.leave_out(name, why)

    def _say_unused_exclusions(self) -> None:
        why = "{} is the name of nothing below the SOURCEs: nothing is left out by it"
        remedy = "write it as a name or a path below the SOURCE, such as '*.tmp' or private"
        if any(source.is_bag for source in self.sources):  # whose names are held against no pattern
            why = "nothing is left out by {}: a bag is taken whole, and nothing outside of one has that name"
            remedy = "ask for a bag without such files; to take its files one by one name its folder data"
        for pattern in self._exclusions.unused:
            message = why.format(pattern)
            self.plan.add_finding(
                findings.warning("SRC-EXCLUDES-NOTHING", "--exclude", message, found=pattern, remedy=remedy)
            )

    def _role(self, source: Source, name: Found, metadata: _NamedTable | None) -> Role:
        if name.litter is not None:
            return Role.LITTER
        base = name.path.rpartition("/")[2]
        if metadata is not None and name.size == metadata.size:  # under whatever name: a link may lead to it
            status = os.stat(os.path.join(source.base, name.path), follow_symlinks=False)
            if (status.st_dev, status.st_ino) == metadata.identity:
                return Role.DESCRIPTION
        if source.is_file:
            return Role.CHECKSUMS if source.index in self._lists else Role.DOCUMENT
        if name.path in ROOT_TABLES or sidecar_target(base):
            return Role.DESCRIPTION
        return Role.CHECKSUMS if is_checksum_file(base) else Role.DOCUMENT

    # -- tables --------------------------------------------------------------------------------------------

    def _read_tables(self) -> None:
        named = _NamedTable.at(self.request.metadata)
        if self.request.metadata is not None:
            self._read_table(self.request.metadata, os.path.basename(self.request.metadata), None)
        for source in self.sources:
            tables = [
                row for name in ROOT_TABLES for row in self.plan.files_at(name) if row.root == source.index
            ]
            tables = [row for row in tables if row.role is Role.DESCRIPTION]
            for number, row in enumerate(tables):
                if self.request.metadata is None and number == 0:
                    self._read_table(row.path, row.path, row)
                elif _NamedTable.at(os.path.join(source.base, row.path)) != named:
                    other = self.request.metadata or tables[0].path
                    self.plan.leave_out(
                        row.path, f"a table of descriptions; {os.path.basename(other)} was used"
                    )

    def _read_table(self, path: str, name: str, row: FileRow | None) -> None:
        try:
            # What came with the submission is opened as every source is: no link is followed.
            opened: str | int = path if row is None else self._files.open(row.root, row.path)[0]
            stream = open(opened, "rb")  # noqa: SIM115 - closed below; the error belongs to opening alone
        except OSError as trouble:
            if row is None:
                raise _unread(path, trouble) from trouble
            self.plan.add_finding(
                findings.error("SRC-UNREADABLE", name, f"cannot be read: {trouble.strerror}")
            )
            return
        base = "" if row is None else self._base(row)
        self.tables.append((name, os.path.join(base, path)))
        self._matcher.begin_table(None if row is None else row.root)
        with stream:
            for number, read in enumerate(read_descriptions(name, stream, date_order=self._date_order)):
                if isinstance(read, Finding):
                    self.plan.add_finding(read)
                else:
                    self._claims.take(read, name)
                    if self._matcher.missed >= STRANGE_ROWS and not self._matcher.matched:
                        self._say_strange(name, read.at)
                        break
                if number % 1000 == 999:
                    self.progress("descriptions read", number + 1)

    def _say_strange(self, table: str, at: At) -> None:
        self.plan.add_finding(
            findings.error(
                "PAIR-STRANGE-TABLE",
                table,
                f"none of its first {STRANGE_ROWS:,} rows names anything that was brought; it is not read on",
                at=at,
                remedy="give the table that belongs to these documents; where it lists many more, keep the"
                " rows of those that are brought",
            )
        )

    def _base(self, row: FileRow) -> str:
        return next(source.base for source in self.sources if source.index == row.root)

    @property
    def _date_order(self) -> str | None:
        return self.request.date_order

    # -- what is left --------------------------------------------------------------------------------------

    def _undescribed(self) -> None:
        for row in self.plan.files_with_role(Role.LITTER):
            if row.document is None:
                self.plan.leave_out(row.path, "left by a desktop program")
        for row in self.plan.unclaimed():
            if self.request.describe_later:
                self._say_table_kept(row)
                self._take_later(row)
            else:
                self.plan.add_finding(
                    findings.error(
                        "PAIR-UNDESCRIBED",
                        row.path,
                        "no description",
                        remedy=self._where_described(row),
                    ),
                    row.path,
                )

    def _where_described(self, row: FileRow) -> str:
        if os.path.basename(row.path) in ROOT_TABLES:  # at the root of a SOURCE it would have been read
            path = os.path.join(self._base(row), row.path)
            return f"if it describes the others: --metadata {path}, or ingest {os.path.dirname(path)} itself"
        return "describe it in metadata.csv or a sidecar, or add --describe-later"

    def _say_table_kept(self, row: FileRow) -> None:
        """Warns of a SOURCE among others that has the name of a table: in a folder it would be read."""
        if row.path not in ROOT_TABLES or len(self.sources) < 2:
            return
        source = next(source for source in self.sources if source.index == row.root)
        if source.is_file:
            self.plan.add_finding(
                findings.warning(
                    "PAIR-TABLE-KEPT",
                    row.path,
                    "has the name of a table of descriptions, and is a document here: it describes nothing",
                    remedy=f"if it describes the others: --metadata {shell_word(source.path)}",
                )
            )

    def _take_later(self, row: FileRow) -> None:
        title = supplied_title(os.path.basename(row.path))
        self.plan.add_document(
            [row],
            source=row.path,
            description=Description({"title": (Value(title),)}).canonical_bytes(),
            title=title,
            reference=None,
            awaiting=True,
            place=row.path,
        )


def _unread(path: str, trouble: OSError) -> ArchiveError:
    """What is raised for a table that was named: it is not there, or storage refuses it."""
    is_absent = isinstance(trouble, FileNotFoundError | NotADirectoryError | IsADirectoryError)
    return (ConfigurationError if is_absent else StorageError)(
        f"{path}: cannot be read: {trouble.strerror}", remedy="see how it is written, and who may read it"
    )
