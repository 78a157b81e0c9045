"""Tag manifests and other tag files (RFC 8493 §2.2.1, §2.2.4)."""

from tests.conformance.bag_cases.bag import Bag, digest, good, info, line, manifest, sealed
from tests.conformance.bag_cases.case import Chapter, Opinion, case

_CLAUSE = "§2.2.1"
_INFO = b"Contact-Name: Ana\n"


def _listing(*lines: bytes, version: str = "1.0") -> Bag:
    """A bag whose tag manifest has these lines."""
    bag = good(version=version, tags={"bag-info.txt": _INFO})
    return bag | {"tagmanifest-sha512.txt": b"".join(lines)}


def _line(path: str, version: str = "1.0") -> bytes:
    content = good(version=version, tags={"bag-info.txt": _INFO})[path]
    assert isinstance(content, bytes)
    return line(path, content)


TAG_MANIFESTS = Chapter(
    "Tag manifests",
    (
        case(
            "a tag manifest over every tag file is verified",
            _CLAUSE,
            lambda: sealed(info("Contact-Name: Ana")),
        ),
        case(
            "tag manifests of two algorithms are both verified",
            _CLAUSE,
            lambda: sealed(good(algorithms=("sha512", "sha256")), "sha512", "sha256"),
        ),
        case(
            "an altered tag file makes the bag invalid",
            "§3",
            lambda: sealed(info("Contact-Name: Ana")) | {"bag-info.txt": b"Contact-Name: Bob\n"},
            "invalid",
            errors="BAG-FILE-ALTERED",
            bagit=Opinion.INVALID,
        ),
        case(
            "an altered declaration makes the bag invalid",
            "§3",
            lambda: sealed(good()) | {"bagit.txt": good()["bagit.txt"].replace(b"\n", b"\r\n")},  # type: ignore[union-attr]
            "invalid",
            errors="BAG-FILE-ALTERED",
            bagit=Opinion.INVALID,
        ),
        case(
            "an altered file in a tag folder makes the bag invalid",
            "§2.2.4",
            lambda: sealed(good(tags={"notes/a.txt": b"a"})) | {"notes/a.txt": b"b"},
            "invalid",
            errors="BAG-FILE-ALTERED",
            bagit=Opinion.INVALID,
        ),
        case(
            "one wrong tag manifest of two makes the bag invalid",
            "§3",
            lambda: (
                sealed(good(algorithms=("sha512", "sha256")), "sha512", "sha256")
                | {
                    "tagmanifest-sha256.txt": manifest(
                        {
                            "bagit.txt": b"other",
                            "manifest-sha256.txt": manifest(
                                {
                                    "data/letter.txt": b"Dear Sir,\nthe parcel came.\n",
                                    "data/plates/1.txt": b"one\n",
                                },
                                "sha256",
                            ),
                            "manifest-sha512.txt": good()["manifest-sha512.txt"],  # type: ignore[dict-item]
                        },
                        "sha256",
                    )
                }
            ),
            "invalid",
            errors="BAG-FILE-ALTERED",
            bagit=Opinion.INVALID,
        ),
        case(
            "from 1.0 a tag manifest lists every payload manifest",
            _CLAUSE,
            lambda: _listing(_line("bagit.txt"), _line("bag-info.txt")),
            "invalid",
            errors="BAG-TAGMANIFEST-LACKS",
            why="A payload manifest that nothing vouches for can be replaced together with the payload.",
        ),
        case(
            "before 1.0 a tag manifest may leave a payload manifest out",
            _CLAUSE,
            lambda: _listing(_line("bagit.txt", "0.97"), _line("bag-info.txt", "0.97"), version="0.97"),
            warnings="BAG-TAGMANIFEST-LACKS",
        ),
        case(
            "a tag manifest should list the other tag files too",
            _CLAUSE,
            lambda: _listing(_line("bagit.txt"), _line("manifest-sha512.txt")),
            warnings="BAG-TAG-UNLISTED",
        ),
        case(
            "a tag manifest lists no tag manifest",
            _CLAUSE,
            lambda: (
                sealed(good(algorithms=("sha512", "md5")), "md5")
                | {
                    "tagmanifest-sha512.txt": manifest(
                        {
                            path: content
                            for path, content in sealed(good(algorithms=("sha512", "md5")), "md5").items()
                            if isinstance(content, bytes) and not path.startswith("data/")
                        }
                    )
                }
            ),
            "invalid",
            errors="BAG-TAGMANIFEST-LISTED",
            why="Two tag manifests that list each other could never be written; so none may be listed.",
        ),
        case(
            "a tag manifest lists no payload file",
            _CLAUSE,
            lambda: _listing(
                _line("bagit.txt"),
                _line("bag-info.txt"),
                _line("manifest-sha512.txt"),
                _line("data/letter.txt"),
            ),
            "invalid",
            errors="BAG-TAGMANIFEST-PAYLOAD",
            bagit=Opinion.INVALID,
        ),
        case(
            "a path of a tag manifest does not leave the bag",
            "§5.1",
            lambda: _listing(
                _line("bagit.txt"), _line("bag-info.txt"), _line("manifest-sha512.txt"), line("../x", b"x")
            ),
            "invalid",
            errors="BAG-PATH-TRAVERSAL",
            bagit=Opinion.INVALID,
        ),
        case(
            "a malformed line of a tag manifest is not passed over",
            _CLAUSE,
            lambda: _listing(
                _line("bagit.txt"),
                _line("bag-info.txt"),
                _line("manifest-sha512.txt"),
                digest(b"x").encode() + b"\n",
            ),
            "invalid",
            errors="BAG-LINE-SYNTAX",
            why="To skip a line that says nothing about a file is to hide damage.",
        ),
        case(
            "a tag folder may have any name and any files",
            "§2.2.4",
            lambda: sealed(good(tags={"metadata/mets.xml": b"<mets/>", "logs/a/b/c.bin": b"\0\xff"})),
        ),
        case(
            "tag files that no tag manifest mentions may be there where there is no tag manifest",
            "§2.2.4",
            lambda: good(tags={"metadata/mets.xml": b"<mets/>"}),
        ),
        case(
            "an algorithm of a tag manifest that cannot be computed leaves the bag unverifiable",
            "§3",
            lambda: (
                good()
                | {
                    "tagmanifest-whirlpool.txt": b"".join(
                        b"ab" * 64 + b"  %b\n" % name for name in (b"bagit.txt", b"manifest-sha512.txt")
                    )
                }
            ),
            "unverifiable",
            errors="BAG-ALGORITHM-UNKNOWN",
            why="Every digest of every tag manifest has to be verified, or the bag is not valid.",
        ),
    ),
)
