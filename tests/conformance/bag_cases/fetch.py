"""fetch.txt (RFC 8493 §2.2.3): read, checked, and never followed."""

from tests.conformance.bag_cases.bag import LETTER, PAYLOAD, Bag, good, manifest, without
from tests.conformance.bag_cases.case import Case, Chapter, Opinion, case

_CLAUSE = "§2.2.3"
_URL = "https://example.org/letter.txt"
_SIZE = len(LETTER)


def _holey(*lines: str, version: str = "1.0", there: bool = False) -> Bag:
    """A bag with these lines in fetch.txt, and its letter not there unless it is said."""
    fetch = "".join(f"{each}\n" for each in lines).encode()
    bag = good(version=version) | {"fetch.txt": fetch}
    return bag if there else without(bag, "data/letter.txt")


def _bad(law: str, line: str, errors: str, bagit: Opinion, why: str = "", clause: str = _CLAUSE) -> Case:
    bag = lambda: _holey(line, there=True)  # noqa: E731
    return case(law, clause, bag, "invalid", errors=errors, bagit=bagit, why=why)


FETCH = Chapter(
    "fetch.txt",
    (
        case(
            "a bag whose files to fetch are all there is valid",
            _CLAUSE,
            lambda: _holey(f"{_URL} {_SIZE} data/letter.txt", there=True),
        ),
        case("an empty fetch.txt fetches nothing", _CLAUSE, lambda: _holey(there=True)),
        case(
            "a length may be left open",
            _CLAUSE,
            lambda: _holey(f"{_URL} - data/letter.txt", there=True),
        ),
        case(
            "tabs may stand between the three fields",
            _CLAUSE,
            lambda: _holey(f"{_URL}\t{_SIZE}\tdata/letter.txt", there=True),
        ),
        case(
            "a path in fetch.txt may hold spaces",
            _CLAUSE,
            lambda: (
                good({"data/a letter.txt": LETTER}) | {"fetch.txt": f"{_URL} - data/a letter.txt\n".encode()}
            ),
        ),
        case(
            "a file that is still to be fetched makes the bag incomplete",
            _CLAUSE,
            lambda: _holey(f"{_URL} {_SIZE} data/letter.txt"),
            "incomplete",
            errors="BAG-FETCH-OUTSTANDING",
            bagit=Opinion.INVALID,
        ),
        case(
            "a file that is missing and in no fetch.txt is missing",
            "§3",
            lambda: (
                without(_holey(f"{_URL} - data/letter.txt"), "data/plates/1.txt") | {"data/plates/2.txt": b""}
            ),
            "invalid",
            errors="BAG-FETCH-OUTSTANDING BAG-FILE-MISSING BAG-FILE-UNLISTED",
            bagit=Opinion.INVALID,
        ),
        case(
            "a file to fetch is listed in the manifest",
            _CLAUSE,
            lambda: _holey(f"{_URL} - data/unknown.txt", there=True),
            "invalid",
            errors="BAG-FETCH-UNLISTED",
            why="What nobody vouches for must not be fetched into the payload.",
        ),
        case(
            "from 1.0 a file to fetch is listed in every manifest",
            _CLAUSE,
            lambda: without(
                good(algorithms=("sha512", "sha256"))
                | {
                    "manifest-sha256.txt": manifest(
                        {"data/plates/1.txt": PAYLOAD["data/plates/1.txt"]}, "sha256"
                    ),
                    "fetch.txt": f"{_URL} - data/letter.txt\n".encode(),
                },
                "data/letter.txt",
            ),
            "invalid",
            errors="BAG-FETCH-OUTSTANDING BAG-FETCH-UNLISTED",
            bagit=Opinion.INVALID,
        ),
        _bad(
            "fetch.txt lists no tag file",
            f"{_URL} - bag-info.txt",
            "BAG-PATH-OUTSIDE",
            Opinion.VALID,
            "A fetch.txt that could write a manifest could rewrite what vouches for the payload.",
        ),
        _bad(
            "a line of fetch.txt has three fields",
            f"{_URL} data/letter.txt",
            "BAG-FETCH-SYNTAX",
            Opinion.CRASHES,
            "URL, length and path; an exception of unpacking is no judgement.",
        ),
        _bad(
            "a length is a number",
            f"{_URL} much data/letter.txt",
            "BAG-FETCH-LENGTH",
            Opinion.VALID,
            "A length is digits or a dash.",
        ),
        _bad(
            "a length is not negative",
            f"{_URL} -1 data/letter.txt",
            "BAG-FETCH-LENGTH",
            Opinion.VALID,
            "A length is digits or a dash.",
        ),
        _bad("a URL to fetch is absolute", "letter.txt - data/letter.txt", "BAG-FETCH-URL", Opinion.INVALID),
        case(
            "any scheme makes an absolute URL",
            _CLAUSE,
            lambda: _holey("urn:isbn:9780141036144 - data/letter.txt", there=True),
            bagit=Opinion.INVALID,
            why="RFC 3986 §4.3 asks for a scheme, not for a host; nothing is fetched here.",
        ),
        case(
            "fetch.txt lists a path once",
            _CLAUSE,
            lambda: _holey(f"{_URL} - data/letter.txt", f"{_URL}?2 - data/letter.txt", there=True),
            "invalid",
            errors="BAG-FETCH-REPEATED",
            why="Two sources of one file: which bytes would it be?",
        ),
        _bad(
            "a path of fetch.txt does not climb out of the bag",
            f"{_URL} - data/../../x",
            "BAG-PATH-TRAVERSAL",
            Opinion.INVALID,
            clause="§5.1",
        ),
        _bad(
            "a path of fetch.txt is not absolute",
            f"{_URL} - /tmp/x",
            "BAG-PATH-ABSOLUTE BAG-PATH-OUTSIDE",
            Opinion.INVALID,
            clause="§5.1",
        ),
        _bad(
            "a path of fetch.txt is in no home folder",
            f"{_URL} - ~/.bashrc",
            "BAG-PATH-HOME BAG-PATH-OUTSIDE",
            Opinion.INVALID,
            clause="§5.1",
        ),
        case(
            "from 1.0 the path in fetch.txt is decoded as a manifest's",
            _CLAUSE,
            lambda: without(
                good({"data/100%.txt": LETTER})
                | {
                    "manifest-sha512.txt": manifest({"data/100%25.txt": LETTER}),
                    "fetch.txt": f"{_URL} - data/100%25.txt\n".encode(),
                },
            ),
            warnings="BAG-NAME-UNPORTABLE",
            bagit=Opinion.INVALID,
            why="From 1.0 a percent sign is written %25 in manifests and in fetch.txt.",
        ),
    ),
)
