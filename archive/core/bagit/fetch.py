"""fetch.txt: where payload files that are not in the bag can be had (RFC 8493 §2.2.3)."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from archive.core.bagit.blocks import Findings, lines_in_blocks
from archive.core.bagit.lines import ENDLESS, FileFindings, stopped
from archive.core.bagit.names import FETCH as NAME
from archive.core.bagit.paths import check_path, decode_path
from archive.core.bagit.versions import Version
from archive.core.findings import At, Finding, error, warning
from archive.core.limits.bags import LINE_CHARACTERS, USELESS_LINES

_CLAUSE = "RFC 8493 §2.2.3"
_LINE = re.compile(r"([^ \t]+)[ \t]+([^ \t]+)[ \t]+(.+)", re.DOTALL)
_LENGTH = re.compile("0*+[0-9]{0,20}")  # with zeros before it, however many
# RFC 3986 §4.3: an absolute URL has a scheme; what follows it is never asked for here.
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f]+")
# Appendix A, what may stand where: an authority (name or address in brackets, port), path, query, fragment.
_CHAR = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"
_NAME = r"(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})"
_ADDRESS = r"\[(?:[0-9A-Fa-f:.]+|v[0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+)\]"
_AUTHORITY = rf"//(?:(?:{_NAME}|:)*+@)?+(?:{_ADDRESS}|{_NAME}*+)(?::[0-9]*)?(?=[/?#]|\Z)"
_URI = re.compile(rf"[^:]+:(?:{_AUTHORITY}|(?!//)){_CHAR}*+(?:\?(?:{_CHAR}|\?)*+)?+(?:#(?:{_CHAR}|\?)*+)?+")


class FetchEntry(NamedTuple):
    """One file to fetch; `length` in bytes is None where it is not stated."""

    url: str
    length: int | None
    path: str


class Fetch(NamedTuple):
    """The entries of fetch.txt that name a payload path which is safe to look for, and what is wrong."""

    entries: list[FetchEntry]
    findings: tuple[Finding, ...]


def parse_fetch(data: bytes, *, version: Version, encoding: str = "utf-8") -> Fetch:
    """The entries that the bytes of fetch.txt hold. Nothing is ever fetched."""
    findings = FileFindings(NAME)
    entries: list[FetchEntry] = []
    seen: set[str] = set()

    def take(entry: FetchEntry, _: int) -> bool:
        entries.append(entry)
        known = entry.path in seen
        seen.add(entry.path)
        return known

    read_fetch((data,), version=version, encoding=encoding, findings=findings, take=take)
    return Fetch(entries, findings.all())


def read_fetch(
    blocks: Iterable[bytes],
    *,
    version: Version,
    encoding: str,
    findings: Findings,
    take: Callable[[FetchEntry, int], bool],
) -> bool:
    """Read fetch.txt in blocks; `take` is given each entry and its line, and says if its path was known.

    False where it was given up. Raises what `blocks` raises.
    """
    useless = 0
    for lines in lines_in_blocks(blocks, name=NAME, encoding=encoding, version=version, findings=findings):
        for number, line in lines.each():
            at = At(file=NAME, line=number)
            entry = _entry(line, version, at, findings)
            if entry is None:
                useless += 1
                if useless > USELESS_LINES:
                    findings.add(stopped(NAME, number))
                    return False
            elif take(entry, number):
                message = "the path is listed twice"
                findings.add(
                    error("BAG-FETCH-REPEATED", NAME, message, at=at, clause=_CLAUSE, found=entry.path[:200])
                )
        if lines.endless:
            findings.add(stopped(NAME, lines.first, ENDLESS))
            return False
    return True


def _entry(line: str, version: Version, at: At, findings: Findings) -> FetchEntry | None:
    if not line.strip(" \t"):
        findings.add(warning("BAG-LINE-BLANK", NAME, "the line is blank", at=at, clause=_CLAUSE))
        return None
    match = _LINE.fullmatch(line) if len(line) <= LINE_CHARACTERS else None
    if match is None:
        message = "the line is not a URL, a length and a path"
        findings.add(error("BAG-FETCH-SYNTAX", NAME, message, at=at, clause=_CLAUSE, found=line[:200]))
        return None
    url, length, text = match.groups()
    if not _URL.fullmatch(url):
        message = "the line begins with no absolute URL"
        findings.add(error("BAG-FETCH-URL", NAME, message, at=at, clause=_CLAUSE, found=url[:200]))
    elif not _URI.fullmatch(url):
        message = "the URL holds what none may"
        clause = "RFC 3986 Appendix A"
        findings.add(warning("BAG-FETCH-URL-SYNTAX", NAME, message, at=at, clause=clause, found=url[:200]))
    if length != "-" and not _LENGTH.fullmatch(length):
        message = "the length is neither digits nor -"
        findings.add(error("BAG-FETCH-LENGTH", NAME, message, at=at, clause=_CLAUSE, found=length[:200]))
        length = "-"
    path, faults = check_path(decode_path(text, version), at=at, payload=True, version=version)
    for fault in faults:
        findings.add(fault)
    if any(fault.code != "BAG-PATH-DOT" for fault in faults):
        return None
    return FetchEntry(url, None if length == "-" else int(length.lstrip("0") or "0"), path)
