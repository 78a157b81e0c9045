"""Lines of a tag file: they end in LF, CR or CRLF and in nothing else (RFC 8493 §2.3)."""

import codecs
from collections.abc import Iterator
from typing import Final

from archive.core.bagit.versions import Version
from archive.core.findings import At, Finding, Severity, error, warning
from archive.core.limits.output import BAG_FINDINGS

_BLOCK = 1 << 20
ENDLESS = "a line without end"
_ORDERS: Final = {
    "utf-16": ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")),
    "utf-32": ((codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be")),
}


def lines_of(text: str) -> Iterator[str]:
    """The lines without their endings; the last one may lack its own. Memory beside the text is constant."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    start = 0
    while start < len(text):
        end = text.rfind("\n", start, start + _BLOCK) + 1
        if not end:
            end = text.find("\n", start + _BLOCK) + 1 or len(text)
        yield from text[start:end].removesuffix("\n").split("\n")
        start = end


class FileFindings:
    """What is wrong with one file: BAG_FINDINGS of each code and severity, the rest as a number.

    Of each, so that a thousand blank lines push nothing out that says more than they do.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._kept: list[Finding] = []
        self._count: dict[tuple[str, Severity], int] = {}

    def add(self, finding: Finding) -> None:
        """Keep the finding, or count it where enough of its kind are kept."""
        kind = (finding.code, finding.severity)
        count = self._count[kind] = self._count.get(kind, 0) + 1
        if count <= BAG_FINDINGS:
            self._kept.append(finding)

    def count(self, severity: Severity) -> int:
        """How many findings of a severity there are, kept or not."""
        return sum(count for kind, count in self._count.items() if kind[1] is severity)

    def all(self) -> tuple[Finding, ...]:
        """What was kept, then one finding for each severity of which more were counted."""
        more = [
            Finding(
                code="BAG-FINDINGS-MORE",
                severity=severity,
                place=self._name,
                message=f"has {surplus} more findings of this severity",
                at=At(file=self._name),
            )
            for severity in Severity
            if (surplus := self.count(severity) - self._kept_of(severity))
        ]
        return (*self._kept, *more)

    def _kept_of(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self._kept)


def byte_order(encoding: str, head: bytes) -> tuple[str, bytes]:
    """The codec of a tag file that begins with these bytes (4, or all), and the mark to be taken off first.

    Text in UTF-16 or UTF-32 without a mark is big-endian (RFC 2781 §4.3), unless it shows that it is not: tag
    files begin with a digest, a label or a URL, and so with a character of ASCII.
    """
    orders = _ORDERS.get(encoding)
    if orders is None:
        return encoding, b""
    for mark, codec in orders:
        if head.startswith(mark):
            return codec, mark
    return f"{encoding}-{'le' if head[:1] > bytes(1) else 'be'}", b""


def mark_of_new(encoding: str) -> bytes:
    """The mark that a new tag file begins with: UTF-16 and UTF-32 have two orders, and few readers guess."""
    orders = _ORDERS.get(encoding)
    return orders[0][0] if orders else b""


def decode(data: bytes, *, name: str, encoding: str, version: Version) -> tuple[str, FileFindings]:
    """The text of a tag file and what is wrong with its encoding; `encoding` is a codec of the allow-list.

    Bytes that are not UTF-8 stay as surrogate escapes, since names on disk may hold them; in another
    encoding they become U+FFFD.
    """
    at = At(file=name)
    findings = FileFindings(name)
    codec, mark = byte_order(encoding, data[:4])
    data = data[len(mark) :]
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as trouble:
        utf8 = encoding == "utf-8"
        text = data.decode(codec, "surrogateescape" if utf8 else "replace")
        message = f"is not {encoding} from byte {len(mark) + trouble.start} on"
        report = warning if utf8 else error
        findings.add(report("BAG-ENCODING-BYTES", name, message, at=at, clause="RFC 8493 §2.1.1"))
    if text.startswith("\ufeff"):
        text = text[1:]
        findings.add(byte_order_mark(name, encoding, version))
    return text, findings


def byte_order_mark(name: str, encoding: str, version: Version) -> Finding:
    """The finding of a tag file that begins with a mark: forbidden from 1.0 where it is UTF-8 (§2.3)."""
    report = error if encoding == "utf-8" and version.strict else warning
    message = "begins with a byte order mark"
    return report("BAG-ENCODING-BOM", name, message, at=At(file=name), clause="RFC 8493 §2.3")


def stopped(name: str, number: int, what: str = "too many lines of no use") -> Finding:
    """The finding of a file that was not read to its end; `what` it holds that reading stopped at."""
    message = f"holds {what}; reading stopped"
    return error("BAG-READING-STOPPED", name, message, at=At(file=name, line=number))
