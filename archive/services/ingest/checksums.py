"""The depositor's digests: found in the submission and tied to the files they speak of."""

import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

from archive.core import findings
from archive.core.bagit.declaration import parse_declaration
from archive.core.digests import Digest
from archive.core.findings import Finding
from archive.core.limits.bags import DECLARATION_BYTES
from archive.core.limits.descriptions import MAX_CHECKSUM_FILE_BYTES
from archive.core.submission import DepositorDigest, PlannedDocument, Role
from archive.formats.checksum_files import ChecksumLine, is_checksum_file, read_checksum_file
from archive.services.ingest.listed_files import ListedFiles
from archive.services.ingest.listed_paths import listed_paths
from archive.services.ingest.matched import Matched
from archive.storage.bags import bag_writing
from archive.storage.plan import FileRow, Plan
from archive.storage.sources.source_files import SourceFiles
from archive.storage.sources.source_walk import DECLARATION, Source

_SHA512_ALONE: Final = ("sha512",)


def attach_checksums(
    plan: Plan, files: SourceFiles, sources: Sequence[Source], is_excluded: Callable[[str], bool]
) -> None:
    """Reads every checksum file of the submission and ties each line to its file, unless that is excluded.

    One that is part of a document, or of a folder that is refused, may have been made for something else:
    what is no digest of anything that was brought is a warning there, what contradicts a file an error.
    """
    listed = ListedFiles(plan, files, sources, is_excluded)
    bags = {source.index for source in sources if source.is_bag}
    for row in chain(plan.files_with_role(Role.CHECKSUMS), _refused_lists(plan, bags)):
        is_part = row.document is not None or row.role is Role.REFUSED
        try:
            data = files.read(row.root, row.path, MAX_CHECKSUM_FILE_BYTES)
        except OSError as trouble:
            message = f"cannot be read: {trouble.strerror}"
            plan.add_finding(_said(findings.error("SRC-UNREADABLE", row.path, message), is_part=is_part))
            continue
        used = 0
        for read in read_checksum_file(row.path, data, encoded=_is_encoded(files, row, data)):
            if isinstance(read, Finding):
                plan.add_finding(_said(read, is_part=is_part))
            else:
                used += 1
                missing = _attach(plan, listed, row, read)
                if missing is not None:
                    plan.add_finding(_said(missing, is_part=is_part))
        if not is_part:
            # Nothing is compared yet, and in a dry run nothing will be.
            plan.leave_out(
                row.path, f"the depositor's digests ({used}), with which files are compared as they are read"
            )
    _compare_beside(plan, files)


def _refused_lists(plan: Plan, bags: Container[int]) -> Iterator[FileRow]:
    """The lists in what is refused, bags aside: what they say of other documents is no less true."""
    for row in plan.files_with_role(Role.REFUSED):
        if row.root not in bags and is_checksum_file(os.path.basename(row.path)):
            yield row


def _compare_beside(plan: Plan, files: SourceFiles) -> None:
    """Compares what is read here and not stored: descriptions, and lists that another list speaks of.

    A difference is a warning: an archivist may have mended a table since its depositor listed it.
    """
    for root, path, digest, stated_in in plan.stated_beside():
        if path in {
            stated_in,
            stated_in.rpartition(":")[0],
        }:  # `sha256sum * > SHA256SUMS` lists the list, empty
            continue
        name = digest.algorithm.value
        try:
            descriptor, _ = files.open(root, path)
        except OSError:  # said where it is read
            continue
        try:
            found = bag_writing.digests_of_descriptor(descriptor, (name,))[name]
        except OSError:
            continue
        finally:
            os.close(descriptor)
        if found != digest.value:
            message = f"is not what the depositor's digest says ({stated_in})"
            remedy = "leave it so where it was mended since; else ask the depositor for it again"
            other = str(Digest(digest.algorithm, found))
            plan.add_finding(
                findings.warning(
                    "SUM-DESCRIPTION", path, message, expected=str(digest), found=other, remedy=remedy
                )
            )


def _said(finding: Finding, *, is_part: bool) -> Finding:
    return replace(finding, severity=findings.Severity.WARNING) if is_part else finding


def attach_stated(
    plan: Plan, digests: Sequence[Digest], size: int | None, matched: Matched, seq: int, at: findings.At
) -> None:
    """Ties the digests and the size that a description states to the document's one file."""
    place = at.row_of(at.file or matched.source)
    files = [file for file in matched.files if file.role is not Role.SUBMISSION]
    if len(files) != 1:
        plan.add_finding(
            findings.warning(
                "SUM-SEVERAL",
                place,
                "a digest or size stands in a row that names several files; it was not used",
                at=at,
                remedy="state the digests in a checksum file",
            )
        )
        return
    file = files[0]._replace(document=seq)
    if size is not None and size != file.size:
        plan.add_finding(
            findings.error(
                "SUM-SIZE",
                place,
                f"{file.path} is not of the size that the depositor states",
                at=at,
                expected=f"{size} bytes",
                found=f"{file.size} bytes",
                remedy="ask the depositor for the file again",
            ),
            matched.source,
        )
        plan.set_state(seq, "rejected")
    for digest in digests:
        _tie(plan, file, digest, place)


def _attach(plan: Plan, listed: ListedFiles, sums: FileRow, read: ChecksumLine) -> Finding | None:
    """Ties one line to its file; the finding where there is none."""
    place = f"{sums.path}:{read.at.line}" if read.at.line else sums.path

    def is_folder(path: str) -> bool:
        return listed.has_folder(sums.root, path)

    for full in listed_paths(os.path.dirname(sums.path), read.paths, is_folder):
        found = listed.file(sums.root, full)
        if found is not None:
            _tie(plan, found, read.digest, place)
            return None
        if listed.is_left_out(sums.root, full):
            return None
    return findings.error(
        "SUM-NO-FILE",
        place,
        f"{read.path} is listed by the depositor but not in the submission",
        at=read.at,
        remedy="ask the depositor for the file, or mend the list",
    )


def _is_encoded(files: SourceFiles, row: FileRow, data: bytes) -> bool:
    """True where a list is the manifest of a bag whose version writes `%` as `%25`."""
    if b"%" not in data:
        return False
    try:
        beside = os.path.join(os.path.dirname(row.path), DECLARATION)
        version = parse_declaration(files.read(row.root, beside, DECLARATION_BYTES)).version
    except OSError:
        return False
    return version is not None and version.strict


def _tie(plan: Plan, file: FileRow, digest: Digest, place: str) -> None:
    """Ties a digest to its file; an error where another one of that algorithm was stated before."""
    other = plan.add_checksum(file.id, digest, place)
    if other is not None:
        say_contradiction(plan, file, digest, place, other)


def say_contradiction(plan: Plan, file: FileRow, digest: Digest, place: str, other: DepositorDigest) -> None:
    """Refuses a file of which two places state different digests."""
    plan.add_finding(
        findings.error(
            "SUM-CONTRADICTION",
            place,
            f"two digests of {file.path} contradict each other",
            expected=str(other.digest),
            found=str(digest),
            remedy="ask the depositor which one is right",
        ),
        file.path if file.document is None else plan.source_of(file.document),
    )
    if file.document is not None:
        plan.set_state(file.document, "rejected")


def stated_digests(document: PlannedDocument) -> dict[str, list[Digest]]:
    """The depositor's digests of a document by the path of the file that they are stated of."""
    return _by_path(document.digests)


def unjudged_digests(document: PlannedDocument) -> dict[str, list[Digest]]:
    """Those of them that nobody has held the files to yet: of a bag what its manifests do not state."""
    return _by_path(each for each in document.digests if not each[1].is_judged)


def _by_path(digests: Iterable[tuple[str, DepositorDigest]]) -> dict[str, list[Digest]]:
    stated: dict[str, list[Digest]] = {}
    for path, said in digests:
        stated.setdefault(path, []).append(said.digest)
    return stated


def algorithms_with_sha512(stated: Sequence[Digest]) -> tuple[str, ...]:
    """The algorithms, as hashlib calls them, in which a file of which these are stated is read."""
    if not stated:
        return _SHA512_ALONE
    return tuple(dict.fromkeys((*_SHA512_ALONE, *(digest.algorithm.value for digest in stated))))


def contradicted(
    path: str, stated: Sequence[Digest], found: Mapping[str, str], document: PlannedDocument
) -> list[Finding]:
    """An error for each stated digest that the file does not have; `found` are hexadecimal, by algorithm."""
    wrong = [digest for digest in stated if found[digest.algorithm.value] != digest.value]
    if not wrong:  # of a bag of many files all digests are here: no look at them for each that is right
        return []
    sources = {said.digest: said.stated_in for _, said in document.digests}
    return [
        findings.error(
            "SUM-MISMATCH",
            document.place_of(path),
            f"is not what the depositor's digest says ({sources[digest]})",
            expected=str(digest),
            found=str(Digest(digest.algorithm, found[digest.algorithm.value])),
            remedy="ask the depositor for the file again",
        )
        for digest in wrong
    ]
