"""Manifests: a digest and a path a line (RFC 8493 §2.1.3, §2.2.1)."""

from collections.abc import Iterable
from typing import NamedTuple

from archive.core.bagit.blocks import Findings
from archive.core.bagit.lines import decode, lines_of, stopped
from archive.core.bagit.manifest_lines import LineReader, plain_lines
from archive.core.bagit.names import ManifestName, manifest_name
from archive.core.bagit.paths import encode_path
from archive.core.bagit.versions import V1_0, Version
from archive.core.digests import Algorithm
from archive.core.findings import At, Finding, error, warning
from archive.core.limits.bags import LINE_CHARACTERS, USELESS_LINES

_ALGORITHM = "RFC 8493 §2.4"

Entry = tuple[str, str]


class Manifest(NamedTuple):
    """The entries (path, lower-case hexadecimal digest) in the manifest's order, and what is wrong with it.

    An entry is there only where its path is safe to look for; a path that is listed twice is there twice.
    `algorithm` is None where the digests cannot be verified here.
    """

    name: str
    algorithm: Algorithm | None
    entries: list[Entry]
    findings: tuple[Finding, ...]


def parse_manifest(
    data: bytes, *, name: str, version: Version, payload: bool, encoding: str = "utf-8"
) -> Manifest:
    """The manifest that the bytes hold; `name` is its file name, which says the algorithm."""
    naming = manifest_name(name)
    algorithm = naming.algorithm if naming else None
    if algorithm and naming and naming.normalised and encoding == "utf-8":
        entries = _plain_entries(data, algorithm, payload=payload)
        if entries is not None:
            return Manifest(name, algorithm, entries, ())
    text, findings = decode(data, name=name, encoding=encoding, version=version)
    check_naming(name, naming, findings)
    kept = _EntryList()
    reader = LineReader(name, version, algorithm, payload, findings, kept)
    for number, line in enumerate(lines_of(text), start=1):
        reader.read(line, number)
        if reader.useless > USELESS_LINES:
            findings.add(stopped(name, number))
            break
    return Manifest(name, algorithm, kept.entries, findings.all())


def check_naming(name: str, naming: ManifestName | None, findings: Findings) -> Algorithm | None:
    """The algorithm that a manifest's file name says; and what is wrong with the name."""
    algorithm = naming.algorithm if naming else None
    if algorithm is None:
        message = "is of an algorithm that cannot be verified here"
        findings.add(error("BAG-ALGORITHM-UNKNOWN", name, message, at=At(file=name), clause=_ALGORITHM))
    elif naming and not naming.normalised:
        message = f"should be called {'tag' if naming.tag else ''}manifest-{naming.label}.txt"
        findings.add(warning("BAG-ALGORITHM-NAME", name, message, at=At(file=name), clause=_ALGORITHM))
    return algorithm


class _EntryList:
    """Keeps every line's entry, in order."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._seen: dict[str, str] = {}
        self._repeated = 0

    def add(self, path: str, value: str, number: int) -> bool | None:  # noqa: ARG002
        known = self._seen.setdefault(path, value)
        self.entries.append((path, value))
        if len(self._seen) == len(self.entries) - self._repeated:
            return None
        self._repeated += 1
        return known == value


def _plain_entries(data: bytes, algorithm: Algorithm, *, payload: bool) -> list[Entry] | None:
    """The entries of a manifest without anything unusual in it, else None."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    found = plain_lines(algorithm.hex_length, payload).findall(text)
    if len(found) != text.count("\n") or (text and text[-1] != "\n"):
        return None
    entries = [(path, value) for value, path in found]
    if len(dict(entries)) != len(entries):
        return None
    longest = LINE_CHARACTERS - algorithm.hex_length - 2
    if len(text) > LINE_CHARACTERS and any(len(path) > longest for path, _ in entries):
        return None
    return entries


def render_manifest(entries: Iterable[Entry], version: Version = V1_0) -> bytes:
    """The bytes of a manifest of (path, lower-case hexadecimal digest): sorted by path bytes, two spaces, LF.

    Raises ValueError for a path that no manifest can name: empty, or with white space before it.
    """
    lines = []
    for path, value in entries:
        if not path or path[0] in " \t":
            raise ValueError(f"no manifest can name {path!r}")
        raw = path.encode("utf-8", "surrogateescape")
        written = encode_path(path, version).encode("utf-8", "surrogateescape")
        lines.append((raw, b"%b  %b\n" % (value.encode(), written)))
    lines.sort()
    return b"".join([line for _, line in lines])
