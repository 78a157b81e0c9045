"""What the ledger promises about one held bag: the only thing an audit compares with."""

from typing import Final, NamedTuple

from archive.core.limits.bags import HELD_TAG_FILE_BYTES
from archive.core.submission import SUBMISSION_FOLDER

# Of a depositor's own tag files no size is known: they are as large as a file can be.
UNBOUNDED: Final = (1 << 63) - 1


class Expectation(NamedTuple):
    """The promise of the newest entries about a bag; digests are sha512 in lower-case hexadecimal.

    `entry` is the index of the entry that promised; `tag_manifest` the digest of `tagmanifest-sha512.txt`.
    A document of one file has the digest of that file in `payload`; one of none or several has that of
    `manifest-sha512.txt` in `payload_manifest`. `files` and `bytes` count the payload. `unfinished` is the
    number of a revision that an intent names and no entry holds: what belongs to it is passed over.
    Where entries could not be believed or read, a later one may promise another tag manifest: `doubted`. A
    copy may have revisions that its own ledger has not heard of yet: with `beforehand` they are passed over.
    """

    bag: str
    entry: int
    tag_manifest: str
    payload: str | None
    payload_manifest: str | None
    files: int
    bytes: int
    unfinished: int | None = None
    doubted: bool = False
    beforehand: bool = False

    def most_bytes(self, path: str) -> int:
        """The most bytes that the file at a path of the bag can have and be the promised one."""
        if path.startswith("data/"):
            return self.bytes
        return UNBOUNDED if path.startswith(f"{SUBMISSION_FOLDER}/") else HELD_TAG_FILE_BYTES
