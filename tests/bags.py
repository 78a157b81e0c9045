"""Writes bags that nobody holds: any files, with manifests that fit them, below a folder of a test."""

from collections.abc import Mapping
from hashlib import new
from pathlib import Path

from archive.core.bagit.manifest import render_manifest
from archive.core.bagit.names import manifest_file_name
from archive.core.bagit.verdicts import BagReport
from archive.core.bagit.versions import V1_0, Version
from archive.core.bagit_judge import Policy
from archive.core.digests import Algorithm
from archive.services.surroundings import SilentProgress
from archive.services.verify.lanes import ProcessLanes
from archive.services.verify.run import judge_path

LETTER = "data/letter.txt"
PAYLOAD: Mapping[str, bytes] = {LETTER: b"Dear Sir,\n", "data/notes/one.txt": b"1\n"}
SHA512 = (Algorithm.SHA512,)


def declaration(version: str = "1.0", encoding: str = "UTF-8") -> bytes:
    """The bytes of bagit.txt."""
    return f"BagIt-Version: {version}\nTag-File-Character-Encoding: {encoding}\n".encode()


def hexadecimal(algorithm: Algorithm, content: bytes) -> str:
    """The digest of a content."""
    return new(algorithm.value, content).hexdigest()


def bag_files(
    payload: Mapping[str, bytes] = PAYLOAD,
    *,
    version: Version = V1_0,
    algorithms: tuple[Algorithm, ...] = SHA512,
    tags: Mapping[str, bytes] | None = None,
    tag_manifest: bool = True,
) -> dict[str, bytes]:
    """The files of a valid bag by their paths."""
    files = {"bagit.txt": declaration(str(version)), **(tags or {})}
    for algorithm in algorithms:
        entries = [(path, hexadecimal(algorithm, content)) for path, content in payload.items()]
        files[manifest_file_name(algorithm)] = render_manifest(entries, version)
    if tag_manifest:
        listed = dict(files)
        for algorithm in algorithms:
            entries = [(path, hexadecimal(algorithm, content)) for path, content in listed.items()]
            files[manifest_file_name(algorithm, tag=True)] = render_manifest(entries, version)
    return {**files, **payload}


def plain(**more: bytes) -> dict[str, bytes]:
    """A bag without tag manifests, so that one change breaks one rule."""
    return {**bag_files(tag_manifest=False), **more}


def write_bag(folder: Path, files: Mapping[str, bytes]) -> Path:
    """The files below a new folder that has a payload folder."""
    (folder / "data").mkdir(parents=True)
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def judged(folder: Path, policy: Policy | None = None, *, jobs: int = 1) -> BagReport:
    """The report of a bag."""
    lanes = ProcessLanes(jobs)
    try:
        return judge_path(str(folder), policy or Policy(), lanes, (), SilentProgress())
    finally:
        lanes.close()


def codes(report: BagReport) -> set[tuple[str, str]]:
    """What was found: codes with their severities."""
    return {(finding.code, finding.severity.value) for finding in report.findings}
