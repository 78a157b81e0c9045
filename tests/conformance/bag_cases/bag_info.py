"""bag-info.txt and Payload-Oxum (RFC 8493 §2.2.2)."""

from tests.conformance.bag_cases.bag import LETTER, good, info, sealed, without
from tests.conformance.bag_cases.case import Case, Chapter, Opinion, case

_CLAUSE = "§2.2.2"
_OXUM = f"{len(LETTER) + 4}.2"


def _oxum(law: str, value: str, errors: str, bagit: Opinion, why: str = "") -> Case:
    return case(
        law, _CLAUSE, lambda: info(f"Payload-Oxum: {value}"), "invalid", errors=errors, bagit=bagit, why=why
    )


BAG_INFO = Chapter(
    "bag-info.txt",
    (
        case("tags may repeat and stand in any order", _CLAUSE, lambda: info("B: 1", "A: 2", "B: 3", "b: 4")),
        case("a right Payload-Oxum is accepted", _CLAUSE, lambda: info(f"Payload-Oxum: {_OXUM}")),
        case("an empty bag-info.txt says nothing", _CLAUSE, lambda: good(tags={"bag-info.txt": b""})),
        case("a value may hold colons", _CLAUSE, lambda: info("See-Also: https://example.org:8080/a:b")),
        case("a label may hold spaces", _CLAUSE, lambda: info("Internal Number: 7")),
        case("a value may be empty", _CLAUSE, lambda: info("Contact-Phone: ")),
        case("a tab may follow the colon", _CLAUSE, lambda: info("Contact-Name:\tAna")),
        case(
            "a value may go on in indented lines",
            _CLAUSE,
            lambda: info("External-Description: a long", "   story", "\tthat goes on"),
        ),
        case(
            "a folded Payload-Oxum cannot hide",
            _CLAUSE,
            lambda: info("Payload-Oxum:", "  1.1"),
            "invalid",
            errors="BAG-OXUM-WRONG",
            bagit=Opinion.INVALID,
        ),
        case(
            "script in a value is text",
            _CLAUSE,
            lambda: info("External-Description: <script>alert(1)</script> =cmd|' /C calc'!A0 \x1b[2J"),
        ),
        case("lines may be longer than 79 characters", _CLAUSE, lambda: info("Note: " + "x" * 5000)),
        case(
            "a first line that is indented continues nothing",
            _CLAUSE,
            lambda: info("  lost", "Contact-Name: Ana"),
            "invalid",
            errors="BAG-TAG-SYNTAX",
            bagit=Opinion.INVALID,
            why="A tag is a label, a colon and a value.",
        ),
        case(
            "a line without a colon is no tag",
            _CLAUSE,
            lambda: info("Contact-Name: Ana", "no colon here"),
            "invalid",
            errors="BAG-TAG-SYNTAX",
            bagit=Opinion.INVALID,
        ),
        case(
            "a tag has a label",
            _CLAUSE,
            lambda: info(": a value"),
            "invalid",
            errors="BAG-TAG-SYNTAX",
            why="A tag is a label, a colon and a value.",
        ),
        case(
            "from 1.0 no white space stands before the colon of a tag",
            _CLAUSE,
            lambda: info("Contact-Name : Ana"),
            "invalid",
            errors="BAG-TAG-COLON",
            why="From 1.0 a label neither begins nor ends with white space.",
        ),
        case(
            "before 1.0 white space may stand before the colon of a tag",
            _CLAUSE,
            lambda: info("Contact-Name   :   Ana", version="0.97"),
        ),
        case(
            "from 1.0 white space stands behind the colon of a tag",
            _CLAUSE,
            lambda: info("Contact-Name:Ana"),
            "invalid",
            errors="BAG-TAG-COLON",
            why="From 1.0 one white-space character separates the colon from the value.",
        ),
        case(
            "a blank line among tags is warned of",
            _CLAUSE,
            lambda: info("A: 1", "", "B: 2"),
            warnings="BAG-LINE-BLANK",
        ),
        _oxum(
            "a Payload-Oxum of other bytes is wrong", f"{len(LETTER)}.2", "BAG-OXUM-WRONG", Opinion.INVALID
        ),
        _oxum(
            "a Payload-Oxum of other files is wrong",
            f"{len(LETTER) + 4}.3",
            "BAG-OXUM-WRONG",
            Opinion.INVALID,
        ),
        case(
            "a label is the same in lower case",
            _CLAUSE,
            lambda: info("payload-oxum: 1.1"),
            "invalid",
            errors="BAG-OXUM-WRONG",
            why="Reserved labels do not differ by case.",
        ),
        case(
            "a wrong Payload-Oxum is seen where a tag file is missing",
            _CLAUSE,
            lambda: without(
                sealed(info("Payload-Oxum: 999.9") | {"notes.txt": b"n"}),
                "notes.txt",
            ),
            "invalid",
            errors="BAG-FILE-MISSING BAG-OXUM-WRONG",
            bagit=Opinion.INVALID,
        ),
        case(
            "Payload-Oxum stands there once",
            _CLAUSE,
            lambda: info(f"Payload-Oxum: {_OXUM}", f"Payload-Oxum: {_OXUM}"),
            "invalid",
            errors="BAG-OXUM-REPEATED",
            why="It must not be present more than once.",
        ),
        case(
            "two different Payload-Oxums cannot both be right",
            _CLAUSE,
            lambda: info(f"Payload-Oxum: {_OXUM}", "PAYLOAD-OXUM: 1.1"),
            "invalid",
            errors="BAG-OXUM-REPEATED",
            why="It must not be present more than once, in whatever case its label is written.",
        ),
        _oxum(
            "a Payload-Oxum has a dot", "31", "BAG-OXUM-SYNTAX", Opinion.CRASHES, "Two numbers with a dot."
        ),
        _oxum("a Payload-Oxum is not negative", "-31.2", "BAG-OXUM-SYNTAX", Opinion.INVALID),
        _oxum("a Payload-Oxum has no unit", f"{len(LETTER) + 4} bytes.2", "BAG-OXUM-SYNTAX", Opinion.INVALID),
        _oxum(
            "the digits of a Payload-Oxum are ASCII",
            "\u0663\u0661.\u0662",
            "BAG-OXUM-SYNTAX",
            Opinion.VALID,
            "Python's int() takes the digits of every script; the format does not.",
        ),
        _oxum(
            "a superscript is no digit of a Payload-Oxum",
            "31.\u00b2",
            "BAG-OXUM-SYNTAX",
            Opinion.CRASHES,
            "Two numbers with a dot, in ASCII digits.",
        ),
        _oxum(
            "a Payload-Oxum of 6,000 digits is no size",
            "9" * 6000 + ".2",
            "BAG-OXUM-SYNTAX",
            Opinion.CRASHES,
            "No file system holds as much; a number is bounded before it is read.",
        ),
        case(
            "a right Payload-Oxum proves nothing",
            "§3",
            lambda: info(f"Payload-Oxum: {_OXUM}") | {"data/letter.txt": LETTER.swapcase()},
            "invalid",
            errors="BAG-FILE-ALTERED",
            bagit=Opinion.INVALID,
        ),
        case(
            "a wrong Payload-Oxum does not hide which file is wrong",
            "§3",
            lambda: sealed(info("Payload-Oxum: 1.1")) | {"data/letter.txt": b"other\n"},
            "invalid",
            errors="BAG-FILE-ALTERED BAG-OXUM-WRONG",
            bagit=Opinion.INVALID,
        ),
    ),
)
