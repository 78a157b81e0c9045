"""The bag declaration, bagit.txt: the version, and the character encoding of the other tag files."""

import re
from typing import NamedTuple

from archive.core.bagit.lines import lines_of
from archive.core.bagit.versions import KNOWN, V1_0, Version
from archive.core.findings import At, Finding, error, warning
from archive.core.limits.bags import DECLARATION_BYTES

NAME = "bagit.txt"
_CLAUSE = "RFC 8493 §2.1.1"
_LABELS = ("BagIt-Version", "Tag-File-Character-Encoding")

# Names of real character sets (IANA) with every mark that may stand in them, and Python's codec for each: a
# list of what is allowed, for Python also knows rot13, zip, base64, idna and unicode_escape under such names.
_NAMES = {
    "utf-8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "utf-32": "utf-32",
    "utf-32-le": "utf-32-le",
    "utf-32-be": "utf-32-be",
    "latin-1": "iso8859-1",
    "macintosh": "mac-roman",
    "koi-8-r": "koi8-r",
    "koi-8-u": "koi8-u",
    "shift-jis": "shift_jis",
    "windows-31j": "cp932",
    "euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp",
    "gb-2312": "gb2312",
    "gbk": "gbk",
    "gb-18030": "gb18030",
    "big-5": "big5",
    "big-5-hkscs": "big5hkscs",
    "euc-kr": "euc_kr",
    "tis-620": "tis-620",
    "ibm-437": "cp437",
    "ibm-850": "cp850",
    "ibm-852": "cp852",
    "ibm-866": "cp866",
    **{f"iso-8859-{part}": f"iso8859-{part}" for part in range(1, 17) if part != 12},
    **{f"windows-{page}": f"cp{page}" for page in (874, *range(1250, 1259))},
}
_MARKS = re.compile(r"[-_ ]")
_UNDERSCORED = re.compile("(?:shift_jis|iso_8859-[0-9]+)", re.IGNORECASE)  # names of IANA that have one
_ENCODINGS = {name.replace("-", ""): (name, codec) for name, codec in _NAMES.items()}


class Declaration(NamedTuple):
    """What bagit.txt declares; None where it does not say so in an acceptable way.

    `version` is the one by whose rules the bag is read, `stated` the one that it declares: a later one of the
    same major version is read as 1.0. `encoding` is a codec of the allow-list, `label` as it is spelled.
    """

    version: Version | None
    encoding: str | None
    label: str | None
    findings: tuple[Finding, ...]
    stated: Version | None = None


def codec(label: str) -> str | None:
    """Python's codec for a character set that a bag may declare, or None.

    The case does not matter, nor which marks stand between the parts of the name, or whether any do.
    """
    name, found = _ENCODINGS.get(_MARKS.sub("", label.lower()), ("", None))
    return found if _marked(label) <= _marked(name) else None


def _is_spelled(label: str) -> bool:
    """True where hyphens stand between the parts of the name of a known character set, if anything does."""
    return not re.search("[ _]", label) or _UNDERSCORED.fullmatch(label) is not None


def _marked(name: str) -> set[int]:
    """After how many letters and digits of a name a mark stands."""
    return {match.start() - before for before, match in enumerate(_MARKS.finditer(name))}


def parse_declaration(data: bytes) -> Declaration:
    """The declaration that the bytes of bagit.txt hold (always UTF-8 without a byte order mark)."""
    if len(data) > DECLARATION_BYTES:
        return _unreadable("BAG-DECLARATION-SIZE", f"has more than {DECLARATION_BYTES} bytes")
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return _unreadable("BAG-DECLARATION-BOM", "begins with a byte order mark")
    try:
        lines = list(lines_of(data.decode()))
    except UnicodeDecodeError as trouble:
        return _unreadable("BAG-DECLARATION-ENCODING", f"is not UTF-8 from byte {trouble.start} on")
    findings: list[Finding] = []
    if len(lines) != 2:
        found = f"{len(lines)} lines"
        findings.append(_error("BAG-DECLARATION-LINES", "is not exactly two lines", 1, "2 lines", found))
    values = [_value(lines, index, findings) for index in range(2)]
    version = _version(values[0], findings)
    if version is None or version.strict:
        _check_spacing(lines, values, findings)
    encoding = codec(values[1]) if values[1] is not None else None
    if values[1] is not None and encoding is None:
        message = "declares no character set that tag files may be in"
        findings.append(_error("BAG-DECLARATION-CHARSET", message, 2, "a character set", values[1]))
    elif values[1] is not None and not _is_spelled(values[1]):
        message = "spells the character set as no registry does"
        at = At(file=NAME, line=2)
        findings.append(
            warning("BAG-DECLARATION-SPELLING", NAME, message, at=at, clause=_CLAUSE, found=values[1])
        )
    stated = Version.parse(values[0]) if version is not None and values[0] is not None else None
    return Declaration(version, encoding, values[1], tuple(findings), stated)


def render_declaration(version: Version = V1_0) -> bytes:
    """The bytes of bagit.txt for a bag whose tag files are UTF-8."""
    return f"BagIt-Version: {version}\nTag-File-Character-Encoding: UTF-8\n".encode()


def _value(lines: list[str], index: int, findings: list[Finding]) -> str | None:
    """The value of a line that must have the label of its position; white space round it is judged later."""
    expected = f"{_LABELS[index]}: …"
    if index < len(lines):
        label, colon, value = lines[index].partition(":")
        if colon and label.rstrip(" \t") == _LABELS[index] and value.strip(" \t"):
            return value.strip(" \t")
        found = lines[index][:200]
    else:
        found = None
    findings.append(_error("BAG-DECLARATION-SYNTAX", "has not the line it must", index + 1, expected, found))
    return None


def _version(text: str | None, findings: list[Finding]) -> Version | None:
    version = Version.parse(text) if text is not None else None
    if text is None or version in KNOWN:
        return version
    if version is not None and version.major == V1_0.major:
        message = f"declares BagIt {version}; it is read as 1.0"
        findings.append(warning("BAG-VERSION-NEWER", NAME, message, at=At(file=NAME, line=1), clause=_CLAUSE))
        return V1_0
    message = "declares a version of BagIt that is not known here"
    findings.append(_error("BAG-VERSION-UNKNOWN", message, 1, "0.93 to 0.97, or 1.0", text[:200]))
    return None


def _check_spacing(lines: list[str], values: list[str | None], findings: list[Finding]) -> None:
    """From 1.0: label, colon, one space, value, and nothing more."""
    for number, (line, label, value) in enumerate(zip(lines, _LABELS, values, strict=False), start=1):
        if value is not None and line != f"{label}: {value}":
            message = "has white space where 1.0 allows none"
            findings.append(_error("BAG-DECLARATION-SPACE", message, number, f"{label}: {value}", line[:200]))


def _error(code: str, message: str, line: int, expected: str, found: str | None) -> Finding:
    at = At(file=NAME, line=line)
    return error(code, NAME, message, at=at, clause=_CLAUSE, expected=expected, found=found)


def _unreadable(code: str, message: str) -> Declaration:
    finding = error(code, NAME, message, at=At(file=NAME), clause=_CLAUSE)
    return Declaration(None, None, None, (finding,))
