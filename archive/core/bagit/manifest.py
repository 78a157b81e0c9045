"""Manifests: a digest and a path a line (RFC 8493 §2.1.3, §2.2.1)."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from archive.core.bagit.lines import LINE_LIMIT, USELESS_LIMIT, FileFindings, decode, lines_of, stopped
from archive.core.bagit.names import manifest_name
from archive.core.bagit.paths import check_path, decode_path, encode_path, has_bare_percent
from archive.core.bagit.versions import V1_0, Version
from archive.core.digests import Algorithm
from archive.core.findings import At, Finding, error, warning

_MANIFEST = "RFC 8493 §2.1.3"
_ALGORITHM = "RFC 8493 §2.4"
_TAG_MANIFEST = "RFC 8493 §2.2.1"

# A manifest of which every line is in the form that this project writes and names nothing unusual needs one
# pass of the regex engine (2 µs a line against 7 µs); any other is read line by line.
_COMPONENT = r"[^\s./~*%\\:\x00][^/\r\n%\\\x00]*"
_PLAIN_PAYLOAD = rf"data(?:/{_COMPONENT})+"
_PLAIN_TAG = rf"(?!data/|tagmanifest-|[A-Za-z]:){_COMPONENT}(?:/{_COMPONENT})*"
_PLAIN_PATH = {True: re.compile(_PLAIN_PAYLOAD), False: re.compile(_PLAIN_TAG)}
_DIGEST_AND_PATH = re.compile(r"([^ \t]+)([ \t]+)(.*)", re.DOTALL)
_HEX = re.compile("[0-9a-f]+")

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
    text, findings = decode(data, name=name, encoding=encoding)
    if algorithm is None:
        message = "is of an algorithm that cannot be verified here"
        findings.add(error("BAG-ALGORITHM-UNKNOWN", name, message, at=At(file=name), clause=_ALGORITHM))
    elif naming and not naming.normalised:
        message = f"should be called {'tag' if naming.tag else ''}manifest-{naming.label}.txt"
        findings.add(warning("BAG-ALGORITHM-NAME", name, message, at=At(file=name), clause=_ALGORITHM))
    reader = _LineReader(name, version, algorithm, payload, findings)
    for number, line in enumerate(lines_of(text), start=1):
        reader.read(line, number)
        if reader.useless > USELESS_LIMIT:
            findings.add(stopped(name, number))
            break
    return Manifest(name, algorithm, reader.entries, findings.all())


@lru_cache
def _plain_lines(length: int, payload: bool) -> re.Pattern[str]:
    """Finds the lines with a digest of that many hexadecimal digits and a plain path."""
    path = _PLAIN_PATH[payload].pattern
    return re.compile(rf"^([0-9a-f]{{{length}}})  ({path})$", re.MULTILINE)


def _plain_entries(data: bytes, algorithm: Algorithm, *, payload: bool) -> list[Entry] | None:
    """The entries of a manifest without anything unusual in it, else None."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    found = _plain_lines(algorithm.hex_length, payload).findall(text)
    if len(found) != text.count("\n") or (text and text[-1] != "\n"):
        return None
    entries = [(path, value) for value, path in found]
    if len(dict(entries)) != len(entries):
        return None
    longest = LINE_LIMIT - algorithm.hex_length - 2
    if len(text) > LINE_LIMIT and any(len(path) > longest for path, _ in entries):
        return None
    return entries


class _LineReader:
    """Reads a manifest line by line, and says of every line what is wrong with it."""

    def __init__(
        self, name: str, version: Version, algorithm: Algorithm | None, payload: bool, findings: FileFindings
    ) -> None:
        self.entries: list[Entry] = []
        self.useless = 0
        self._name = name
        self._version = version
        self._algorithm = algorithm
        self._payload = payload
        self._clause = _MANIFEST if payload else _TAG_MANIFEST
        self._findings = findings
        self._plain = _PLAIN_PATH[payload]
        self._seen: dict[str, str] = {}
        self._repeated = 0

    def read(self, line: str, number: int) -> None:
        """Take one line, counted from 1."""
        if len(line) > LINE_LIMIT:
            self._error("BAG-LINE-LONG", f"the line has more than {LINE_LIMIT} characters", number)
            return
        match = _DIGEST_AND_PATH.fullmatch(line)
        if match is None or not match[3]:
            if line.strip(" \t"):
                message = "the line is not a digest, white space and a path"
                self._error("BAG-LINE-SYNTAX", message, number, found=line)
            else:
                self.useless += 1
                self._warning("BAG-LINE-BLANK", "the line is blank", number)
            return
        digest, gap, text = match.groups()
        value = digest.lower()
        if not self._digest_is_sound(value, number):
            return
        if text[0] == "*" and (self._payload or gap == " "):
            message = "the path has the * of md5sum before it"
            self._warning("BAG-LINE-STAR", message, number, clause="RFC 8493 §6.1.3")
            text = text[1:]
        if (path := self._path(text, number)) is not None:
            self._add(path, value, number)

    def _digest_is_sound(self, value: str, number: int) -> bool:
        length = self._algorithm.hex_length if self._algorithm else len(value)
        if len(value) == length and _HEX.fullmatch(value):
            return True
        expected = f"{length} hexadecimal digits" if self._algorithm else "hexadecimal digits"
        self._error(
            "BAG-LINE-DIGEST", "the line begins with no digest", number, expected=expected, found=value
        )
        return False

    def _path(self, text: str, number: int) -> str | None:
        """The path that the text names, or None where it must not be opened."""
        if self._plain.fullmatch(text):
            return text
        if "%" in text and has_bare_percent(text, self._version):
            self._warning("BAG-PATH-PERCENT", "a % in the path is not written as %25", number, found=text)
        decoded = decode_path(text, self._version)
        at = At(file=self._name, line=number)
        path, faults = check_path(decoded, at=at, payload=self._payload, version=self._version)
        for fault in faults:
            self._findings.add(fault)
        if any(fault.code != "BAG-PATH-DOT" for fault in faults):
            self.useless += 1
            return None
        if not self._payload:
            self._check_tag_path(path, number)
        return path

    def _check_tag_path(self, path: str, number: int) -> None:
        naming = manifest_name(path) if path.startswith("tagmanifest-") and "/" not in path else None
        if naming:
            message = "a tag manifest must not list a tag manifest"
            self._error("BAG-TAGMANIFEST-LISTED", message, number, found=path)
        elif path.startswith("data/"):
            message = "a tag manifest lists a payload file"
            self._warning("BAG-TAGMANIFEST-PAYLOAD", message, number, found=path)

    def _add(self, path: str, value: str, number: int) -> None:
        known = self._seen.setdefault(path, value)
        self.entries.append((path, value))
        if len(self._seen) == len(self.entries) - self._repeated:
            return
        self._repeated += 1
        if known != value:
            self._error("BAG-LINE-CONTRADICTS", "the path is listed with two digests", number, found=path)
        elif self._version.strict:
            self._error("BAG-LINE-REPEATED", "the path is listed twice", number, found=path)
        else:
            self._warning("BAG-LINE-REPEATED", "the path is listed twice", number, found=path)

    def _error(
        self, code: str, message: str, number: int, *, expected: str | None = None, found: str | None = None
    ) -> None:
        self.useless += 1
        at = At(file=self._name, line=number)
        self._findings.add(
            error(code, self._name, message, at=at, clause=self._clause, expected=expected, found=_cut(found))
        )

    def _warning(
        self, code: str, message: str, number: int, *, clause: str | None = None, found: str | None = None
    ) -> None:
        at = At(file=self._name, line=number)
        clause = clause or self._clause
        self._findings.add(warning(code, self._name, message, at=at, clause=clause, found=_cut(found)))


def _cut(text: str | None) -> str | None:
    """At most 200 characters of what was found: a finding is read by people."""
    return text if text is None or len(text) <= 200 else f"{text[:200]}…"


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
