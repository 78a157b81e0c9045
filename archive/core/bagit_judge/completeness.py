"""Both directions between what is listed and what is there (RFC 8493 §2, §3)."""

from collections.abc import Callable, Iterator
from heapq import nsmallest
from typing import TYPE_CHECKING

from archive.core.bagit import declaration
from archive.core.bagit.contents import EntryKind
from archive.core.bagit.names import FETCH, manifest_name
from archive.core.bagit.paths import check_path
from archive.core.bagit.versions import Version
from archive.core.bagit_judge.fetch_list import FetchList
from archive.core.bagit_judge.gathered import Gathered
from archive.core.bagit_judge.listing import Column, Listing
from archive.core.bagit_judge.seen import FILE, NOTHING, Seen
from archive.core.findings import At, Finding, error, place_key, warning
from archive.core.limits.output import BAG_FINDINGS

if TYPE_CHECKING:
    from archive.core.bagit_judge.normal_forms import OtherForm

_COMPLETE = "RFC 8493 §3"
_TAG_MANIFEST = "RFC 8493 §2.2.1"
_FETCH = "RFC 8493 §2.2.3"


class Completeness:
    """Compares a listing with what was seen; `aliases` are the files that stand for paths in another form."""

    def __init__(
        self, listing: Listing, fetch_list: FetchList, seen: Seen, version: Version, gathered: Gathered
    ) -> None:
        self.missing = 0
        self.missing_payload = 0
        self.outstanding = 0
        self.aliases: dict[str, list[int]] = {}
        self._listing = listing
        self._fetch = fetch_list
        self._seen = seen
        self._version = version
        self._gathered = gathered
        self._paths = list(listing.index)
        self._payload = [column for column in listing.payload if not column.unread]

    def compare(self) -> None:
        """Say all that is not complete."""
        self._required()
        self._objects()
        self._absent()
        self._unlisted()
        self._fetched()
        self._tag_manifests()

    def _required(self) -> None:
        if not self._listing.payload and not self._seen.is_hidden("manifest-*.txt"):
            message = "there is no payload manifest"
            expected = "manifest-sha512.txt, or one of another algorithm"
            self._gathered.add(
                error(
                    "BAG-MANIFEST-MISSING",
                    "manifest-*.txt",
                    message,
                    clause="RFC 8493 §2.1.3",
                    expected=expected,
                )
            )
        if not self._seen.has_payload_folder and not self._seen.is_hidden("data"):
            message = "there is no payload folder"
            self._gathered.add(error("BAG-DATA-MISSING", "data", message, clause="RFC 8493 §2.1.2"))

    def _objects(self) -> None:
        """Everything that is neither a file nor a folder, and folders where files have to be."""
        for entry in self._seen.odd:
            at = self._where(entry.path)
            match entry.kind:
                case EntryKind.LINK:
                    message = "is a symbolic link; it was not followed"
                    report = error("BAG-FILE-LINK", entry.path, message, at=at, clause="RFC 8493 §5.1")
                case EntryKind.SPECIAL:
                    message = "is a pipe, socket or device; it was not opened"
                    report = error("BAG-FILE-SPECIAL", entry.path, message, at=at, clause="RFC 8493 §2")
                case _:
                    message = "could not be looked at" + (f": {entry.reason}" if entry.reason else "")
                    report = error("BAG-FILE-UNREADABLE", entry.path, message, at=at, clause=_COMPLETE)
            self._gathered.add(report)
        for path in self._seen.folders_listed:
            if next(self._listing.listing(self._listing.index[path]), None) is not None:
                message = "is a folder, and manifests list files"
                at = self._where(path)
                self._gathered.add(
                    error("BAG-FILE-FOLDER", path, message, at=at, clause="RFC 8493 §2.1.3", found="a folder")
                )

        for path in self._seen.folders_at_top:
            if manifest_name(path) or path in (declaration.NAME, FETCH, self._version.tag_file_name):
                message = "is a folder, and its name is that of a tag file"
                self._gathered.add(
                    error(
                        "BAG-FILE-FOLDER",
                        path,
                        message,
                        clause="RFC 8493 §2",
                        expected="a file",
                        found="a folder",
                    )
                )

    def _where(self, path: str) -> At:
        number = self._listing.index.get(path)
        column = None if number is None else next(self._listing.listing(number), None)
        return _at(column, number) if column is not None and number is not None else At()

    def _absent(self) -> None:
        lists = self._listing.lists
        absent = [
            number
            for number in _zeros(self._seen.states)
            if lists(number) and not self._seen.is_hidden(self._paths[number])
        ]
        if not absent:
            return
        from archive.core.bagit_judge.normal_forms import OtherForms

        forms = OtherForms(self._listing, self._fetch, self._seen, strict=self._version.strict)
        resolved = {other.path: other for other in forms.of({self._paths[each]: each for each in absent})}
        lacking: list[int] = []
        for number in absent:
            path = self._paths[number]
            if path in resolved:
                self._resolve(number, resolved[path])
            elif number in self._fetch:
                self.outstanding += 1
                at = At(file=FETCH, line=self._fetch.line(number))
                message = "is still to be fetched"
                self._gathered.add(error("BAG-FETCH-OUTSTANDING", path, message, at=at, clause=_FETCH))
            else:
                lacking.append(number)
        self.missing = len(lacking)
        self.missing_payload = sum(self._paths[number].startswith("data/") for number in lacking)
        for column in self._listing.columns:
            if here := [number for number in lacking if column.lists(number)]:
                self._missing(column, here)
                lacking = [number for number in lacking if not column.lists(number)]

    def _missing(self, column: Column, numbers: list[int]) -> None:
        """Files of one manifest that are not there; of a million only those are said that will be kept."""
        kept = numbers
        if len(numbers) > BAG_FINDINGS:
            kept = nsmallest(BAG_FINDINGS, numbers, key=lambda number: place_key(self._paths[number]))
        message = "is listed and is not there"
        for number in kept:
            at = _at(column, number)
            finding = error("BAG-FILE-MISSING", self._paths[number], message, at=at, clause=_COMPLETE)
            self._gathered.add(finding)
        if len(kept) < len(numbers):
            self._gathered.count_more(finding, len(numbers) - len(kept))

    def _resolve(self, number: int, other: "OtherForm") -> None:
        """A listed path stands in the bag under another Unicode form."""
        message = "is there under another Unicode form of its name"
        at = self._where(other.path)
        self._gathered.add(
            warning(
                "BAG-NAME-FORM",
                other.path,
                message,
                at=at,
                clause="RFC 8493 §6.1.1.3",
                expected=_code_points(other.path),
                found=_code_points(other.file),
            )
        )
        report = warning  # of 1.0 no manifest lists a file twice so: one of the two is missing
        for column in other.repeated:
            message = "the file is listed twice, under two Unicode forms of its name"
            at = _at(column, number)
            self._gathered.add(report("BAG-LINE-REPEATED", column.name, message, at=at, clause=column.clause))
        self.aliases.setdefault(other.file, []).append(number)

    def _unlisted(self) -> None:
        """Payload files that some payload manifest, or none, lists."""
        if not self._payload:
            return
        states, aliases = self._seen.states, self.aliases
        only = self._payload[0] if len(self._payload) == 1 else None
        for number, path in enumerate(self._paths):
            if states[number] == FILE and not (only and only.lists(number)) and path.startswith("data/"):
                self._check_listed(path, (number, *aliases.get(path, ())))
        for path in self._seen.unlisted:
            if path.startswith("data/"):
                self._check_listed(path, tuple(aliases.get(path, ())))

    def _check_listed(self, path: str, numbers: tuple[int, ...]) -> None:
        lacking = [c for c in self._payload if not any(c.lists(number) for number in numbers)]
        if len(lacking) < len(self._payload):
            report = error if self._version.strict else warning  # §3: one manifest was enough before 1.0
            for column in lacking:
                message = f"is listed in another payload manifest and not in {column.name}"
                at = At(file=column.name)
                self._gathered.add(report("BAG-FILE-UNLISTED", path, message, at=at, clause=_COMPLETE))
        elif self._version.strict or len(self._payload) == len(self._listing.payload):
            # Before 1.0 a manifest that could not be read may list it.
            message = "is there, and no payload manifest lists it"
            self._gathered.add(error("BAG-FILE-UNLISTED", path, message, clause=_COMPLETE))

    def _fetched(self) -> None:
        for column in self._payload:
            nowhere: list[int] = []
            elsewhere: list[int] = []
            for number in self._fetch:
                if not column.lists(number):
                    known = any(other.lists(number) for other in self._payload)
                    (elsewhere if known else nowhere).append(number)
            self._unvouched(column, nowhere, error)
            self._unvouched(column, elsewhere, error if self._version.strict else warning)

    def _unvouched(self, column: Column, numbers: list[int], report: Callable[..., Finding]) -> None:
        """Entries of fetch.txt that a manifest does not list; of a million only those said that are kept."""
        kept = nsmallest(BAG_FINDINGS, numbers, key=self._fetch.line)
        message = f"fetch.txt names a file that {column.name} does not list"
        for number in kept:
            at = At(file=FETCH, line=self._fetch.line(number))
            found = self._paths[number][:200]
            finding = report("BAG-FETCH-UNLISTED", FETCH, message, at=at, clause=_FETCH, found=found)
            self._gathered.add(finding)
        if len(kept) < len(numbers):
            self._gathered.count_more(finding, len(numbers) - len(kept))

    def _tag_manifests(self) -> None:
        columns = [column for column in self._listing.tag if not column.unread]
        if not columns:
            return
        index = self._listing.index
        for path in self._seen.tag_files:
            naming = manifest_name(path) if "/" not in path else None
            if naming and naming.tag:
                continue
            number = index.get(path)
            for column in columns:
                if number is not None and column.lists(number):
                    continue
                if any(column.lists(alias) for alias in self.aliases.get(path, ())):
                    continue
                self._say_tag_unlisted(path, column, manifest=naming is not None)

    def _say_tag_unlisted(self, path: str, column: Column, *, manifest: bool) -> None:
        at = At(file=column.name)
        if manifest:
            message = f"is a payload manifest, and {column.name} does not list it"
            report = error if self._version.strict else warning
            finding = report("BAG-TAGMANIFEST-LACKS", path, message, at=at, clause=_TAG_MANIFEST)
        else:
            refused = check_path(path, at=at, payload=False, version=self._version)[1]
            listing = "must not list, by its name" if refused else "does not list"
            message = f"is a tag file that {column.name} {listing}"
            finding = warning("BAG-TAG-UNLISTED", path, message, at=at, clause=_TAG_MANIFEST)
        self._gathered.add(finding)


def check_declaration(seen: Seen, gathered: Gathered, *, read: bool) -> None:
    """Say that there is no bagit.txt, unless it could not be looked at."""
    kind = seen.top.get(declaration.NAME)
    if not read and kind is not EntryKind.UNREADABLE and not seen.is_hidden(declaration.NAME):
        message = "is not there" if kind is None else "is no regular file"
        gathered.add(error("BAG-DECLARATION-MISSING", declaration.NAME, message, clause="RFC 8493 §2.1.1"))


def _zeros(states: bytearray) -> Iterator[int]:
    """The numbers of the paths under which nothing was seen."""
    number = states.find(NOTHING)
    while number >= 0:
        yield number
        number = states.find(NOTHING, number + 1)


def _at(column: Column, number: int) -> At:
    return At(file=column.name, line=column.line(number))


def _code_points(path: str) -> str:
    """The path with everything beyond ASCII as its code point: two forms look the same to the eye."""
    return "".join([char if char.isascii() else f"<U+{ord(char):04X}>" for char in path[:200]])
