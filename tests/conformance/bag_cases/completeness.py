"""Complete and valid (RFC 8493 §3): both directions, and every digest."""

from tests.conformance.bag_cases.bag import LETTER, Bag, good, info, line, manifest, sealed, without
from tests.conformance.bag_cases.case import Chapter, Opinion, case

_CLAUSE = "§3"


def _swapped() -> Bag:
    return good() | {"data/letter.txt": b"one\n", "data/plates/1.txt": LETTER}


COMPLETENESS = Chapter(
    "Complete and valid",
    (
        case(
            "a listed payload file that is not there makes the bag incomplete",
            _CLAUSE,
            lambda: without(good(), "data/letter.txt"),
            "incomplete",
            errors="BAG-FILE-MISSING",
            bagit=Opinion.INVALID,
        ),
        case(
            "a bag whose payload is gone altogether is incomplete",
            _CLAUSE,
            lambda: without(good(), "data/letter.txt", "data/plates/1.txt") | {"data/x": b""},
            "invalid",
            errors="BAG-FILE-MISSING BAG-FILE-UNLISTED",
            bagit=Opinion.INVALID,
        ),
        case(
            "a payload file that no manifest lists makes the bag invalid",
            _CLAUSE,
            lambda: good() | {"data/more.txt": b"more\n"},
            "invalid",
            errors="BAG-FILE-UNLISTED",
            bagit=Opinion.INVALID,
        ),
        case(
            "a hidden payload file that no manifest lists makes the bag invalid",
            _CLAUSE,
            lambda: good() | {"data/.hidden": b""},
            "invalid",
            errors="BAG-FILE-UNLISTED",
            bagit=Opinion.INVALID,
        ),
        case(
            "a renamed payload file is missing and unlisted",
            _CLAUSE,
            lambda: without(good(), "data/letter.txt") | {"data/Brief.txt": LETTER},
            "invalid",
            errors="BAG-FILE-MISSING BAG-FILE-UNLISTED",
            bagit=Opinion.INVALID,
        ),
        case(
            "one bit turned makes the bag invalid",
            _CLAUSE,
            lambda: good() | {"data/letter.txt": bytes([LETTER[0] ^ 1]) + LETTER[1:]},
            "invalid",
            errors="BAG-FILE-ALTERED",
            bagit=Opinion.INVALID,
        ),
        case(
            "a payload file that was cut short makes the bag invalid",
            _CLAUSE,
            lambda: good() | {"data/letter.txt": LETTER[:-1]},
            "invalid",
            errors="BAG-FILE-ALTERED",
            bagit=Opinion.INVALID,
        ),
        case(
            "a payload file that was emptied makes the bag invalid",
            _CLAUSE,
            lambda: good() | {"data/letter.txt": b""},
            "invalid",
            errors="BAG-FILE-ALTERED",
            bagit=Opinion.INVALID,
        ),
        case(
            "two payload files that changed places make the bag invalid",
            _CLAUSE,
            _swapped,
            "invalid",
            errors="BAG-FILE-ALTERED",
            bagit=Opinion.INVALID,
        ),
        case(
            "damage outweighs absence",
            _CLAUSE,
            lambda: without(good(), "data/letter.txt") | {"data/plates/1.txt": b"two\n"},
            "invalid",
            errors="BAG-FILE-ALTERED BAG-FILE-MISSING",
            bagit=Opinion.INVALID,
        ),
        case(
            "an empty manifest vouches for no payload file",
            _CLAUSE,
            lambda: good() | {"manifest-sha512.txt": b""},
            "invalid",
            errors="BAG-FILE-UNLISTED",
            bagit=Opinion.INVALID,
        ),
        case(
            "a second manifest that lists an absent file makes the bag incomplete",
            _CLAUSE,
            lambda: (
                good(version="0.97", algorithms=("sha512", "md5"))
                | {"manifest-md5.txt": manifest({"data/letter.txt": LETTER, "data/gone.txt": b"g"}, "md5")}
            ),
            "incomplete",
            errors="BAG-FILE-MISSING",
            warnings="BAG-FILE-UNLISTED",
            bagit=Opinion.INVALID,
        ),
        case(
            "a listed tag file that is not there makes the bag incomplete",
            _CLAUSE,
            lambda: without(sealed(info("Contact-Name: Ana")), "bag-info.txt"),
            "incomplete",
            errors="BAG-FILE-MISSING",
            bagit=Opinion.INVALID,
        ),
        case(
            "a tag file that no tag manifest lists may be there",
            _CLAUSE,
            lambda: sealed(good()) | {"notes/later.txt": b"added later\n"},
            warnings="BAG-TAG-UNLISTED",
        ),
        case(
            "an altered tag file in no tag manifest means nothing",
            _CLAUSE,
            lambda: good(tags={"notes.txt": b"\xff\xfe\0anything"}),
        ),
        case(
            "a bag inside the payload is payload",
            _CLAUSE,
            lambda: good(
                {
                    "data/inner/bagit.txt": b"no declaration at all",
                    "data/inner/manifest-md5.txt": b"nonsense\n",
                    "data/inner/data/x.txt": b"x",
                }
            ),
        ),
        case(
            "the name of the folder means nothing",
            "§2",
            good,
            folder="tagmanifest-box",
            bagit=Opinion.CRASHES,
            why="The name of the base directory is free.",
        ),
        case(
            "a missing line makes a present file unlisted",
            _CLAUSE,
            lambda: good() | {"manifest-sha512.txt": line("data/letter.txt", LETTER)},
            "invalid",
            errors="BAG-FILE-UNLISTED",
            bagit=Opinion.INVALID,
        ),
    ),
)
