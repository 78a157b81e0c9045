"""Bags made to cost time or memory: answered within seconds."""

from tests.conformance.bag_cases.bag import Bag, digest, good, info
from tests.conformance.bag_cases.case import Chapter, Opinion, case

_NOT = Opinion.NOT_ASKED


def _listing(lines: bytes) -> Bag:
    bag = good()
    listed = bag["manifest-sha512.txt"]
    assert isinstance(listed, bytes)
    return bag | {"manifest-sha512.txt": listed + lines}


BOMBS = Chapter(
    "Bags made to cost",
    (
        case(
            "5,000 bogus lines give a bounded number of findings",
            "§2.1.3",
            lambda: _listing(b"bogus\n" * 5000),
            "invalid",
            errors="BAG-LINE-SYNTAX BAG-FINDINGS-MORE",
            bagit=_NOT,
        ),
        case(
            "200,000 bogus lines are not read to the end",
            "§2.1.3",
            lambda: _listing(b"bogus\n" * 200_000),
            "invalid",
            errors="BAG-LINE-SYNTAX BAG-FINDINGS-MORE BAG-READING-STOPPED",
            bagit=_NOT,
            slow=True,
        ),
        case(
            "a line of 32 MB is not read",
            "§2.1.3",
            lambda: _listing(b"x" * (32 << 20) + b"\n"),
            "invalid",
            errors="BAG-LINE-LONG",
            bagit=_NOT,
            slow=True,
        ),
        case(
            "a line of 70,000 characters is not read",
            "§2.1.3",
            lambda: _listing(digest(b"x").encode() + b"  data/" + b"x" * 70_000 + b"\n"),
            "invalid",
            errors="BAG-LINE-LONG",
            bagit=_NOT,
        ),
        case(
            "a path of 10,000 components names nothing",
            "§2.1.3",
            lambda: _listing(digest(b"x").encode() + b"  data" + b"/x" * 10_000 + b"\n"),
            "incomplete",
            errors="BAG-FILE-MISSING",
            bagit=_NOT,
        ),
        case(
            "a value of 300,000 lines is read in time",
            "§2.2.2",
            lambda: info("Note: a", *["  b"] * 300_000),
            bagit=_NOT,
            slow=True,
        ),
        case(
            "20,000 absent files give a bounded number of findings",
            "§3",
            lambda: _listing(
                b"".join(digest(b"x").encode() + b"  data/%d\n" % number for number in range(20_000))
            ),
            "incomplete",
            errors="BAG-FILE-MISSING BAG-FINDINGS-MORE",
            bagit=_NOT,
        ),
        case(
            "a payload nested 200 folders deep is read",
            "§2.1.2",
            lambda: good({"data/" + "d/" * 200 + "x.txt": b"deep"}),
        ),
    ),
)
