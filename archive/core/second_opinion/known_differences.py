"""Why bagit 1.9 judges otherwise, where that is known; docs/bagit.md has the cases."""

import codecs
import hashlib
import re
import unicodedata
from typing import Final

from archive.core.bagit.names import FETCH
from archive.core.findings import Finding

_LINKED = "bagit follows links; what a link points to is no part of the bag (RFC 8493 §5)"
_SKIPPED = "bagit passes over lines that it cannot read"
_LOOSE = "bagit does not hold bagit.txt to its two exact lines (RFC 8493 §2.1.1)"
_FETCH = "bagit does not compare fetch.txt with the manifests, nor judge its fields (RFC 8493 §2.2.3)"
_UNKNOWN = "bagit leaves out what it cannot compute"
_OXUM = "bagit looks for Payload-Oxum in this spelling and once (RFC 8493 §2.2.2)"
_TAGS = "bagit reads tag files leniently (RFC 8493 §2.2.2)"
_NAMED = "bagit knows algorithms by Python's names of them alone (RFC 8493 §2.4)"
_ANY_LENGTH = "bagit reads files and lines of any length"

# our finding -> why bagit has none
PASSED_OVER: Final = {
    "BAG-ALGORITHM-TWICE": _NAMED,
    "BAG-ALGORITHM-UNKNOWN": _UNKNOWN,
    "BAG-DATA-MISSING": _LINKED,
    "BAG-DECLARATION-CHARSET": "bagit takes every codec of Python for a character set",
    "BAG-DECLARATION-LINES": _LOOSE,
    "BAG-DECLARATION-MISSING": _LINKED,
    "BAG-DECLARATION-SIZE": _LOOSE,
    "BAG-DECLARATION-SPACE": _LOOSE,
    "BAG-DECLARATION-SYNTAX": _LOOSE,
    "BAG-ENCODING-BOM": "bagit passes over a byte order mark (RFC 8493 §2.3)",
    "BAG-FETCH-LENGTH": _FETCH,
    "BAG-FETCH-REPEATED": _FETCH,
    "BAG-FETCH-SYNTAX": _FETCH,
    "BAG-FETCH-UNLISTED": _FETCH,
    "BAG-FETCH-URL": _FETCH,
    "BAG-FILE-ALTERED": "before 0.97 bagit does not read tag manifests",
    "BAG-FILE-FOLDER": "bagit passes over a folder where a tag file has to be",
    "BAG-FILE-LINK": _LINKED,
    "BAG-FILE-MISSING": "bagit follows links, and before 0.97 it does not read tag manifests",
    "BAG-FILE-SPECIAL": "bagit does not look what kind of file it is",
    "BAG-FILE-UNLISTED": "bagit is content when one manifest lists a file; RFC 8493 §3 asks it of each",
    "BAG-LINE-DIGEST": _SKIPPED,
    "BAG-LINE-LONG": _ANY_LENGTH,
    "BAG-LINE-SYNTAX": _SKIPPED,
    "BAG-MANIFEST-MANY": _NAMED,
    "BAG-MANIFEST-MISSING": _LINKED,
    "BAG-OXUM-REPEATED": _OXUM,
    "BAG-OXUM-SYNTAX": _OXUM,
    "BAG-OXUM-WRONG": _OXUM,
    "BAG-PATH-DOT": "bagit simplifies paths before it looks at them",
    "BAG-PATH-OUTSIDE": "bagit lets a payload manifest list files outside data/ (RFC 8493 §2.1.3)",
    "BAG-READING-STOPPED": _ANY_LENGTH,
    "BAG-TAG-COLON": _TAGS,
    "BAG-TAG-SIZE": _ANY_LENGTH,
    "BAG-TAG-SYNTAX": _TAGS,
    "BAG-TAGMANIFEST-LACKS": "bagit does not ask what a tag manifest leaves out (RFC 8493 §2.2.1)",
    "BAG-TAGMANIFEST-LISTED": "bagit lets a tag manifest list a tag manifest (RFC 8493 §2.2.1)",
    "BAG-VERSION-UNKNOWN": "bagit takes every number from 0.93 to 1 for a version",
}

# Python's codecs end a line at these too; a manifest's ends at LF, CR and CRLF (RFC 8493 §2.3).
_MORE_LINE_ENDS = frozenset("\v\f\x1c\x1d\x1e\x85\u2028\u2029")


# part of bagit's own words -> why it says so of a bag that is valid
_MESSAGES: Final = {
    " multiple times with ": "bagit cuts names short at what it takes for white space or the end of a line,"
    " so that two become one (RFC 8493 §2.3)",
    " contains invalid tag: ": "bagit ends a line at characters that end none (RFC 8493 §2.2.2)",
    "Payload-Oxum validation failed": "bagit ends a line at characters that end none, and so reads another"
    " Payload-Oxum (RFC 8493 §2.2.2)",
    "Malformed URL in fetch.txt": "bagit wants a host in every URL (RFC 3986 §4.3 asks for a scheme)",
    "No manifest files found": _NAMED,
}


_ALGORITHM = re.compile(r"(?:tag)?manifest-([^/]*)\.txt")


def why_passed_over(finding: Finding) -> str | None:
    """Why bagit has nothing like an error of ours in a bag that it accepts; None where that is not known."""
    file = finding.at.file or ""
    manifest = _ALGORITHM.fullmatch(file)
    if manifest and manifest[1] not in hashlib.algorithms_guaranteed:
        return _UNKNOWN if finding.code == "BAG-ALGORITHM-UNKNOWN" else _NAMED
    if file == FETCH and finding.code.startswith("BAG-PATH-"):
        return _FETCH
    return PASSED_OVER.get(finding.code)


def why_said(message: str) -> str | None:
    """Why bagit refuses a valid bag in these words, where no file is named; None where that is not known."""
    return next((why for part, why in _MESSAGES.items() if part in message), None)


def why_refused(path: str) -> str | None:
    """Why bagit finds fault with a file in which nothing is wrong; None where that is not known."""
    if set(path) & set("%\r\n"):
        return "bagit decodes %0A and %0D, in capitals, in every version, and %25 in none (RFC 8493 §2.1.3)"
    if set(path) & _MORE_LINE_ENDS:
        return "bagit ends a line at characters that end none (RFC 8493 §2.3)"
    if path != path.strip():
        return "bagit takes white space at the end of a line from the name"
    if not unicodedata.is_normalized("NFC", path):
        return "bagit compares this name in another Unicode form than the manifest has"
    return None


def why_missed(message: str, encoding: str) -> str | None:
    """Why bagit misses a file that is there and listed, told from its words; None where that is not known.

    `encoding` is that of the tag files.
    """
    if "was not found on filesystem" in message:
        return "bagit takes white space round a name in a manifest, and a * before it, from the name"
    if "is not in the manifest" in message and _is_read_by_line_feeds(encoding):
        return "bagit ends a line at LF alone in encodings of several bytes (RFC 8493 §2.3)"
    return None


def _is_read_by_line_feeds(encoding: str) -> bool:
    """True for the codecs of East Asia, whose readers in Python know no other line end."""
    try:
        bases: tuple[type, ...] = getattr(codecs.lookup(encoding).streamreader, "__mro__", ())
    except LookupError:
        return False
    return any(each.__name__ == "MultibyteStreamReader" for each in bases)
