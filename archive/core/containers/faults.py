"""What is wrong with a container or one of its members, before it is known where it was found."""

from typing import Final, NamedTuple

from archive.core.findings import At, Finding, error

SERIALISATION: Final = "draft-kunze-bagit-14 §4"  # RFC 8493 has no section on it any more

# Codes that say "could not look": alone they leave a bag unverifiable, they never make it invalid.
NOT_LOOKED: Final = frozenset(
    {
        "SER-BUDGET-BYTES",
        "SER-BUDGET-MEMBERS",
        "SER-CHANGED",
        "SER-COMPRESSION-ABSENT",
        "SER-COMPRESSION-MEMORY",
        "SER-DEPTH",
        "SER-ENCRYPTED",
        "SER-KIND",
        "SER-MEMBER-UNSUPPORTED",
        "SER-METHOD",
        "SER-UNREADABLE",
    }
)


class Fault(NamedTuple):
    """A finding without its place: the code, the sentence, and where it helps the two facts that differ."""

    code: str
    message: str
    expected: str | None = None
    found: str | None = None
    clause: str | None = None

    def at(self, place: str, file: str, offset: int | None = None) -> Finding:
        """The error finding about a member (or the container itself) of a container file.

        `offset` in bytes says where the container stops making sense.
        """
        message = self.message if offset is None else f"{self.message} (at byte {offset})"
        return error(
            self.code,
            place,
            message,
            at=At(file=file),
            clause=self.clause,
            expected=self.expected,
            found=None if self.found is None else self.found[:200],
        )
