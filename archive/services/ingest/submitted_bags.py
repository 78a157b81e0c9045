"""Bags as submissions: judged first, then taken as one document, the depositor's digests with it.

A SOURCE that declares itself a bag is judged. What is valid becomes one document: the files below `data/` are
its payload, the digests of its manifests the depositor's, and every other file is kept as it is below
`metadata/submission/`. What is not valid is refused with everything that is wrong with it.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from archive.core import findings
from archive.core.bagit import declaration
from archive.core.bagit.declaration import parse_declaration
from archive.core.bagit.manifest_blocks import read_manifest
from archive.core.bagit.manifest_lines import PlainLines
from archive.core.bagit.names import ManifestName, manifest_name
from archive.core.bagit.verdicts import BagReport, BagVerdict
from archive.core.bagit.versions import V1_0, Version
from archive.core.composed_form import composed
from archive.core.digests import Algorithm, Digest
from archive.core.findings import At, Finding, Severity
from archive.core.limits.bags import DECLARATION_BYTES
from archive.core.submission import Role, SourceFile, SubmittedBag
from archive.services.ingest.checksums import say_contradiction
from archive.services.surroundings import Progress
from archive.storage.bags.bag_writing import BUFFER_BYTES, sha512_of_descriptor
from archive.storage.plan import FileRow, Plan
from archive.storage.sources.source_files import NotRegularError, SourceFiles
from archive.storage.sources.source_walk import Found, LeftOut, Source, walk

PAYLOAD = "data/"
_VERIFIED = "the bag as it was verified"


class JudgedBag(NamedTuple):
    """A SOURCE that is a bag, what its document is called, and the judgement on it."""

    source: Source
    name: str
    report: BagReport

    @property
    def is_accepted(self) -> bool:
        """True for a valid bag: nothing less is taken in."""
        return self.report.verdict is BagVerdict.VALID

    @property
    def submitted(self) -> SubmittedBag:
        """What is kept of the judgement with the document."""
        return SubmittedBag(str(self.report.version or V1_0), self.report.count(Severity.WARNING))


class SubmittedBags:
    """Takes the bags among the SOURCEs into the plan."""

    def __init__(self, plan: Plan, jobs: int, progress: Progress) -> None:
        self._plan = plan
        self._jobs = jobs
        self._progress = progress
        self.judged: dict[int, JudgedBag] = {}
        self._not_whole: set[int] = set()  # SOURCEs of which not everything could be taken

    def take(self, source: Source) -> None:
        """Judges a bag; its files are in the plan where it is valid, its findings in any case."""
        name = os.path.basename(source.path) + "/"
        report = _judgement(source.path, self._jobs, self._progress)
        judged = self.judged[source.index] = JudgedBag(source, name, report)
        for finding in report.findings:
            self._plan.add_finding(_placed(finding, name), name)
        if judged.is_accepted:
            self._plan.add_files(self._files(judged))
        else:
            self._plan.add_finding(_refusal(judged), name)

    def _files(self, judged: JudgedBag) -> Iterator[SourceFile]:
        for one in walk(judged.source):
            if isinstance(one, Found):
                role = Role.DOCUMENT if one.path.startswith(PAYLOAD) else Role.SUBMISSION
                yield SourceFile(judged.source.index, one.path, one.size, role)
            elif isinstance(one, LeftOut):  # an empty folder, which no manifest can list
                self._plan.leave_out(judged.name + one.path, one.why)
            else:
                self._not_whole.add(judged.source.index)
                self._refuse(judged, one.code, judged.name + one.path, one.why)

    def attach_digests(self, files: SourceFiles) -> None:
        """Ties the digests of each bag's manifests to its files, and to each tag file the one it has now.

        What is staged is compared with them: a bag that changes after it was judged is refused.
        """
        for judged in self.judged.values():
            document = self._plan.document_of_root(judged.source.index)
            if document is not None and judged.source.index in self._not_whole:
                self._plan.set_state(document, "rejected")
            elif document is not None:
                _Digests(self._plan, files, judged, self._refuse).attach()

    def _refuse(self, judged: JudgedBag, code: str, place: str, message: str) -> None:
        self._plan.add_finding(findings.error(code, place, message), judged.name)
        seq = self._plan.document_of_root(judged.source.index)
        if seq is not None:
            self._plan.set_state(seq, "rejected")


_Refuse = Callable[[JudgedBag, str, str, str], None]


class _Digests:
    """The digests of one bag."""

    def __init__(self, plan: Plan, files: SourceFiles, judged: JudgedBag, refuse: _Refuse) -> None:
        self._plan = plan
        self._files = files
        self._judged = judged
        self._refuse = refuse
        self._root = judged.source.index
        self._version: Version = judged.report.version or V1_0
        self._encoding = "utf-8"
        self._contested: dict[tuple[str, Digest], tuple[str, str]] = {}  # composed path -> path, manifest

    def attach(self) -> None:
        """Declaration first, for it says how manifests are written; our own digests last, behind theirs."""
        rows = self._plan.files_with_role(Role.SUBMISSION, root=self._root)
        read: list[tuple[FileRow, str]] = []
        for row in sorted(rows, key=lambda row: row.path != declaration.NAME):
            try:
                read.append((row, self._sha512(row)))
            except NotRegularError:
                self._changed(row.path, "is no regular file any more")
            except OSError as trouble:
                place = self._judged.name + row.path
                self._refuse(self._judged, "SRC-UNREADABLE", place, f"cannot be read: {trouble.strerror}")
        self._settle()
        for row, sha512 in read:
            self._keep(row, sha512)
        for row in self._plan.without_checksum(self._root, Role.DOCUMENT):
            self._changed(row.path, "is in no manifest of the bag")

    def _sha512(self, row: FileRow) -> str:
        """The digest of a tag file now; a manifest's entries are attached as its bytes pass."""
        if row.path == declaration.NAME:
            data = self._files.read(row.root, row.path, DECLARATION_BYTES)
            self._encoding = parse_declaration(data).encoding or self._encoding
            return hashlib.sha512(data).hexdigest()
        naming = manifest_name(row.path) if "/" not in row.path else None
        descriptor, _ = self._files.open(row.root, row.path)
        try:
            if naming is None:
                return sha512_of_descriptor(descriptor)
            return self._read_manifest(descriptor, row.path, naming)
        finally:
            os.close(descriptor)

    def _read_manifest(self, descriptor: int, name: str, naming: ManifestName) -> str:
        sha512 = hashlib.sha512()
        if naming.algorithm is None:
            self._changed(name, "is of an algorithm that cannot be verified")
            return sha512_of_descriptor(descriptor)

        def blocks() -> Iterator[bytes]:
            while block := os.read(descriptor, BUFFER_BYTES):
                sha512.update(block)
                yield block

        passing = blocks()
        read_manifest(
            passing,
            name=name,
            version=self._version,
            payload=not naming.tag,
            encoding=self._encoding,
            findings=_Said(),
            entries=_Stated(self, name, naming.algorithm),
        )
        for _ in passing:  # what a reader left that stopped
            pass
        return sha512.hexdigest()

    def _keep(self, row: FileRow, sha512: str) -> None:
        if self._plan.add_checksum(row.id, Digest(Algorithm.SHA512, sha512), _VERIFIED, judged=True):
            self._changed(row.path, "has another digest than its tag manifest lists")

    def state(self, path: str, digest: Digest, manifest: str) -> None:
        """Ties one line of a manifest to the file that it lists."""
        rows = self._plan.files_named(path, self._root)
        if not rows:
            self._changed(path, f"is listed in {manifest} and not there")
        elif len(rows) == 1:
            self._tie(rows[0], path, digest, manifest)
        else:
            self._contested.setdefault((composed(path), digest), (path, manifest))

    def _tie(self, row: FileRow, path: str, digest: Digest, manifest: str) -> None:
        place = self._judged.name + manifest
        other = self._plan.add_checksum(row.id, digest, place, judged=True)
        if other is None:
            return
        if other.is_judged:
            self._changed(path, f"has another digest than {manifest} lists")
        else:  # a row that describes the bag states it
            say_contradiction(self._plan, row, digest, place, other)

    def _settle(self) -> None:
        """Ties the lines whose path is like those of several files, now that all others are tied."""
        meant = {
            (form, digest.algorithm): self._meant(form, digest.algorithm) for form, digest in self._contested
        }
        for (form, digest), (path, manifest) in self._contested.items():
            self._tie(meant[form, digest.algorithm], path, digest, manifest)

    def _meant(self, form: str, algorithm: Algorithm) -> FileRow:
        """The file that the judge held such a line to: one that no line names, or none of that manifest.

        Of several it is the first by its path, for the judge as well.
        """
        rows = self._plan.files_like(form, self._root)
        stated = {row.id: self._plan.judged_algorithms(row.id) for row in rows}
        return min(rows, key=lambda row: (bool(stated[row.id]), algorithm in stated[row.id], row.path))

    def _changed(self, path: str, what: str) -> None:
        message = f"{what}: the bag changed after it was verified"
        self._refuse(self._judged, "SRC-BAG-CHANGED", self._judged.name + path, message)


class _Stated:
    """Hands the lines of one manifest on."""

    def __init__(self, digests: _Digests, name: str, algorithm: Algorithm) -> None:
        self._digests = digests
        self._name = name
        self._algorithm = algorithm

    def add(self, path: str, value: str, number: int) -> None:  # noqa: ARG002
        """Hands one line on; whether it repeats another the judge has said."""
        self._digests.state(path, Digest(self._algorithm, value), self._name)

    def add_all(self, lines: PlainLines, first: int) -> list[tuple[int, bool]]:
        """Hands lines on."""
        width = self._algorithm.hex_length
        values = lines.digests.hex()
        for place, path in enumerate(lines.paths):
            self.add(path, values[place * width : place * width + width], first)
        return []


class _Said:
    """Lets findings go: the judge has said them, and what changed since shows in the files."""

    def add(self, finding: Finding) -> None:
        """Nothing."""


def _judgement(path: str, jobs: int, progress: Progress) -> BagReport:
    """What `archive verify` says of the bag, held against the registered profiles that it names, too."""
    # Most submissions are no bags: the judge is loaded where one is.
    from archive.core.bagit_judge import Policy
    from archive.services.verify.lanes import ProcessLanes
    from archive.services.verify.profile_rule import ProfileRule
    from archive.services.verify.run import judge_path

    lanes = ProcessLanes(jobs)
    try:
        return judge_path(path, Policy(), lanes, (ProfileRule(),), progress)
    finally:
        lanes.close()


def _placed(finding: Finding, name: str) -> Finding:
    """The finding with its places below the SOURCEs, as all findings of an ingest have them."""
    from archive.services.verify.report import place_of  # what few submissions need, as the judge

    at = finding.at
    return replace(
        finding,
        place=name + place_of(finding),
        at=at._replace(file=name + at.file) if at.file is not None else at,
    )


def _refusal(judged: JudgedBag) -> Finding:
    report = judged.report
    wrong = report.count(Severity.ERROR)
    errors = f"{wrong} {'error' if wrong == 1 else 'errors'}"
    return findings.error(
        "SRC-BAG-REFUSED",
        judged.name,
        f"the bag is {report.verdict.value} ({errors}) and is not taken in",
        at=At(file=judged.name),
        expected=BagVerdict.VALID.value,
        found=report.verdict.value,
        remedy="ask the depositor for a valid bag; `archive verify` says the same of it without an archive",
    )
