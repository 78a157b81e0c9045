"""Paths of manifests: percent signs, and what must never be opened (RFC 8493 §2.1.3, §5.1)."""

from tests.conformance.bag_cases.bag import LETTER, Bag, good, line
from tests.conformance.bag_cases.case import Case, Chapter, Opinion, case

_MANIFEST = "§2.1.3"
_OUT = "§5.1"
_PERCENT = "From 1.0 LF, CR and % are written %0A, %0D and %25, and nothing else is decoded."
_LITERAL = "Before 1.0 nothing is decoded: the name holds these three characters."


def _also(path: str, *, version: str = "1.0") -> Bag:
    """A good bag whose manifest lists one path more."""
    bag = good(version=version)
    listed = bag["manifest-sha512.txt"]
    assert isinstance(listed, bytes)
    return bag | {"manifest-sha512.txt": listed + line(path, b"x")}


def _listed(name: str, written: str, *, version: str = "1.0") -> Bag:
    """A bag with one payload file of this name, written so in its manifest."""
    bag = good({f"data/{name}": LETTER}, version=version)
    return bag | {"manifest-sha512.txt": line(f"data/{written}", LETTER)}


def _refused(law: str, path: str, errors: str, bagit: Opinion = Opinion.INVALID, why: str = "") -> Case:
    return case(law, _OUT, lambda: _also(path), "invalid", errors=errors, bagit=bagit, why=why)


PATHS = Chapter(
    "Paths",
    (
        _refused("a path does not climb out of the bag", "../outside", "BAG-PATH-TRAVERSAL BAG-PATH-OUTSIDE"),
        _refused("a path below data does not climb out of it", "data/../../outside", "BAG-PATH-TRAVERSAL"),
        _refused(
            "a path does not climb, even where it ends up inside",
            "data/plates/../letter.txt",
            "BAG-PATH-TRAVERSAL",
        ),
        _refused(
            "a sibling whose name begins like the bag's is outside it",
            "../bag-of-others/x",
            "BAG-PATH-TRAVERSAL BAG-PATH-OUTSIDE",
        ),
        _refused("a path is not absolute", "/etc/hostname", "BAG-PATH-ABSOLUTE BAG-PATH-OUTSIDE"),
        _refused(
            "a path does not begin with two slashes",
            "//etc/hostname",
            "BAG-PATH-ABSOLUTE BAG-PATH-COMPONENT BAG-PATH-OUTSIDE",
        ),
        _refused("a path is in no home folder", "~/x", "BAG-PATH-HOME BAG-PATH-OUTSIDE"),
        _refused("a path is in nobody's home folder", "~root/x", "BAG-PATH-HOME BAG-PATH-OUTSIDE"),
        _refused("a path has no drive letter", "C:\\x", "BAG-PATH-DRIVE BAG-PATH-OUTSIDE"),
        _refused("a path names no network share", "\\\\server\\share\\x", "BAG-PATH-UNC BAG-PATH-OUTSIDE"),
        _refused("a path has no empty component", "data//x", "BAG-PATH-COMPONENT"),
        _refused("a path has no component of one dot", "data/./x", "BAG-PATH-COMPONENT"),
        _refused(
            "a path holds no NUL",
            "data/a\0b",
            "BAG-PATH-NUL",
            Opinion.CRASHES,
            "No file can have such a name.",
        ),
        _refused("a look-alike of data is not data", "d\u0430ta/x", "BAG-PATH-OUTSIDE"),
        case(
            "two dots written with percent signs are a name and nothing more",
            _OUT,
            lambda: _also("data/%2e%2e/%2e%2e/x"),
            "incomplete",
            errors="BAG-FILE-MISSING",
            warnings="BAG-PATH-PERCENT",
            bagit=Opinion.INVALID,
        ),
        case(
            "a path is decoded once",
            _OUT,
            lambda: _also("data/%252e%252e/x"),
            "incomplete",
            errors="BAG-FILE-MISSING",
            bagit=Opinion.INVALID,
        ),
        case(
            "full-width dots are a name",
            _OUT,
            lambda: _also("data/\uff0e\uff0e/x"),
            "incomplete",
            errors="BAG-FILE-MISSING",
            bagit=Opinion.INVALID,
        ),
        case(
            "three dots are a name", _OUT, lambda: _listed(".../x", ".../x"), warnings="BAG-NAME-UNPORTABLE"
        ),
        case(
            "two dots may begin a name",
            _OUT,
            lambda: _listed("..a", "..a"),
        ),
        case(
            "a tilde inside the payload is a character",
            _OUT,
            lambda: _listed("~root/x", "~root/x"),
        ),
        case(
            "a backslash is a character of a name",
            _OUT,
            lambda: _listed("..\\..\\x", "..\\..\\x"),
            warnings="BAG-NAME-UNPORTABLE",
        ),
        case(
            "a path of 5,000 bytes names nothing",
            _OUT,
            lambda: _also("data/" + "x" * 5000),
            "incomplete",
            errors="BAG-FILE-MISSING",
            bagit=Opinion.INVALID,
            why="No file has such a name, so it is not there; nothing else is wrong.",
        ),
        case(
            "before 1.0 a dot and a slash before a path are warned of",
            _MANIFEST,
            lambda: (
                good({"data/x": LETTER}, version="0.97") | {"manifest-sha512.txt": line("./data/x", LETTER)}
            ),
            warnings="BAG-PATH-DOT",
        ),
        case(
            "from 1.0 no dot and slash stand before a path",
            _MANIFEST,
            lambda: good({"data/x": LETTER}) | {"manifest-sha512.txt": line("./data/x", LETTER)},
            "invalid",
            errors="BAG-PATH-DOT",
            why="A path is written in one way, so that no file is listed under two.",
        ),
        case(
            "a percent sign is written %25",
            _MANIFEST,
            lambda: _listed("100%.txt", "100%25.txt"),
            warnings="BAG-NAME-UNPORTABLE",
            bagit=Opinion.INVALID,
            why=_PERCENT,
        ),
        case(
            "a line feed in a name is written %0A",
            _MANIFEST,
            lambda: _listed("a\nb", "a%0Ab"),
            warnings="BAG-NAME-UNPORTABLE",
        ),
        case(
            "a carriage return in a name may be written %0d",
            _MANIFEST,
            lambda: _listed("a\rb", "a%0db"),
            warnings="BAG-NAME-UNPORTABLE",
            bagit=Opinion.INVALID,
            why="Hexadecimal digits of percent-encoding are the same in either case (RFC 3986 §2.1).",
        ),
        case(
            "a name that reads %0A is written %250A",
            _MANIFEST,
            lambda: _listed("a%0Ab", "a%250Ab"),
            warnings="BAG-NAME-UNPORTABLE",
            bagit=Opinion.INVALID,
            why=_PERCENT,
        ),
        case(
            "a percent sign that stands for nothing is itself, with a warning",
            _MANIFEST,
            lambda: _listed("100%.txt", "100%.txt"),
            warnings="BAG-PATH-PERCENT BAG-NAME-UNPORTABLE",
        ),
        case(
            "%20 is not decoded",
            _MANIFEST,
            lambda: _listed("a b.txt", "a%20b.txt"),
            "invalid",
            errors="BAG-FILE-MISSING BAG-FILE-UNLISTED",
            warnings="BAG-PATH-PERCENT",
            bagit=Opinion.INVALID,
        ),
        case(
            "before 1.0 %25 is not decoded",
            _MANIFEST,
            lambda: _listed("100%25.txt", "100%25.txt", version="0.97"),
            warnings="BAG-NAME-UNPORTABLE",
        ),
        case(
            "before 1.0 %0A is not decoded",
            _MANIFEST,
            lambda: _listed("a%0Ab", "a%0Ab", version="0.97"),
            warnings="BAG-NAME-UNPORTABLE",
            bagit=Opinion.INVALID,
            why=_LITERAL,
        ),
        case(
            "before 1.0 a percent sign is a percent sign",
            _MANIFEST,
            lambda: _listed("100%.txt", "100%.txt", version="0.97"),
            warnings="BAG-NAME-UNPORTABLE",
        ),
    ),
)
