"""Paths in manifests and fetch.txt: percent-encoding, and the paths that no bag may name."""

import re

from archive.core.bagit.versions import Version
from archive.core.findings import At, Finding, error, warning

_DECODED = {"%0a": "\n", "%0d": "\r", "%25": "%"}
_ENCODED = re.compile("%(?:0[aAdD]|25)")
_SPECIAL = re.compile("[%\r\n]")
_BARE_PERCENT = re.compile("%(?!0[aAdD]|25)")
_LINE_ENDS = frozenset("\r\n")
_DRIVE = re.compile("[A-Za-z]:")

_SAFETY = "RFC 8493 §5.1"
_MANIFEST = "RFC 8493 §2.1.3"


def encode_path(path: str, version: Version) -> str:
    """The path as a manifest spells it: from 1.0 LF, CR and % as %0A, %0D and %25, before as it is."""
    if version.strict and _SPECIAL.search(path):
        return _SPECIAL.sub(lambda match: f"%{ord(match[0]):02X}", path)
    return path


def decode_path(text: str, version: Version) -> str:
    """The path that a manifest's text names: from 1.0 exactly %0A, %0D and %25 decoded, once."""
    if version.strict and "%" in text:
        return _ENCODED.sub(lambda match: _DECODED[match[0].lower()], text)
    return text


def has_bare_percent(text: str, version: Version) -> bool:
    """True where a 1.0 text holds a % that stands for nothing (RFC 8493 §2.1.3 wants it as %25)."""
    return version.strict and "%" in text and _BARE_PERCENT.search(text) is not None


def can_be_listed(path: str, version: Version, *, payload: bool) -> bool:
    """True where a manifest that is written here can list a file of that name, and is read so by everybody.

    White space before a name is lost behind the digest; before 1.0 nothing stands for a line end in it; and
    what `check_path` refuses nobody should look for.
    """
    if path[:1] in {"", " ", "\t"} or (not version.strict and not _LINE_ENDS.isdisjoint(path)):
        return False
    return check_path(path, at=At(), payload=payload, version=version) == (path, [])


def check_path(path: str, *, at: At, payload: bool, version: Version) -> tuple[str, list[Finding]]:
    """The path in its one spelling, and why it must not be opened where a finding is an error.

    To be called on decoded paths. A leading `./` is taken off: a warning before 1.0, an error from then on.
    Backslashes are characters of a name, never separators.
    """
    findings: list[Finding] = []
    place = at.file or path

    def fault(code: str, message: str, clause: str) -> None:
        findings.append(error(code, place, message, at=at, clause=clause, found=path[:200]))

    if path.startswith("./"):
        report = error if version.strict else warning
        message = "the path begins with ./"
        findings.append(report("BAG-PATH-DOT", place, message, at=at, clause=_MANIFEST, found=path[:200]))
        path = path[2:]
    if not path:
        fault("BAG-PATH-EMPTY", "the path is empty", _MANIFEST)
        return path, findings
    if "\0" in path:
        fault("BAG-PATH-NUL", "the path holds a NUL, which no file name can", _SAFETY)
    if path[0] == "/":
        fault("BAG-PATH-ABSOLUTE", "the path is absolute and leaves the bag", _SAFETY)
    elif path[0] == "~":
        fault("BAG-PATH-HOME", "the path begins with ~, a home folder", _SAFETY)
    elif path.startswith("\\\\"):
        fault("BAG-PATH-UNC", "the path names a network share", _SAFETY)
    elif _DRIVE.match(path):
        fault("BAG-PATH-DRIVE", "the path begins with a drive letter", _SAFETY)
    parts = path.split("/")
    if ".." in parts:
        fault("BAG-PATH-TRAVERSAL", "the path climbs with .. and may leave the bag", _SAFETY)
    if "." in parts or "" in parts[1:]:
        fault("BAG-PATH-COMPONENT", "the path has an empty or . component, or names a folder", _MANIFEST)
    if payload and (parts[0] != "data" or len(parts) < 2):
        fault("BAG-PATH-OUTSIDE", "the path is not below data/", _MANIFEST)
    return path, findings
