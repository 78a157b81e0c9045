"""Names of payload files: every name a file system can hold is read as it is; the awkward are warned of."""

import unicodedata

from tests.conformance.bag_cases.bag import LETTER, Bag, good, line, manifest
from tests.conformance.bag_cases.case import Case, Chapter, Opinion, case

_CLAUSE = "§2.1.3"
_NFC = "Gr\u00fc\u00dfe.txt"
_NFD = unicodedata.normalize("NFD", _NFC)
_STRIPPED = "A line ends in LF, CR or CRLF; white space before that belongs to the name."


def _name(
    law: str, name: str, *, portable: bool = False, bagit: Opinion = Opinion.VALID, why: str = ""
) -> Case:
    warnings = "" if portable else "BAG-NAME-UNPORTABLE"
    return case(law, _CLAUSE, lambda: good({f"data/{name}": LETTER}), warnings=warnings, bagit=bagit, why=why)


def _forms(on_disk: str, listed: str) -> Bag:
    return good({f"data/{on_disk}": LETTER}) | {"manifest-sha512.txt": line(f"data/{listed}", LETTER)}


NAMES = Chapter(
    "Names",
    (
        _name("a name may hold spaces", "a letter to Ana.txt", portable=True),
        _name("a name may begin with a dash", "-rf", portable=True),
        _name("a name may begin with a dot", ".hidden", portable=True),
        _name("a name may begin with a space", " lead.txt"),
        _name("a name may end in a space", "trail ", bagit=Opinion.INVALID, why=_STRIPPED),
        _name("a name may end in a tab", "trail\t", bagit=Opinion.INVALID, why=_STRIPPED),
        _name("a name may end in a no-break space", "trail\xa0", bagit=Opinion.INVALID, why=_STRIPPED),
        _name("a name may end in a dot", "trail."),
        _name("a name may hold a tab", "a\tb.txt"),
        _name("a name may be one of Windows' devices", "con.txt"),
        _name("a name may hold what Windows forbids", 'a<b>:"|?.txt'),
        _name("a name may begin with an asterisk", "*star.txt"),
        _name("a name may hold an escape sequence", "\x1b[31mred.txt"),
        _name("a name may turn text round", "a\u202etxt.exe"),
        _name("a name may be an emoji", "\U0001f4dc.txt", portable=True),
        _name("a name may be in Cyrillic", "\u043f\u0438\u0441\u044c\u043c\u043e.txt", portable=True),
        _name("a name may look like a formula", "=1+1.csv", portable=True),
        _name("a payload file may be called bagit.txt", "bagit.txt", portable=True),
        _name("a payload file may be called as a manifest", "manifest-md5.txt", portable=True),
        _name("a payload file may be called as a tag manifest", "tagmanifest-md5.txt"),
        _name("a payload file may be called fetch.txt", "fetch.txt", portable=True),
        _name("a payload file may be called data", "data/data", portable=True),
        _name("a name may have 255 bytes", "x" * 255),
        _name("a name may hold a number sign", "#1.txt", portable=True),
        case(
            "names that differ by case only are two, with a warning",
            _CLAUSE,
            lambda: good({"data/README": b"a", "data/Readme": b"b"}),
            warnings="BAG-NAME-CASE",
        ),
        case(
            "folders that differ by case only lose nothing where they become one",
            _CLAUSE,
            lambda: good({"data/Plates/1": b"a", "data/plates/2": b"b"}),
        ),
        case(
            "a name in another case is another name",
            _CLAUSE,
            lambda: (
                good({"data/hello.txt": LETTER}) | {"manifest-sha512.txt": line("data/HELLO.txt", LETTER)}
            ),
            "invalid",
            errors="BAG-FILE-MISSING BAG-FILE-UNLISTED",
            bagit=Opinion.INVALID,
        ),
        case(
            "a manifest in NFC finds the file in NFD, with a warning",
            _CLAUSE,
            lambda: _forms(_NFD, _NFC),
            warnings="BAG-NAME-FORM BAG-NAME-UNPORTABLE",
        ),
        case(
            "a manifest in NFD finds the file in NFC, with a warning",
            _CLAUSE,
            lambda: _forms(_NFC, _NFD),
            warnings="BAG-NAME-FORM",
            bagit=Opinion.INVALID,
            why="A disk or a copy changed the form of the name; the bytes are there and can be verified.",
        ),
        case(
            "names equal but for their Unicode form are two, with a warning",
            _CLAUSE,
            lambda: good({"data/\u00fc.txt": b"a", "data/u\u0308.txt": b"b"}),
            warnings="BAG-NAME-CASE BAG-NAME-UNPORTABLE",
        ),
        case(
            "of two names equal but for their Unicode form each has its own digest",
            _CLAUSE,
            lambda: (
                good({"data/\u00fc.txt": b"a", "data/u\u0308.txt": b"b"})
                | {"manifest-sha512.txt": manifest({"data/\u00fc.txt": b"b", "data/u\u0308.txt": b"a"})}
            ),
            "invalid",
            errors="BAG-FILE-ALTERED",
            warnings="BAG-NAME-CASE BAG-NAME-UNPORTABLE",
            bagit=Opinion.INVALID,
        ),
        case(
            "damage is found under another Unicode form of the name too",
            "§3",
            lambda: _forms(_NFD, _NFC) | {f"data/{_NFD}": b"other"},
            "invalid",
            errors="BAG-FILE-ALTERED",
            warnings="BAG-NAME-FORM BAG-NAME-UNPORTABLE",
            bagit=Opinion.INVALID,
        ),
    ),
)
