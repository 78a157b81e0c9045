"""Algorithms and the names of manifests (RFC 8493 §2.4)."""

from tests.conformance.bag_cases.bag import PAYLOAD, Bag, good, manifest, without
from tests.conformance.bag_cases.case import Case, Chapter, Opinion, case

_CLAUSE = "§2.4"
_NORMALISED = "The name is in lower case without punctuation, so it is sha3256 and not sha3_256."
_UNVERIFIED = "A digest that cannot be computed is not verified, and what is not verified is never valid."


def _valid(label: str, warnings: str = "", bagit: Opinion = Opinion.VALID, why: str = "") -> Case:
    return case(
        f"a manifest of {label} is verified",
        _CLAUSE,
        lambda: good(algorithms=(label,)),
        warnings=warnings,
        bagit=bagit,
        why=why,
    )


def _named(file_name: str, algorithm: str) -> Bag:
    bag = {path: content for path, content in good().items() if not path.startswith("manifest-")}
    return bag | {file_name: manifest(PAYLOAD, algorithm)}


def _unknown(file_name: str, digits: int, *, beside: bool = False) -> Bag:
    lines = b"".join(b"a" * digits + b"  " + path.encode() + b"\n" for path in PAYLOAD)
    bag = good()
    return bag | {file_name: lines} if beside else _named(file_name, "md5") | {file_name: lines}


ALGORITHMS = Chapter(
    "Algorithms",
    (
        _valid("md5", "BAG-ALGORITHM-WEAK"),
        _valid("sha1", "BAG-ALGORITHM-WEAK"),
        *map(_valid, ("sha224", "sha256", "sha384", "blake2b", "blake2s")),
        _valid("sha3256", bagit=Opinion.INVALID, why=_NORMALISED),
        _valid("sha3512", bagit=Opinion.INVALID, why=_NORMALISED),
        case(
            "a manifest that names no algorithm cannot be verified",
            _CLAUSE,
            lambda: _unknown("manifest-.txt", 2, beside=True),
            "unverifiable",
            errors="BAG-ALGORITHM-UNKNOWN",
            why=_UNVERIFIED,
        ),
        case(
            "md5 beside sha512 is not warned of",
            _CLAUSE,
            lambda: good(algorithms=("md5", "sha512")),
        ),
        case(
            "a manifest name with a dash is recognised with a warning",
            _CLAUSE,
            lambda: _named("manifest-sha-256.txt", "sha256"),
            warnings="BAG-ALGORITHM-NAME",
            bagit=Opinion.INVALID,
            why="The digests are there and can be verified; only the name is spelled against the rule.",
        ),
        case(
            "a manifest name in capitals is recognised with a warning",
            _CLAUSE,
            lambda: _named("manifest-SHA256.txt", "sha256"),
            warnings="BAG-ALGORITHM-NAME",
            bagit=Opinion.INVALID,
            why="The digests are there and can be verified; only the name is spelled against the rule.",
        ),
        case(
            "damage is seen under a manifest name with an underscore too",
            _CLAUSE,
            lambda: _named("manifest-sha3_256.txt", "sha3256") | {"data/letter.txt": b"other"},
            "invalid",
            errors="BAG-FILE-ALTERED",
            warnings="BAG-ALGORITHM-NAME",
            bagit=Opinion.INVALID,
        ),
        case(
            "an unknown algorithm alone leaves the bag unverifiable",
            _CLAUSE,
            lambda: _unknown("manifest-crc32.txt", 8),
            "unverifiable",
            errors="BAG-ALGORITHM-UNKNOWN",
            bagit=Opinion.INVALID,
        ),
        case(
            "an unknown algorithm beside a known one leaves the bag unverifiable",
            _CLAUSE,
            lambda: _unknown("manifest-whirlpool.txt", 128, beside=True),
            "unverifiable",
            errors="BAG-ALGORITHM-UNKNOWN",
            why=_UNVERIFIED,
        ),
        case(
            "a digest without a fixed length cannot be verified",
            _CLAUSE,
            lambda: _unknown("manifest-shake128.txt", 32, beside=True),
            "unverifiable",
            errors="BAG-ALGORITHM-UNKNOWN",
            why=_UNVERIFIED,
        ),
        case(
            "a digest without a fixed length cannot be verified under Python's name for it",
            _CLAUSE,
            lambda: _unknown("manifest-shake_128.txt", 32, beside=True),
            "unverifiable",
            errors="BAG-ALGORITHM-UNKNOWN",
            bagit=Opinion.CRASHES,
            why=_UNVERIFIED,
        ),
        case(
            "damage under a known algorithm outweighs an unknown one",
            "§3",
            lambda: _unknown("manifest-crc32.txt", 8, beside=True) | {"data/letter.txt": b"other"},
            "invalid",
            errors="BAG-ALGORITHM-UNKNOWN BAG-FILE-ALTERED",
            bagit=Opinion.INVALID,
        ),
        case(
            "a listed file that is not there outweighs an unknown algorithm",
            "§3",
            lambda: without(_unknown("manifest-crc32.txt", 8, beside=True), "data/letter.txt"),
            "incomplete",
            errors="BAG-ALGORITHM-UNKNOWN BAG-FILE-MISSING",
            bagit=Opinion.INVALID,
        ),
    ),
)
