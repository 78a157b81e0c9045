"""What judging one bag comes to: a closed verdict, and the report it stands in."""

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from archive.core.bagit.tagfile import Tag
from archive.core.bagit.versions import Version
from archive.core.findings import Finding, Severity

if TYPE_CHECKING:
    from archive.core.second_opinion.model import CrossCheck


class BagVerdict(StrEnum):
    """What RFC 8493 §3 says of a bag.

    What is known to be wrong outweighs what could not be seen: broken, then missing, then unseen, and last
    what fetch.txt still has to bring.
    """

    VALID = "valid"  # complete, and every digest of every manifest matches the bytes read now
    INVALID = "invalid"  # some rule is broken, or some digest differs
    UNVERIFIABLE = "unverifiable"  # nothing known is wrong; an algorithm is unknown, or a file unreadable
    INCOMPLETE = "incomplete"  # nothing that is there is known to be wrong; listed files are not there


class Shortfall(StrEnum):
    """Why a bag is incomplete."""

    FETCH = "fetch"  # only entries of fetch.txt are outstanding
    FILES = "files"  # files are missing that fetch.txt does not name


class BagCounts(NamedTuple):
    """Files and bytes of one bag; `bytes` are those of the payload files whose size is known."""

    payload_files: int = 0
    payload_bytes: int = 0
    tag_files: int = 0
    verified: int = 0  # payload and tag files whose digests all matched
    missing: int = 0  # listed, not there, and not named by fetch.txt
    outstanding: int = 0  # listed, not there, and named by fetch.txt


class BagFacts(NamedTuple):
    """What a bag says of itself and holds: for rules beyond the RFC, such as profiles.

    Paths and names are as `archive.core.bagit` has them; lists are in the order of their bytes.
    """

    version: Version | None  # None where bagit.txt states none that is known
    encoding: str | None
    bag_info: tuple[Tag, ...]  # of bag-info.txt (package-info.txt up to 0.95), in the file's order
    payload_algorithms: tuple[str, ...]  # normalised labels, unknown ones too: `sha512`
    tag_algorithms: tuple[str, ...]
    tag_files: tuple[str, ...]  # every regular file outside data/
    payload_files: tuple[str, ...]  # every regular file below data/
    payload_bytes: int
    fetch_paths: tuple[str, ...] | None  # payload that fetch.txt names; None where there is no such file
    serialization: str | None  # media type of the container; None for a folder
    unseen: frozenset[str] = frozenset()  # files and folders that could not be read; "" for the bag itself

    def is_unseen(self, path: str) -> bool:
        """True where a path, or a folder above it, could not be read: nothing is known of what is there."""
        if not self.unseen:
            return False
        while path not in self.unseen:
            if not path:
                return False
            path = path.rpartition("/")[0]
        return True

    def is_unseen_in(self, folder: str) -> bool:
        """True where a folder, or something below it, could not be read: it may hold more than was seen."""
        below = f"{folder}/"
        return self.is_unseen(folder) or any(path.startswith(below) for path in self.unseen)


class BagReport(NamedTuple):
    """The judgement of one bag: every finding, in a stable order."""

    bag: str
    verdict: BagVerdict
    version: Version | None
    findings: tuple[Finding, ...]
    counts: BagCounts
    shortfall: Shortfall | None = None
    broken: frozenset[str] = frozenset()  # codes of RFC 8493 that are errors, before any policy weighs them
    cross_check: "CrossCheck | None" = None
    present_only: bool = False  # valid of what is there, entries of fetch.txt being allowed to be outstanding
    encoding: str = "utf-8"  # in which its tag files were read

    def count(self, severity: Severity) -> int:
        """How many of the findings listed have that severity."""
        return sum(finding.severity is severity for finding in self.findings)
