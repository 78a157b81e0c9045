"""The lines of manifests as they are written, each block read back through the grammar."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from archive.core.bagit.encoding import TextEncoder
from archive.core.bagit.manifest import Entry, parse_manifest, render_manifest
from archive.core.bagit.names import manifest_file_name
from archive.core.bagit.paths import can_be_listed
from archive.core.bagit.tag_lines import TagEditError
from archive.core.bagit.versions import V1_0, Version
from archive.core.digests import Algorithm
from archive.core.findings import Severity

_AT_ONCE: Final = 4096  # entries


def manifest_lines(
    algorithm: Algorithm, entries: Sequence[Entry], *, version: Version = V1_0, tag: bool = False
) -> bytes:
    """The lines of a manifest, UTF-8, in the order of the paths' bytes.

    Raises AssertionError where the grammar does not read back from them what was meant: a defect.
    """
    lines = render_manifest(entries, version)
    name = manifest_file_name(algorithm, tag=tag)
    read = parse_manifest(lines, name=name, version=version, payload=not tag)
    wrong = [finding for finding in read.findings if finding.severity is Severity.ERROR]
    if wrong or sorted(read.entries) != sorted(entries):
        raise AssertionError(f"manifest lines that do not say what they should: {wrong}")
    return lines


def _require_listable(entries: Sequence[Entry], version: Version) -> None:
    for path, _ in entries:
        if not can_be_listed(path, version, payload=False):
            raise TagEditError(f"no manifest of BagIt {version} can list a file named {path!r}: rename it")


def manifest_pieces(
    algorithm: Algorithm,
    entries: Iterable[Entry],
    *,
    version: Version,
    encoding: str = "utf-8",
    tag: bool = False,
) -> Iterator[bytes]:
    """A manifest piece by piece, from entries in the order of their paths' bytes; `encoding` is a codec.

    Raises TagEditError where a tag file cannot be listed, or a path not be written in the encoding so that
    it reads back.
    """
    encoder = None if encoding == "utf-8" else TextEncoder(encoding)
    left = iter(entries)
    while block := list(islice(left, _AT_ONCE)):
        if tag:  # the paths of a payload come from manifests
            _require_listable(block, version)
        lines = manifest_lines(algorithm, block, version=version, tag=tag)
        if encoder is None:
            yield lines
            continue
        try:
            yield encoder.encode(lines.decode("utf-8", "surrogateescape"))
        except UnicodeEncodeError as trouble:
            raise TagEditError(
                f"{encoding} cannot write the name of a file: {trouble.object[trouble.start]!r}"
            ) from trouble
