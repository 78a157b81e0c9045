"""The rules of one line of a manifest (RFC 8493 §2.1.3, §2.2.1), whoever keeps the entries."""

import re
from functools import lru_cache
from typing import NamedTuple, Protocol

from archive.core.bagit.blocks import Findings
from archive.core.bagit.names import manifest_name
from archive.core.bagit.paths import check_path, decode_path, has_bare_percent
from archive.core.bagit.versions import Version
from archive.core.digests import Algorithm
from archive.core.findings import At, error, warning
from archive.core.limits.bags import LINE_CHARACTERS

MANIFEST_CLAUSE = "RFC 8493 §2.1.3"
TAG_MANIFEST_CLAUSE = "RFC 8493 §2.2.1"

# A manifest of which every line is in the form that this project writes and names nothing unusual is read
# many lines at a time (0.6 µs a line against 7 µs); any other line by line.
_COMPONENT = r"[^\s./~*%\\:\x00][^/\r\n%\\\x00]*"
_PLAIN_PAYLOAD = rf"data(?:/{_COMPONENT})+"
_PLAIN_TAG = rf"(?!data/|tagmanifest-|[A-Za-z]:){_COMPONENT}(?:/{_COMPONENT})*"
PLAIN_PATH = {True: re.compile(_PLAIN_PAYLOAD), False: re.compile(_PLAIN_TAG)}
_DIGEST_AND_PATH = re.compile(r"([^ \t]+)([ \t]+)(.*)", re.DOTALL)
_HEX = re.compile("[0-9a-f]+")


class Entries(Protocol):
    """Keeps the entries of one manifest."""

    def add(self, path: str, value: str, number: int) -> bool | None:
        """Keep one entry: a path, its lower-case hexadecimal digest, the number of its line.

        None for a new path; for one that was listed before, whether it had the same digest.
        """


@lru_cache
def plain_lines(length: int, payload: bool) -> re.Pattern[str]:
    """Finds the lines with a digest of that many hexadecimal digits and a plain path."""
    path = PLAIN_PATH[payload].pattern
    return re.compile(rf"^([0-9a-f]{{{length}}})  ({path})$", re.MULTILINE)


class PlainLines(NamedTuple):
    """Lines in which nothing is unusual: their paths, and their digests end to end."""

    paths: list[str]
    digests: bytes


def plain_block(text: str, length: int, *, payload: bool) -> PlainLines | None:
    """What whole lines of digests of that many hexadecimal digits list; None where a line is unusual."""
    lines = text[:-1].split("\n")
    try:
        digests = bytes.fromhex("".join([line[:length] for line in lines]))
    except ValueError:
        return None
    # White space between the digits, which fromhex skips, and lines that are too short leave it shorter.
    if len(digests) * 2 != length * len(lines):
        return None
    if "".join([line[length : length + 2] for line in lines]) != "  " * len(lines):
        return None
    paths = [line[length + 2 :] for line in lines]
    if not _plain_paths(payload).fullmatch("\n".join(paths) + "\n"):
        return None
    if len(text) > LINE_CHARACTERS and max(map(len, lines)) > LINE_CHARACTERS:
        return None
    return PlainLines(paths, digests)


@lru_cache
def _plain_paths(payload: bool) -> re.Pattern[str]:
    return re.compile(rf"(?:{PLAIN_PATH[payload].pattern}\n)*+")


class LineReader:
    """Reads a manifest line by line, and says of every line what is wrong with it."""

    def __init__(
        self,
        name: str,
        version: Version,
        algorithm: Algorithm | None,
        payload: bool,
        findings: Findings,
        entries: Entries,
    ) -> None:
        self.useless = 0
        self._name = name
        self._version = version
        self._algorithm = algorithm
        self._payload = payload
        self._clause = MANIFEST_CLAUSE if payload else TAG_MANIFEST_CLAUSE
        self._findings = findings
        self._entries = entries
        self._plain = PLAIN_PATH[payload]

    def read(self, line: str, number: int) -> None:
        """Take one line, counted from 1."""
        if len(line) > LINE_CHARACTERS:
            self._error("BAG-LINE-LONG", f"the line has more than {LINE_CHARACTERS} characters", number)
            return
        if line[:1] == "#":  # no digest begins so: it can hide no file
            self.useless += 1
            self._warning("BAG-LINE-COMMENT", "the line is a comment, which manifests do not have", number)
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
            same = self._entries.add(path, value, number)
            if same is not None:
                self.repeated(path, number, same=same)

    def repeated(self, path: str, number: int, *, same: bool) -> None:
        """Say that a line names a path again."""
        if not same:
            self._error("BAG-LINE-CONTRADICTS", "the path is listed with two digests", number, found=path)
        elif self._version.strict:
            self._error("BAG-LINE-REPEATED", "the path is listed twice", number, found=path)
        else:
            self.useless += 1
            self._warning("BAG-LINE-REPEATED", "the path is listed twice", number, found=path)

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
            report = self._error if self._version.strict else self._warning
            report("BAG-TAGMANIFEST-PAYLOAD", message, number, found=path)

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
