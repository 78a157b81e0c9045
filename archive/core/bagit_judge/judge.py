"""The judge of one bag: told what is in it, step by step, it says everything that is wrong."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from archive.core.bagit import declaration
from archive.core.bagit.contents import Entry, FileDigests, SoundDigests
from archive.core.bagit.declaration import Declaration, parse_declaration
from archive.core.bagit.manifest_blocks import read_manifest
from archive.core.bagit.names import FETCH, ManifestName, manifest_name
from archive.core.bagit.tagfile import Tag, TagFile, parse_tag_file
from archive.core.bagit.verdicts import BagCounts, BagFacts, BagReport, BagVerdict, Shortfall
from archive.core.bagit.versions import V1_0, Version
from archive.core.bagit_judge.completeness import Completeness, check_declaration
from archive.core.bagit_judge.fetch_list import FetchList
from archive.core.bagit_judge.fixity import Fixity
from archive.core.bagit_judge.gathered import Gathered
from archive.core.bagit_judge.listing import Listing
from archive.core.bagit_judge.names import check_collisions, check_names, key_of
from archive.core.bagit_judge.plans import Algorithms, Plans
from archive.core.bagit_judge.policy import Policy
from archive.core.bagit_judge.seen import Seen
from archive.core.digests import Algorithm
from archive.core.findings import At, Finding, Severity, error, warning
from archive.core.limits.bags import DECLARATION_BYTES, MANIFESTS, TAG_FILE_BYTES

_ENTRIES = 1024  # looked at together
_WEAK = frozenset({Algorithm.MD5, Algorithm.SHA1})


class Judge:
    """Judges one bag. Methods are called in the order in which they stand; none raises on content.

    `add` takes findings of other rules at any time before `conclude`.
    """

    def __init__(self, bag: str, policy: Policy) -> None:
        self._bag = bag
        self._policy = policy
        self._gathered = Gathered(policy)
        self._declaration: Declaration | None = None
        self._declared = False
        self._listing = Listing()
        self._fetch = FetchList(self._listing)
        self._fetch_seen = False
        self._tags: TagFile | None = None
        self._seen: Seen | None = None
        self._completeness: Completeness | None = None
        self._fixity: Fixity | None = None
        self._unread: set[str] = set()  # tag files that storage refused
        self._given_up: set[str] = set()  # tag files not read to their end: what is wrong with them is said

    @property
    def _version(self) -> Version:
        """The rules to judge by; without a version those of the RFC."""
        return (self._declaration.version if self._declaration else None) or V1_0

    @property
    def _encoding(self) -> str:
        return (self._declaration.encoding if self._declaration else None) or "utf-8"

    @property
    def tags(self) -> tuple[Tag, ...]:
        """The tags of bag-info.txt, in its order."""
        return tuple(self._tags.tags) if self._tags else ()

    def add(self, finding: Finding) -> None:
        """Take a finding from elsewhere: of the container, of a profile."""
        self._gathered.add(finding)

    def read_declaration(self, blocks: Iterable[bytes]) -> None:
        """Take bagit.txt."""
        self._declared = True
        data = self._whole(declaration.NAME, blocks, DECLARATION_BYTES + 1)
        if data is not None:
            self._declaration = parse_declaration(data)
            for finding in self._declaration.findings:
                self._gathered.add(finding)
            if len(data) > DECLARATION_BYTES:
                self._give_up(declaration.NAME, "BAG-DECLARATION-SIZE")

    def read_tag_file(self, name: str, blocks: Iterable[bytes]) -> None:
        """Take another file that `is_judged`, in any order."""
        naming = manifest_name(name)
        if naming is not None:
            self._read_manifest(name, naming, blocks)
        elif name == FETCH:
            from archive.core.bagit.fetch import read_fetch

            self._fetch_seen = True
            try:
                complete = read_fetch(
                    blocks,
                    version=self._version,
                    encoding=self._encoding,
                    findings=self._gathered,
                    take=self._fetch.take,
                )
                if not complete:
                    self._give_up(name, "BAG-READING-STOPPED")
            except OSError as trouble:
                self._say_unread(name, trouble)
        elif name == self._version.tag_file_name:
            self._read_tags(name, blocks)

    def _read_manifest(self, name: str, naming: ManifestName, blocks: Iterable[bytes]) -> None:
        if len(self._listing.columns) >= MANIFESTS:
            message = f"is one of more than {MANIFESTS} manifests, and was not read"
            self._gathered.add(error("BAG-MANIFEST-MANY", name, message, clause="RFC 8493 §2.1.3"))
            return
        column = self._listing.begin(name, naming)
        try:
            complete = read_manifest(
                blocks,
                name=name,
                version=self._version,
                payload=not naming.tag,
                encoding=self._encoding,
                findings=self._gathered,
                entries=column,
            )
            column.unread = not complete
            if not complete:
                self._give_up(name, "BAG-READING-STOPPED")
        except OSError as trouble:
            column.unread = True
            self._say_unread(name, trouble)

    def _read_tags(self, name: str, blocks: Iterable[bytes]) -> None:
        data = self._whole(name, blocks, TAG_FILE_BYTES + 1)
        if data is None:
            return
        if len(data) > TAG_FILE_BYTES:
            message = f"has more than {TAG_FILE_BYTES} bytes, and was not read"
            self._gathered.add(error("BAG-TAG-SIZE", name, message, clause="RFC 8493 §2.2.2"))
            self._give_up(name, "BAG-TAG-SIZE")
            return
        self._tags = parse_tag_file(data, name=name, version=self._version, encoding=self._encoding)
        for finding in self._tags.findings:
            wrong = finding.code == "BAG-ENCODING-BYTES"  # values, not names: nothing excuses other bytes
            self._gathered.add(replace(finding, severity=Severity.ERROR) if wrong else finding)

    def _whole(self, name: str, blocks: Iterable[bytes], limit: int) -> bytes | None:
        """All the bytes up to a limit, or None where storage refused."""
        data = bytearray()
        try:
            for block in blocks:
                data += block[: limit - len(data)]
                if len(data) >= limit:
                    break
        except OSError as trouble:
            self._say_unread(name, trouble)
            return None
        return bytes(data)

    def _give_up(self, name: str, code: str) -> None:
        """Ask for no digest of a file that makes the bag invalid as it is: that of a hole takes hours.

        Where the finding is tolerated, the digest decides.
        """
        if code not in self._policy.tolerated:
            self._given_up.add(name)

    def _say_unread(self, name: str, trouble: OSError) -> None:
        self._unread.add(name)
        message = f"could not be read: {trouble.strerror or trouble}"
        self._gathered.add(error("BAG-FILE-UNREADABLE", name, message, clause="RFC 8493 §3"))

    def expected(self) -> Iterator[tuple[str, Algorithms]]:
        """What `wanted` will give of a bag in which nothing is amiss; it may be asked for ahead of time."""
        self._listing.settle()
        plans = Plans(self._listing)
        for number, path in enumerate(self._listing.index):
            if path in self._given_up:
                continue
            yield path, plans.of(plans.mask(number))[0]

    def note_entries(self, entries: Iterable[Entry]) -> None:
        """Take everything that is in the bag, and compare it with what is listed."""
        seen = self._seen = Seen(self._listing)
        entries = iter(entries)
        while block := list(islice(entries, _ENTRIES)):
            seen.note(block, key_of)
            check_names(block, self._gathered)
        self._listing.settle()
        check_collisions(seen, self._gathered)
        check_declaration(seen, self._gathered, read=self._declared)
        self._check_algorithms()
        completeness = Completeness(self._listing, self._fetch, seen, self._version, self._gathered)
        completeness.compare()
        self._completeness = completeness
        self._fixity = Fixity(
            self._listing, self._fetch, seen, completeness.aliases, self._gathered, self._given_up
        )

    def _check_algorithms(self) -> None:
        known = [column for column in self._listing.payload if column.algorithm]
        if known and all(column.algorithm in _WEAK for column in known):
            message = "payload manifests are of md5 or sha1 alone: made-up files can have the same digests"
            self._gathered.add(
                warning(
                    "BAG-ALGORITHM-WEAK",
                    known[0].name,
                    message,
                    at=At(file=known[0].name),
                    clause="RFC 8493 §2.4",
                    expected="sha512 or sha256",
                )
            )
        first: dict[tuple[bool, str], str] = {}
        for column in self._listing.columns:
            other = first.setdefault((column.tag, column.label), column.name)
            if other != column.name:
                message = f"is of the same algorithm as {other}"
                at = At(file=column.name)
                clause = "RFC 8493 §2.2.1" if column.tag else "RFC 8493 §2.1.3"
                self._gathered.add(error("BAG-ALGORITHM-TWICE", column.name, message, at=at, clause=clause))

    @property
    def files(self) -> int:
        """How many files were seen."""
        return self._seen.payload_files + len(self._seen.tag_files) if self._seen else 0

    def wanted(self) -> Iterator[tuple[str, Algorithms]]:
        """The files whose digests decide, each once; and payload files of which the size is wanted alone."""
        return self._fixity.wanted() if self._fixity else iter(())

    def take(self, results: Iterable[FileDigests | SoundDigests]) -> None:
        """Take the digests of what was wanted."""
        if self._fixity is None:
            return
        self._fixity.take(results)
        self._check_oxum(self._fixity)

    def _check_oxum(self, fixity: Fixity) -> None:
        if self._tags is None:
            return
        from archive.core.bagit.oxum import LABEL, payload_oxum

        stated, findings = payload_oxum(self._tags)
        for finding in findings:
            self._gathered.add(finding)
        if stated is None or self._seen is None or self._completeness is None:
            return
        lacking = self._completeness.missing_payload + self._completeness.outstanding
        if lacking or not fixity.sizes_known or self._seen.is_payload_closed:
            return  # files or sizes are not known: the sum says no more than is said already
        found = f"{fixity.payload_bytes}.{self._seen.payload_files}"
        if found != str(stated):
            message = "Payload-Oxum is not the sum of the payload"
            at = At(file=self._tags.name, field=LABEL)
            self._gathered.add(
                error(
                    "BAG-OXUM-WRONG",
                    self._tags.name,
                    message,
                    at=at,
                    clause="RFC 8493 §2.2.2",
                    expected=str(stated),
                    found=found,
                )
            )

    def facts(self, serialization: str | None = None) -> BagFacts:
        """What the bag says of itself and holds, for other rules; complete once digests were taken."""
        files = sorted(self._seen.files() if self._seen else (), key=_path_bytes)
        return BagFacts(
            version=self._declaration.stated if self._declaration else None,
            encoding=self._declaration.encoding if self._declaration else None,
            bag_info=self.tags,
            payload_algorithms=tuple(dict.fromkeys(column.label for column in self._listing.payload)),
            tag_algorithms=tuple(dict.fromkeys(column.label for column in self._listing.tag)),
            tag_files=tuple(path for path in files if not path.startswith("data/")),
            payload_files=tuple(path for path in files if path.startswith("data/")),
            payload_bytes=self._fixity.payload_bytes if self._fixity else 0,
            fetch_paths=self._fetch_paths(),
            serialization=serialization,
            unseen=frozenset(self._unread).union(self._seen.closed if self._seen else ()),
        )

    def _fetch_paths(self) -> tuple[str, ...] | None:
        if not self._fetch_seen:
            return None
        return tuple(path for path, number in self._listing.index.items() if number in self._fetch)

    def conclude(self) -> BagReport:
        """The report."""
        verdict = self._verdict()
        completeness, fixity, seen = self._completeness, self._fixity, self._seen
        counts = BagCounts(
            payload_files=seen.payload_files if seen else 0,
            payload_bytes=fixity.payload_bytes if fixity else 0,
            tag_files=len(seen.tag_files) if seen else 0,
            verified=fixity.verified if fixity else 0,
            missing=(completeness.missing if completeness else 0) + (fixity.gone if fixity else 0),
            outstanding=completeness.outstanding if completeness else 0,
        )
        shortfall = None
        if verdict is BagVerdict.INCOMPLETE:
            shortfall = Shortfall.FILES if counts.missing else Shortfall.FETCH
        return BagReport(
            bag=self._bag,
            verdict=verdict,
            version=self._declaration.stated if self._declaration else None,
            findings=self._gathered.findings(),
            counts=counts,
            shortfall=shortfall,
            broken=self._gathered.broken,
            present_only=self._policy.present_only and counts.outstanding > 0,
            encoding=self._encoding,
        )

    def _verdict(self) -> BagVerdict:
        """What the errors come to; with a bagit.txt that storage refused, nobody knows by which rules."""
        verdict = self._gathered.verdict()
        is_unknown = self._declared and self._declaration is None
        if is_unknown and verdict is not BagVerdict.VALID and not self._gathered.count("BAG-FILE-ALTERED"):
            return BagVerdict.UNVERIFIABLE
        return verdict


def _path_bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
