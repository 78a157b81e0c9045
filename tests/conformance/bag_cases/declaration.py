"""bagit.txt (RFC 8493 §2.1.1)."""

from tests.conformance.bag_cases.bag import Bag, declaration, good, without
from tests.conformance.bag_cases.case import Case, Chapter, Opinion, case

_CLAUSE = "§2.1.1"
_NO_CHARSET = "Python's transformations of bytes are no character sets of the IANA registry."
_EXACT = "From 1.0 the two lines are given to the character; a reader that guesses hides who wrote the bag."


def _with(raw: bytes) -> Bag:
    return good() | {"bagit.txt": raw}


def _refused(law: str, raw: bytes, errors: str, bagit: Opinion, why: str = "") -> Case:
    return case(law, _CLAUSE, lambda: _with(raw), "invalid", errors=errors, bagit=bagit, why=why)


DECLARATION = Chapter(
    "The declaration, bagit.txt",
    (
        case("a bag with the two lines of its declaration is valid", _CLAUSE, good),
        case(
            "the last line of the declaration may lack its end",
            _CLAUSE,
            lambda: _with(declaration().rstrip(b"\n")),
        ),
        case(
            "the lines of the declaration may end in CRLF",
            _CLAUSE,
            lambda: _with(declaration().replace(b"\n", b"\r\n")),
        ),
        case(
            "the lines of the declaration may end in CR",
            _CLAUSE,
            lambda: _with(declaration().replace(b"\n", b"\r")),
        ),
        case(
            "a character set may be spelled in lower case",
            _CLAUSE,
            lambda: _with(declaration(encoding="utf-8")),
        ),
        case(
            "without a declaration nothing is a bag",
            _CLAUSE,
            lambda: without(good(), "bagit.txt"),
            "invalid",
            errors="BAG-DECLARATION-MISSING",
            bagit=Opinion.INVALID,
        ),
        _refused(
            "an empty declaration declares nothing",
            b"",
            "BAG-DECLARATION-LINES BAG-DECLARATION-SYNTAX",
            Opinion.INVALID,
        ),
        _refused(
            "a declaration has no byte order mark",
            b"\xef\xbb\xbf" + declaration(),
            "BAG-DECLARATION-BOM",
            Opinion.INVALID,
        ),
        _refused(
            "a declaration in UTF-16 is none",
            declaration().decode().encode("utf-16"),
            "BAG-DECLARATION-BOM",
            Opinion.CRASHES,
            "The declaration is always UTF-8; a decoder's exception is no judgement.",
        ),
        _refused(
            "a declaration that is not UTF-8 is none",
            declaration() + b"\xff\n",
            "BAG-DECLARATION-ENCODING",
            Opinion.CRASHES,
            "The declaration is always UTF-8; a decoder's exception is no judgement.",
        ),
        _refused(
            "the lines of the declaration stand in their order",
            b"Tag-File-Character-Encoding: UTF-8\nBagIt-Version: 1.0\n",
            "BAG-DECLARATION-SYNTAX",
            Opinion.VALID,
            "The clause says exactly two lines, and which is which.",
        ),
        _refused(
            "a declaration has no third line",
            declaration() + b"Source-Organization: Us\n",
            "BAG-DECLARATION-LINES",
            Opinion.VALID,
            "The clause says exactly two lines.",
        ),
        _refused(
            "a declaration has no blank third line",
            declaration() + b"\n",
            "BAG-DECLARATION-LINES",
            Opinion.VALID,
            "The clause says exactly two lines, and a blank one is a line.",
        ),
        _refused(
            "a declaration names its character set",
            b"BagIt-Version: 1.0\n",
            "BAG-DECLARATION-LINES BAG-DECLARATION-SYNTAX",
            Opinion.INVALID,
        ),
        *(
            _refused(
                f"a line of the declaration begins with no white space in {version}",
                b"BagIt-Version: %s\n\tTag-File-Character-Encoding: UTF-8\n" % version.encode(),
                "BAG-DECLARATION-SYNTAX",
                Opinion.INVALID,
            )
            for version in ("0.97", "1.0")
        ),
        _refused(
            "a label of the declaration is spelled as the clause spells it",
            b"bagit-version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
            "BAG-DECLARATION-SYNTAX",
            Opinion.INVALID,
        ),
        _refused(
            "from 1.0 no white space stands before the colon of a declaration",
            declaration().replace(b":", b" :", 1),
            "BAG-DECLARATION-SPACE",
            Opinion.VALID,
            _EXACT,
        ),
        _refused(
            "from 1.0 one space stands behind the colon of a declaration",
            declaration().replace(b": ", b":  ", 1),
            "BAG-DECLARATION-SPACE",
            Opinion.VALID,
            _EXACT,
        ),
        _refused(
            "from 1.0 no white space stands behind the version",
            declaration().replace(b"1.0", b"1.0 "),
            "BAG-DECLARATION-SPACE",
            Opinion.VALID,
            _EXACT,
        ),
        case(
            "before 1.0 white space round the colon of a declaration is legal",
            _CLAUSE,
            lambda: good(version="0.97") | {"bagit.txt": declaration("0.97").replace(b":", b" :  ")},
        ),
        _refused(
            "a declaration of 70,000 bytes is no declaration",
            declaration() + b"x" * 70_000,
            "BAG-DECLARATION-SIZE",
            Opinion.INVALID,
        ),
        _refused(
            "rot13 is no character set",
            declaration(encoding="rot13"),
            "BAG-DECLARATION-CHARSET",
            Opinion.CRASHES,
            _NO_CHARSET,
        ),
        _refused(
            "unicode_escape is no character set",
            declaration(encoding="unicode_escape"),
            "BAG-DECLARATION-CHARSET",
            Opinion.VALID,
            _NO_CHARSET,
        ),
        _refused(
            "a name with a blank inside one of its parts is no character set",
            declaration(encoding="U TF-8"),
            "BAG-DECLARATION-CHARSET",
            Opinion.INVALID,
        ),
        _refused(
            "a character set that nobody knows cannot be read",
            declaration(encoding="Klingon"),
            "BAG-DECLARATION-CHARSET",
            Opinion.INVALID,
        ),
    ),
)
