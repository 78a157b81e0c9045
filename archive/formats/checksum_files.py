"""The depositor's lists of digests: GNU coreutils, BSD and BagIt lines, whatever program wrote them.

Sources: coreutils manual § 6.2 (`md5sum`: mark, escapes), `--tag` lines of the BSDs, RFC 8493 § 2.1.3.
"""

import codecs
import io
import re
from collections.abc import Iterator
from typing import NamedTuple

from archive.core.digests import Algorithm, Digest
from archive.core.findings import At, Finding, error
from archive.core.limits.descriptions import MAX_CHECKSUM_LINE, MAX_MALFORMED_CHECKSUMS
from archive.core.text import printable

_LABELS = {algorithm.label: algorithm for algorithm in Algorithm}
_LABELS |= {"sha2224": Algorithm.SHA224, "sha2256": Algorithm.SHA256, "b2": Algorithm.BLAKE2B}
_LABELS |= {"sha2384": Algorithm.SHA384, "sha2512": Algorithm.SHA512}
_BY_LENGTH = {
    algorithm.hex_length: algorithm
    for algorithm in (
        Algorithm.MD5,
        Algorithm.SHA1,
        Algorithm.SHA224,
        Algorithm.SHA256,
        Algorithm.SHA384,
        Algorithm.SHA512,
    )
}
_NAME = re.compile(
    r"(?:(?P<bagit>manifest-(?P<a>[a-z0-9]+)\.txt)"
    r"|(?P<b>[a-z0-9]+)sums?(?:\.txt)?"
    r"|checksums?\.(?P<c>[a-z0-9-]+)"
    r"|(?P<stem>.+)\.(?P<d>[a-z0-9]+))",
    re.DOTALL,
)
_LIST_NAMES = frozenset(("checksum.txt", "checksums.txt", "checksum", "checksums"))
_GNU = re.compile(r"(?P<hex>[0-9A-Fa-f]{32,128})(?: [ *]|[ \t]+\*?)(?P<path>.+)", re.DOTALL)
_BSD = re.compile(r"(?P<label>[A-Za-z0-9-]+) ?\((?P<path>.+)\) ?= ?(?P<hex>[0-9A-Fa-f]+)", re.DOTALL)
_BARE = re.compile(r"(?P<hex>[0-9A-Fa-f]{32,128})(?:[ \t]+[*-]?)?")
_ESCAPE = re.compile(r"\\([\\nr])")
_ESCAPED = {"\\": "\\", "n": "\n", "r": "\r"}
_PERCENT = re.compile("%(0[AaDd]|25)")
_NOT_A_LABEL = re.compile("[^a-z0-9]")


class ChecksumLine(NamedTuple):
    """One line: the paths that it may mean, most literal first, the digest stated for one, the place."""

    paths: tuple[str, ...]
    digest: Digest
    at: At

    @property
    def path(self) -> str:
        """The path as it was before the line escaped it."""
        return self.paths[0]


class _Kind(NamedTuple):
    """What the name of a list says about its lines."""

    algorithm: Algorithm | None  # None: told by the length of each digest
    bagit: bool
    beside: str | None  # the document that `letter.txt.sha256` stands beside


def is_checksum_file(name: str) -> bool:
    """True where a file of this base name is a list of digests.

    `checksum.sha256`, `checksums.txt`, `manifest-md5.txt`, `SHA256SUMS`, `md5sum.txt` and, whatever stands
    before it, an ending that is the name of an algorithm (`letter.txt.sha256`).
    """
    return _kind(name) is not None


def read_checksum_file(name: str, data: bytes, *, encoded: bool = True) -> Iterator[ChecksumLine | Finding]:
    """Each line that states a digest, and an error for each that cannot be read; never raises on content.

    Blank lines and comments (`#`, and `;` as programs of Windows have it) are passed over. A path that is not
    UTF-8 has surrogate escapes (PEP 383). `encoded` says of a manifest that its bag's version of BagIt
    certainly writes a percent sign as `%25`; before 1.0 it stood as it is.
    """
    kind = _kind(name.rpartition("/")[2]) or _Kind(None, bagit=False, beside=None)
    malformed = 0
    for number, line in enumerate(_lines(data), start=1):
        if not line.strip() or line.startswith(("#", ";")):
            continue
        at = At(file=name, line=number)
        read = _read(line, kind, at, encoded=encoded) if len(line) <= MAX_CHECKSUM_LINE else None
        if isinstance(read, ChecksumLine):
            yield read
            continue
        malformed += 1
        if malformed <= MAX_MALFORMED_CHECKSUMS:
            yield _malformed(name, line, read or "is not a checksum and a path", at)
    if malformed > MAX_MALFORMED_CHECKSUMS:
        yield error(
            "SUM-MALFORMED",
            name,
            f"{malformed:,} lines could not be read, of which {MAX_MALFORMED_CHECKSUMS} are named",
            at=At(file=name),
            remedy="look whether the file is a list of checksums at all",
        )


def _kind(name: str) -> _Kind | None:
    lowered = name.lower()
    if lowered in _LIST_NAMES:
        return _Kind(None, bagit=False, beside=None)
    match = _NAME.fullmatch(lowered)
    if match is None or lowered.startswith("tagmanifest-"):
        return None
    label = match["a"] or match["b"] or match["c"] or match["d"]
    algorithm = _LABELS.get(_NOT_A_LABEL.sub("", label))
    if algorithm is None:
        return None
    stem = match["stem"]
    return _Kind(algorithm, match["bagit"] is not None, name[: len(stem)] if stem else None)


def _lines(data: bytes) -> Iterator[str]:
    """The lines without their ends; a file without LF whose lines end in CR is split there."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # PowerShell's `>`
        data = (
            data.decode("utf-16", "surrogatepass").encode("utf-8", "surrogatepass")
            if _is_utf16(data)
            else b"\0"
        )
    data = data.removeprefix(codecs.BOM_UTF8)
    if b"\n" not in data and b"\r" in data:
        data = data.replace(b"\r", b"\n")
    for raw in io.BytesIO(data):
        yield raw.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "surrogateescape")


def _is_utf16(data: bytes) -> bool:
    try:
        data.decode("utf-16")
    except UnicodeDecodeError:
        return False
    return True


def _read(line: str, kind: _Kind, at: At, *, encoded: bool) -> ChecksumLine | str:
    """The line's statement, or what is wrong with the line."""
    escaped = line.startswith("\\")
    body = line[1:] if escaped else line
    algorithm = kind.algorithm
    paths: tuple[str, ...]
    if match := _GNU.fullmatch(body):
        path = match["path"]
    elif match := _BSD.fullmatch(body):
        path = match["path"]
        algorithm = _LABELS.get(_NOT_A_LABEL.sub("", match["label"].lower()))
        if algorithm is None:
            return f"names an algorithm that is not known here, {printable(match['label'][:40])}"
    elif match := _BARE.fullmatch(body.strip()):
        path = "-"
    else:
        return "is not a checksum and a path"
    if path == "-":
        if kind.beside is None:
            return "does not say which file the checksum belongs to"
        paths = (kind.beside,)
    elif escaped:  # only then is it certain which backslash is a name's own
        paths = (_ESCAPE.sub(lambda found: _ESCAPED[found[1]], path),)
    else:
        paths = _readings(path, kind, encoded=encoded)
    if "\0" in path:
        return "names a path with a NUL character in it"
    return _stated(paths, match["hex"], algorithm, at)


def _readings(path: str, kind: _Kind, *, encoded: bool) -> tuple[str, ...]:
    """What a path as it is written may mean: programs of Windows have a backslash for the slash."""
    readings = [path]
    if kind.bagit and "%" in path:
        decoded = _PERCENT.sub(lambda found: chr(int(found[1], 16)), path)
        readings = [decoded] if encoded else [path, decoded]
    if "\\" in path:
        readings += [each.replace("\\", "/") for each in readings]
    return tuple(dict.fromkeys(readings))


def _stated(paths: tuple[str, ...], value: str, algorithm: Algorithm | None, at: At) -> ChecksumLine | str:
    algorithm = algorithm or _BY_LENGTH.get(len(value))
    if algorithm is None:
        return f"has a checksum of {len(value)} digits, which is none of md5, sha1 or sha2"
    try:
        return ChecksumLine(paths, Digest.parse(algorithm, value), at)
    except ValueError:
        return f"has {len(value)} digits where {algorithm.value} has {algorithm.hex_length}"


def _malformed(name: str, line: str, why: str, at: At) -> Finding:
    return error(
        "SUM-MALFORMED",
        f"{name}:{at.line}",
        f"the line {why}",
        at=at,
        expected="<checksum>  <path>",
        found=printable(line[:120]),
        remedy="make the list anew, or remove the line",
    )
