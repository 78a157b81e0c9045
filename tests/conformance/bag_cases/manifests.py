"""Payload manifests: their lines, and their being there (RFC 8493 §2.1.2, §2.1.3)."""

from tests.conformance.bag_cases.bag import (
    LETTER,
    PAYLOAD,
    Bag,
    Folder,
    digest,
    good,
    line,
    manifest,
    sealed,
    without,
)
from tests.conformance.bag_cases.case import Case, Chapter, Opinion, case

_CLAUSE = "§2.1.3"
_SKIPPED = "A line that says nothing about a file is no line of a manifest; to skip it is to hide damage."


def _lines(*lines: bytes, version: str = "1.0") -> Bag:
    return good(version=version) | {"manifest-sha512.txt": b"".join(lines)}


_FIRST = line("data/letter.txt", LETTER)
_SECOND = line("data/plates/1.txt", b"one\n")
_BOTH = _FIRST + _SECOND


def _malformed(law: str, extra: bytes, errors: str, bagit: Opinion, why: str = _SKIPPED) -> Case:
    bag = lambda: _lines(_BOTH, extra)  # noqa: E731
    return case(law, _CLAUSE, bag, "invalid", errors=errors, bagit=bagit, why=why)


def _accepted(law: str, raw: bytes, warnings: str = "", bagit: Opinion = Opinion.VALID) -> Case:
    return case(law, _CLAUSE, lambda: _lines(raw), warnings=warnings, bagit=bagit)


MANIFESTS = Chapter(
    "Payload manifests",
    (
        _accepted("one space between digest and path is enough", _BOTH.replace(b"  ", b" ")),
        _accepted("a tab may stand between digest and path", _BOTH.replace(b"  ", b"\t")),
        _accepted("much white space may stand between digest and path", _BOTH.replace(b"  ", b" \t  \t")),
        _accepted(
            "the asterisk of md5sum before a path is accepted with a warning",
            _BOTH.replace(b"  ", b" *"),
            "BAG-LINE-STAR",
        ),
        _accepted(
            "digests are compared without regard to case",
            digest(LETTER).upper().encode() + b"  data/letter.txt\n" + _SECOND,
        ),
        _accepted("the order of lines means nothing", _SECOND + _FIRST),
        _accepted("a blank line is warned of", _FIRST + b"\n" + _SECOND, "BAG-LINE-BLANK"),
        _accepted("a comment is warned of", b"# made by hand\n" + _BOTH, "BAG-LINE-COMMENT"),
        _malformed(
            "a line of a digest alone is malformed",
            digest(b"x").encode() + b"\n",
            "BAG-LINE-SYNTAX",
            Opinion.VALID,
        ),
        _malformed(
            "a line of a path alone is malformed", b"data/letter.txt\n", "BAG-LINE-SYNTAX", Opinion.VALID
        ),
        case(
            "a digest that was cut short is malformed",
            _CLAUSE,
            lambda: _lines(_FIRST[10:], _SECOND),
            "invalid",
            errors="BAG-LINE-DIGEST BAG-FILE-UNLISTED",
            bagit=Opinion.INVALID,
        ),
        case(
            "a digest with a digit too many is malformed",
            _CLAUSE,
            lambda: _lines(b"0" + _FIRST, _SECOND),
            "invalid",
            errors="BAG-LINE-DIGEST BAG-FILE-UNLISTED",
            bagit=Opinion.INVALID,
        ),
        case(
            "a digest has hexadecimal digits only",
            _CLAUSE,
            lambda: _lines(b"g" + _FIRST[1:], _SECOND),
            "invalid",
            errors="BAG-LINE-DIGEST BAG-FILE-UNLISTED",
            bagit=Opinion.INVALID,
        ),
        case(
            "a manifest over full-width digits states no digest",
            _CLAUSE,
            lambda: _lines("\uff10".encode() + _FIRST[1:], _SECOND),
            "invalid",
            errors="BAG-LINE-DIGEST BAG-FILE-UNLISTED",
            bagit=Opinion.INVALID,
        ),
        case(
            "a page of HTML is no manifest",
            _CLAUSE,
            lambda: _lines(b"<!DOCTYPE html>\n<html><body>404 Not Found</body></html>\n"),
            "invalid",
            errors="BAG-LINE-DIGEST BAG-FILE-UNLISTED",
            bagit=Opinion.INVALID,
        ),
        case(
            "marks of a merge conflict are no lines of a manifest",
            _CLAUSE,
            lambda: _lines(b"<<<<<<< ours\n", _BOTH, b"=======\n", b">>>>>>> theirs\n"),
            "invalid",
            errors="BAG-LINE-DIGEST BAG-LINE-SYNTAX",
            bagit=Opinion.INVALID,
        ),
        _malformed("NUL bytes at the end are no line", b"\0" * 40, "BAG-LINE-SYNTAX", Opinion.VALID),
        case(
            "from 1.0 a path is listed once, even with the same digest",
            _CLAUSE,
            lambda: _lines(_BOTH, _FIRST),
            "invalid",
            errors="BAG-LINE-REPEATED",
            bagit=Opinion.INVALID,
        ),
        case(
            "before 1.0 a path that is repeated with its digest is warned of",
            _CLAUSE,
            lambda: _lines(_BOTH, _FIRST, version="0.97"),
            warnings="BAG-LINE-REPEATED",
        ),
        case(
            "two digests of one path contradict each other",
            _CLAUSE,
            lambda: _lines(_BOTH, line("data/letter.txt", b"other")),
            "invalid",
            errors="BAG-LINE-CONTRADICTS",
            bagit=Opinion.INVALID,
        ),
        case(
            "two digests of one path contradict each other before 1.0 too",
            _CLAUSE,
            lambda: _lines(_BOTH, line("data/letter.txt", b"other"), version="0.97"),
            "invalid",
            errors="BAG-LINE-CONTRADICTS",
            bagit=Opinion.INVALID,
        ),
        case(
            "before 1.0 one file under two spellings is listed twice",
            _CLAUSE,
            lambda: _lines(_BOTH, line("./data/letter.txt", LETTER), version="0.97"),
            warnings="BAG-LINE-REPEATED BAG-PATH-DOT",
        ),
        case(
            "a manifest lists files below data only",
            _CLAUSE,
            lambda: _lines(_BOTH, line("notes.txt", b"n\n")) | {"notes.txt": b"n\n"},
            "invalid",
            errors="BAG-PATH-OUTSIDE",
            why="A payload manifest must not reference a file outside the payload directory.",
        ),
        case(
            "a manifest lists no folder",
            _CLAUSE,
            lambda: _lines(_BOTH, line("data/plates/", b"")),
            "invalid",
            errors="BAG-PATH-COMPONENT",
            bagit=Opinion.INVALID,
        ),
        case(
            "a path with a capital Data is not below data",
            _CLAUSE,
            lambda: _lines(_BOTH, line("Data/more.txt", b"m")) | {"Data/more.txt": b"m"},
            "invalid",
            errors="BAG-PATH-OUTSIDE",
            why="Paths are compared byte by byte; on another disk the same bag would have another payload.",
        ),
        case(
            "from 1.0 every manifest lists every payload file",
            "§3",
            lambda: (
                good(algorithms=("sha512", "sha256"))
                | {"manifest-sha256.txt": manifest({"data/letter.txt": LETTER}, "sha256")}
            ),
            "invalid",
            errors="BAG-FILE-UNLISTED",
            why="Who verifies with the second algorithm alone would not see the file replaced.",
        ),
        case(
            "two manifests that both list everything are both verified",
            "§3",
            lambda: good(algorithms=("sha512", "sha256", "md5")),
        ),
        case(
            "one wrong digest in one of two manifests makes the bag invalid",
            "§3",
            lambda: (
                good(algorithms=("sha512", "sha256"))
                | {"manifest-sha256.txt": manifest({**PAYLOAD, "data/letter.txt": b"other"}, "sha256")}
            ),
            "invalid",
            errors="BAG-FILE-ALTERED",
            bagit=Opinion.INVALID,
        ),
        case(
            "a bag has a manifest",
            _CLAUSE,
            lambda: without(good(), "manifest-sha512.txt"),
            "invalid",
            errors="BAG-MANIFEST-MISSING",
            bagit=Opinion.INVALID,
        ),
        case(
            "a tag manifest is no payload manifest",
            _CLAUSE,
            lambda: sealed(without(good(), "manifest-sha512.txt")),
            "invalid",
            errors="BAG-MANIFEST-MISSING",
            bagit=Opinion.INVALID,
        ),
        case(
            "a manifest has a name in lower case",
            _CLAUSE,
            lambda: {
                ("MANIFEST-sha512.txt" if path.startswith("manifest-") else path): content
                for path, content in good().items()
            },
            "invalid",
            errors="BAG-MANIFEST-MISSING",
            bagit=Opinion.INVALID,
        ),
        case(
            "one algorithm has one manifest",
            _CLAUSE,
            lambda: good(algorithms=("sha256",)) | {"manifest-sha-256.txt": manifest(PAYLOAD, "sha256")},
            "invalid",
            errors="BAG-ALGORITHM-TWICE",
            warnings="BAG-ALGORITHM-NAME",
            why="Two manifests of one algorithm are two statements about one thing.",
        ),
        case(
            "a manifest below a folder is a tag file like any other",
            "§2.2.4",
            lambda: good(tags={"notes/manifest-md5.txt": b"nonsense\n"}),
        ),
        case(
            "a bag may have no payload file at all",
            "§2.1.2",
            lambda: good({}) | {"data": Folder()},
        ),
        case(
            "a folder without a file needs no line",
            _CLAUSE,
            lambda: good() | {"data/empty": Folder()},
        ),
        case(
            "a bag has a folder called data",
            "§2.1.2",
            lambda: good({}),
            "invalid",
            errors="BAG-DATA-MISSING",
            bagit=Opinion.INVALID,
        ),
        case(
            "a file called data is no payload folder",
            "§2.1.2",
            lambda: good({}) | {"data": b"a file\n"},
            "invalid",
            errors="BAG-DATA-MISSING",
            bagit=Opinion.INVALID,
        ),
    ),
)
