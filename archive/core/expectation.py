"""What the ledger promises about one held bag: the only thing an audit compares with."""

from typing import NamedTuple


class Expectation(NamedTuple):
    """The promise of the newest entries about a bag; digests are sha512 in lower-case hexadecimal.

    `entry` is the index of the entry that promised; `tag_manifest` the digest of `tagmanifest-sha512.txt`.
    A document of one file has the digest of that file in `payload`; one of none or several has that of
    `manifest-sha512.txt` in `payload_manifest`. `files` and `bytes` count the payload. `unfinished` is the
    number of a revision that an intent names and no entry holds: what belongs to it is passed over.
    """

    bag: str
    entry: int
    tag_manifest: str
    payload: str | None
    payload_manifest: str | None
    files: int
    bytes: int
    unfinished: int | None = None
