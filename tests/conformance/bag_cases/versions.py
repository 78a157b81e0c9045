"""Versions 0.93 to 1.0, what changed between them, and numbers that are none of them."""

from tests.conformance.bag_cases.bag import LETTER, PAYLOAD, Bag, declaration, good, info, manifest, sealed
from tests.conformance.bag_cases.case import Case, Chapter, Opinion, case

_CLAUSE = "§2.1.1"


def _version(number: str) -> Bag:
    return good() | {"bagit.txt": declaration(number)}


def _old(number: str) -> Case:
    return case(
        f"a plain bag of version {number} is valid",
        _CLAUSE,
        lambda: good(version=number, algorithms=("md5",)),
        warnings="BAG-ALGORITHM-WEAK",
    )


def _padded(spelling: str) -> Case:
    return case(
        f"a version has no leading zero: there is no {spelling}",
        _CLAUSE,
        lambda: _version(spelling),
        "invalid",
        errors="BAG-VERSION-UNKNOWN",
        why="The versions are 0.93 to 0.97 and 1.0, spelled so; to read another as one of them is to guess.",
    )


VERSIONS = Chapter(
    "Versions",
    (
        *map(_old, ("0.93", "0.94", "0.95", "0.96", "0.97")),
        case(
            "there never was a version 0.98",
            _CLAUSE,
            lambda: _version("0.98"),
            "invalid",
            errors="BAG-VERSION-UNKNOWN",
            why="The drafts end with 0.97; which rules would hold?",
        ),
        case(
            "there never was a version 0.92",
            _CLAUSE,
            lambda: _version("0.92"),
            "invalid",
            errors="BAG-VERSION-UNKNOWN",
            bagit=Opinion.INVALID,
        ),
        case(
            "a newer minor version is read as 1.0 with a warning",
            _CLAUSE,
            lambda: _version("1.1"),
            warnings="BAG-VERSION-NEWER",
        ),
        case(
            "a newer major version is not judged by rules that it may have changed",
            _CLAUSE,
            lambda: _version("2.0"),
            "invalid",
            errors="BAG-VERSION-UNKNOWN",
            bagit=Opinion.INVALID,
        ),
        case(
            "a version has two numbers",
            _CLAUSE,
            lambda: _version("1"),
            "invalid",
            errors="BAG-VERSION-UNKNOWN",
            why="The clause says M.N; 1 is not 1.0.",
        ),
        case(
            "a version has two numbers and no third",
            _CLAUSE,
            lambda: _version("1.0.0"),
            "invalid",
            errors="BAG-VERSION-UNKNOWN",
            bagit=Opinion.INVALID,
        ),
        *map(_padded, ("01.0", "1.00", "00.97")),
        case(
            "the digits of a version are ASCII",
            _CLAUSE,
            lambda: _version("\u0661.\u0660"),
            "invalid",
            errors="BAG-VERSION-UNKNOWN",
            why="Python's int() takes the digits of every script; the format does not.",
        ),
        case(
            "up to 0.95 the tags stand in package-info.txt",
            "§2.2.2",
            lambda: info("Payload-Oxum: 1.1", version="0.95"),
            "invalid",
            errors="BAG-OXUM-WRONG",
            bagit=Opinion.INVALID,
        ),
        case(
            "up to 0.95 bag-info.txt is a tag file like any other",
            "§2.2.2",
            lambda: good(version="0.95", tags={"bag-info.txt": b"Payload-Oxum: 1.1\n"}),
        ),
        case(
            "from 0.96 package-info.txt is a tag file like any other",
            "§2.2.2",
            lambda: good(tags={"package-info.txt": b"Payload-Oxum: 1.1\n"}),
        ),
        case(
            "a tag manifest of version 0.96 is verified too",
            "§3",
            lambda: (
                sealed(info("Contact-Name: Ana", version="0.96")) | {"bag-info.txt": b"Contact-Name: Bob\n"}
            ),
            "invalid",
            errors="BAG-FILE-ALTERED",
            why="A digest that is stated is verified, whatever the version.",
        ),
        case(
            "before 1.0 a payload file needs to be in one manifest only",
            "§3",
            lambda: (
                good(version="0.97", algorithms=("sha512", "sha256"))
                | {"manifest-sha256.txt": manifest({"data/letter.txt": LETTER}, "sha256")}
            ),
            warnings="BAG-FILE-UNLISTED",
        ),
        case(
            "before 1.0 two manifests may share the payload between them",
            "§3",
            lambda: (
                good(version="0.97")
                | {
                    "manifest-sha256.txt": manifest({"data/letter.txt": LETTER}, "sha256"),
                    "manifest-sha512.txt": manifest({"data/plates/1.txt": PAYLOAD["data/plates/1.txt"]}),
                }
            ),
            warnings="BAG-FILE-UNLISTED",
        ),
        case(
            "before 1.0 a payload file in no manifest is an error",
            "§3",
            lambda: good(version="0.97") | {"data/more.txt": b"more\n"},
            "invalid",
            errors="BAG-FILE-UNLISTED",
            bagit=Opinion.INVALID,
        ),
    ),
)
